"""Marks between the words of a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.retrieval.punctuation import part_words


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("干细胞，硬皮病", ["干细胞", "硬皮病"]),
        ("干细胞、硬皮病。", ["干细胞", "硬皮病"]),
        ("干细胞,硬皮病;疗效", ["干细胞", "硬皮病", "疗效"]),
        ("干细胞／硬皮病＋疗效", ["干细胞", "硬皮病", "疗效"]),
        ("干细胞/stem", ["干细胞", "stem"]),
        ("HPV(子宫颈) 卡介苗（BCG）", ["HPV", "子宫颈", "卡介苗", "BCG)"]),
        ("がん｜免疫|治療", ["がん", "免疫", "治療"]),
        ("《柳叶刀》 疫苗！", ["柳叶刀", "疫苗"]),
        ("stem cells, scleroderma;skin", ["stem", "cells", "scleroderma", "skin"]),
        ("GLP-1/GIP", ["GLP-1", "GIP"]),
        ("stem/progenitor/cell", ["stem", "progenitor", "cell"]),
        ("vaccine+autism", ["vaccine", "autism"]),
        ("km/h mg/dl", ["km/h", "mg/dl"]),
        ("CD4+CD25+", ["CD4+CD25+"]),
        ("1,000 １，０００", ["1,000", "1,000"]),
        ("since:2024/05/01", ["since:2024/05/01"]),
        ("10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2", None),
        ("cites:10.1000/abc/def", None),
        ("https://example.org/some/page,2", None),
        ("example.org/some/page", None),
        ("10.1000/abc，干细胞", ["10.1000/abc", "干细胞"]),
        ("标题：干细胞，来源：博雅", ["标题:干细胞", "来源:博雅"]),
        ("-心理，健康", ["-心理", "健康"]),
    ],
)
def test_words(query: str, words: list[str] | None) -> None:
    assert part_words(query).split() == (words or [query])


@pytest.mark.parametrize("query", ['"a、b，c" d', "“干细胞，硬皮病”", "「皮膚、肝」", '"unclosed，phrase'])
def test_a_phrase_keeps_its_marks(query: str) -> None:
    assert part_words(query) == query


@given(st.text(st.sampled_from('ab1干，、,;/+|"“ ')))
def test_letters_and_quotation_marks_stay(query: str) -> None:
    kept = set('ab1干"“')
    assert [sign for sign in part_words(query) if sign in kept] == [sign for sign in query if sign in kept]


@given(st.text(st.sampled_from('abcd1干，、,;/+|"“ ')))
def test_parting_is_idempotent(query: str) -> None:
    assert part_words(part_words(query)) == part_words(query)
