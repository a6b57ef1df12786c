"""The table of East Asian ranges."""

import re
import unicodedata

import pytest

from archive.text import scripts


@pytest.mark.parametrize(
    ("ranges", "members", "others"),
    [
        (scripts.HAN, "一龥㐀𠮷𰀀豈", "かア가·、々Ａ"),
        (scripts.HAN_MARKS, "々〆〇", "一、"),
        (scripts.HAN_RADICALS, "⼀⿕", "一"),
        (scripts.KANA, "ぁんァーㇰｦﾟ", "一가A"),
        (scripts.KANA_LETTERS, "ぁんァン", "ー・一"),
        (scripts.HANGUL, "가힣", "一か"),
        (scripts.CJK, "一𠮷か가ｱ", "A1。（Ａ"),
        (scripts.EAST_ASIAN, "一か가。（Ａ　", "A“·"),
        (scripts.EAST_ASIAN_UNSPACED, "一か。（Ａ　", "A가“"),
    ],
)
def test_a_range_holds_its_script_alone(ranges: str, members: str, others: str) -> None:
    pattern = re.compile(f"[{ranges}]")
    assert [character for character in members if not pattern.match(character)] == []
    assert [character for character in others if pattern.match(character)] == []


def test_full_width_forms_are_those_of_unicode() -> None:
    assert all(
        unicodedata.normalize("NFKC", chr(wide)) == chr(narrow) for wide, narrow in scripts.FULL_WIDTH_FORMS.items()
    )
    assert "Ａ～！".translate(scripts.FULL_WIDTH_FORMS) == "A~!"


@pytest.mark.parametrize(("text", "number"), [("", 0), ("IL-10", 0), ("IL-10 干细胞", 3), ("줄기 か", 3)])
def test_cjk_letters_are_counted(text: str, number: int) -> None:
    assert scripts.count_cjk(text) == number
    assert scripts.has_cjk(text) == (number > 0)
