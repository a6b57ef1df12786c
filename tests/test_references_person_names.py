"""Names as printed, taken apart only where the print says how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.references.person_names import Person, family_key, person


@pytest.mark.parametrize(
    ("printed", "family", "given"),
    [
        ("Wu T", "Wu", "T"),
        ("Smith J.A.", "Smith", "J.A."),
        ("van der Berg AB", "van der Berg", "AB"),
        ("García Márquez G", "García Márquez", "G"),
        ("Clevers, H.", "Clevers", "H."),
        ("H. Clevers", "Clevers", "H."),
        ("J.-P. Martin", "Martin", "J.-P."),
        ("Robert M. Hale", "Hale", "Robert M."),
        ("Ludwig van Beethoven", "van Beethoven", "Ludwig"),
        ("Hale R Jr", "Hale", "R"),
    ],
)
def test_names_are_parted(printed: str, family: str, given: str) -> None:
    assert person(printed) == Person(family, given)


@pytest.mark.parametrize("printed", ["毛越苹", "刘 鹏", "World Health Organization", "Plato", "山田太郎", ""])
def test_names_that_stay_whole(printed: str) -> None:
    assert person(printed) == Person(literal=printed)


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("Müller K", "muller"),
        ("K. Müller", "muller"),
        ("Karl Müller", "muller"),
        ("Gabriel García Márquez", "marquez"),
        ("García Márquez G", "marquez"),
        ("刘 鹏", "刘鹏"),
        ("123", ""),
    ],
)
def test_a_family_name_is_compared_however_it_is_set(printed: str, key: str) -> None:
    assert family_key(printed) == key


@given(st.text())
def test_no_name_raises_and_nothing_is_made_up(printed: str) -> None:
    made = person(printed)
    assert set(f"{made.family}{made.given}{made.literal}") <= set(printed) | {" "}
    assert bool(made.family) != bool(made.literal) or not printed.split()
