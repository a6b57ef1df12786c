"""What a text is compared by: nothing that typesetting changes, everything that is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text.shingles import digest, shingles, units

TEXTS = st.text(st.characters(codec="utf-8")) | st.text("干細胞细 abAB12，。·　\n-é")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Stem cells, and IL-10!", "stem cells and il 10"),
        ("stem-cell\nIL10", "stem cell il 10"),
        ("ＣＯＶＩＤ－１９", "covid 19"),
        ("幹細胞治療", "干 细 胞 治 疗"),
        ("用 PD-1 抑制剂", "用 pd 1 抑 制 剂"),
        ("TGF-β1 TGFβ1", "tgf beta 1 tgf beta 1"),
        ("10² m", "10 2 m"),
        ("ther\u00adapy", "therapy"),
        ("cafe\u0301 CAFÉ", "café café"),
        ("コ・ア", "コ ア"),
        ("snake_case", "snake case"),
        (" …—！ ", ""),
    ],
)
def test_units(text: str, found: str) -> None:
    assert units(text) == found.split()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a b c", {"a b", "b c"}),
        ("干细胞药", {"干 细 胞", "细 胞 药"}),
        ("用 new drug 治", {"用 new drug", "new drug", "drug 治"}),
        ("a", {"a"}),
        ("干细", {"干 细"}),
        ("", set()),
    ],
)
def test_shingles(text: str, found: set[str]) -> None:
    assert shingles(units(text), words=2, characters=3) == found


@given(TEXTS)
def test_typesetting_makes_no_difference(text: str) -> None:
    found = units(text)
    assert units(" ".join(found)) == found
    assert units(f"…{text}　！") == found
    assert digest(units(text.replace(" ", " \n "))) == digest(found)


@given(TEXTS, st.integers(1, 4), st.integers(1, 4))
def test_every_shingle_stands_in_the_text(text: str, words: int, characters: int) -> None:
    found = units(text)
    made = shingles(found, words=words, characters=characters)
    assert all(f" {shingle} " in f" {' '.join(found)} " for shingle in made)
    assert bool(made) == bool(found)


def test_white_space_joins_and_parts_nothing_in_a_digest() -> None:
    assert digest(units("干细胞 疗法")) == digest(units("干细\n胞疗法")) != digest(units("干细胞疗"))
    assert -(2**63) <= digest([]) < 2**63
