"""Which texts are copies of one article, and which only look so."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.duplicates.similarity import are_near_duplicates, prepare, resemblance
from archive.text.shingles import units
from tests.texts import prose

EN, OTHER, THIRD = (prose(seed) for seed in (1, 2, 3))
ZH, ZH_OTHER = (prose(seed, chinese=True) for seed in (1, 2))
DISCLAIMER = prose(9, sentences=10)
REPORT = (
    "On day {} the ward had {} patients, of whom {} were new and {} went home. The laboratory read {} samples, "
    "{} of them positive, and the pharmacy sent {} doses to {} clinics, which gave {} to children and kept {} back."
)


def report(seed: int) -> str:
    numbers = Random(seed).sample(range(10, 5000), 10)
    return REPORT.format(*numbers)


def numbered(day: int) -> str:
    return REPORT.format(*(day + figure for figure in range(10)))


def copies(one: str, other: str) -> bool:
    verdict = are_near_duplicates(prepare(units(one)), prepare(units(other)))
    assert verdict == are_near_duplicates(prepare(units(other)), prepare(units(one)))
    return verdict


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (EN, EN.upper().replace(".", " ...\n\n")),
        (EN, EN[: len(EN) // 3]),
        (EN, f"From our partner. {EN} {DISCLAIMER}"),
        (EN, " ".join(reversed(EN.split(". ")))),
        (EN, EN.replace("12", "13")),
        (ZH, ZH.replace("疗", "療").replace("细", "細").replace("。", " 。")),
        (ZH, ZH[: len(ZH) // 2]),
        (ZH, f"Scientists report a result\n\n{ZH}"),
    ],
)
def test_copies(one: str, other: str) -> None:
    assert copies(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (EN, OTHER),
        (ZH, ZH_OTHER),
        (EN, ZH),
        (f"{EN} {DISCLAIMER}", f"{OTHER} {DISCLAIMER}"),
        (EN, f"{OTHER} {THIRD} {EN}"),  # a digest brings it whole, but not as its beginning
        (report(1), report(2)),
        (numbered(7), numbered(8)),  # many of its figures stand in the other, for something else
        (EN, ""),
    ],
)
def test_look_alikes(one: str, other: str) -> None:
    assert not copies(one, other)


WORDS = st.lists(st.sampled_from(["cell", "drug", "干", "细", "12", "7", "trial"]), max_size=40)


@given(WORDS, WORDS)
def test_the_order_of_two_texts_makes_no_difference(one: list[str], other: list[str]) -> None:
    assert are_near_duplicates(prepare(one), prepare(other)) == are_near_duplicates(prepare(other), prepare(one))
    assert 0 <= resemblance(prepare(one), prepare(other)) == resemblance(prepare(other), prepare(one)) <= 1


@given(WORDS.filter(bool))
def test_a_text_is_its_own_copy(text: list[str]) -> None:
    assert are_near_duplicates(prepare(text), prepare(text))
    assert resemblance(prepare(text), prepare(text)) == 1
