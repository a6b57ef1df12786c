"""Folding and splitting: what is searched as the same, and how text falls into units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text.folding import BOUNDARY, fold, origins, split, symbols, table


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("幹細胞治療", "干细胞治疗"),
        ("隨著臺灣裡的後發", "随着台湾里的后发"),
        ("瞭解麻痺與皰疹", "了解麻痹与疱疹"),
        ("ＩＬ－１０（Ａ）", "IL-10(A)"),
        ("空\u3000格", "空 格"),
        ("TGFβ1 5µg", "TGFbeta1 5mug"),
        ("Λλς", "lambdalambdasigma"),
        ("Ⅱ期 10㎎ ﬁbrosis", "II期 10mg fibrosis"),
        ("H₂O 10² ①⑳❿", "H2O 102 12010"),
        ("⽤车", "用车"),
        ("ｶﾅ", "カナ"),
        ("ｶﾞﾝ検診とﾊﾞﾅﾅ、ｳﾞｨﾙｽ", "ガン検诊とバナナ、ヴィルス"),
        ("ﾍﾟﾆｼﾘﾝ ｱﾞ ﾞ", "ペニシリン アﾞ ﾞ"),
        ("Ünïcode ™ 10㎡", "Ünïcode ™ 10㎡"),
    ],
)
def test_fold(written: str, searched: str) -> None:
    assert fold(written) == searched


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("IL10", ["IL", "10"]),
        ("ＩＬ１０", ["IL", "10"]),
        ("TGFβ1", ["TGF", "beta", "1"]),
        ("γδT", ["gamma", "delta", "T"]),
        ("10²个", ["10", "2", "个"]),
        ("用T細胞2次", ["用", "T", "细", "胞", "2", "次"]),
        ("ｶﾞﾝ", ["ガ", "ン"]),
        ("한국어", ["한", "국", "어"]),
        ("stem cells", ["stem cells"]),
        ("a\u200bb", ["a b"]),
        ("", []),
    ],
)
def test_split(written: str, units: list[str]) -> None:
    assert split(written) == "".join(BOUNDARY + unit for unit in units)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.sampled_from("aβⅡ幹㎎1２²。ｶﾊｱﾞﾟ\u200b ")))
def test_splitting_only_adds_boundaries(text: str) -> None:
    assert split(text).replace(BOUNDARY, "") == fold(text)


@given(st.text(st.sampled_from("aβⅡ幹㎎1２²。ｶﾊｱﾞﾟ\u200b ")))
def test_every_folded_character_has_its_origin(text: str) -> None:
    folded, found = fold(text), origins(text)
    assert len(found) == len(folded) + 1
    assert list(found) == sorted(found)
    assert found[-1] == len(text)
    assert all(character in fold(text[origin : origin + 2]) for character, origin in zip(folded, found, strict=False))


def test_table_is_closed() -> None:
    assert len(table()) > 5000
    for character, folded in table().items():
        assert len(character) == 1
        assert folded
        assert fold(folded) == folded
        assert len(split(character).removeprefix(BOUNDARY)) == len(folded), "one class of character a row"


def test_symbols_are_all_that_folds_to_ascii() -> None:
    assert {one: folded for one, folded in table().items() if folded.isascii()}.items() <= symbols().items()
