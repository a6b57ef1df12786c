"""Names with Greek letters are asked for apart and joined."""

import pytest

from archive.retrieval.query import fts_query
from archive.text.greek import other_joints


@pytest.mark.parametrize(
    ("units", "others"),
    [
        (["TGF-", "beta", "1"], ["TGFbeta 1"]),
        (["TGFbeta", "1"], ["TGF beta 1"]),
        (["TNF-alpha"], ["TNFalpha"]),
        (["NF", "kappa", "B"], ["NF kappaB", "NFkappa B", "NFkappaB"]),
        (["beta"], []),
        (["beta", "受体"], []),
        (["PGC-", "1", "alpha"], []),
        (["IL", "10"], []),
        ([], []),
    ],
)
def test_other_joints(units: list[str], others: list[str]) -> None:
    assert other_joints(units) == others


def test_there_are_never_many() -> None:
    assert len(other_joints(["alpha", "beta"] * 20)) <= 8


@pytest.mark.parametrize(
    ("typed", "same_as"),
    [("IL 10", '"IL 10"'), ("患者 IL 10", '患者 "IL 10"'), ("COVID 19 vaccine", '"COVID 19" vaccine')],
)
def test_an_abbreviation_and_its_number_are_one_name(typed: str, same_as: str) -> None:
    assert fts_query(typed).replace("  ", " ") == fts_query(same_as)


@pytest.mark.parametrize("typed", ["cell OR 10", "dose 10", "NOT 10", "HPV 2024", "AND 5"])
def test_other_words_and_numbers_are_not(typed: str) -> None:
    words = typed.split()
    assert all(f'"{word}"' in fts_query(typed) for word in words if word not in {"OR", "NOT", "AND"})
