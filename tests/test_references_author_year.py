"""Markers by author and year, bound to the entries of a list."""

import pytest

from archive.references.author_year import author_year
from archive.references.lists import ListEntry

ENTRIES = [
    ListEntry(label=None, raw="Okafor, N. (2019). Naps in adults. Sleep Studies, 3, 4–9."),
    ListEntry(label=None, raw="Lindqvist, P., & Mori, K. (2020). Walking. J Moods, 5, 77."),
    ListEntry(label=None, raw="陈一鸣, 赵晓云. 睡眠质量调查[J]. 健康研究, 2018, 20(4): 301."),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so (Okafor, 2019).", [("(Okafor, 2019)", (0,))]),
        ("so (Lindqvist & Mori, 2020; Okafor, 2019)", [("(Lindqvist & Mori, 2020; Okafor, 2019)", (1, 0))]),
        ("as Lindqvist and Mori (2020) say", [("Lindqvist and Mori (2020)", (1,))]),
        ("调查显示（陈一鸣等，2018）", [("（陈一鸣等，2018）", (2,))]),
        ("(Okafor, 2019) and (Miller, 2017)", [("(Okafor, 2019)", (0,)), ("(Miller, 2017)", ())]),
        ("only (Miller, 2017)", []),
        ("in spring (March 2019) and (Okafor, 2011)", []),
        ("", []),
    ],
)
def test_author_year_markers(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    found = author_year(text, ENTRIES)
    assert [(each.marker, each.references) for each in found] == expected
    assert all(text[each.start : each.end] == each.marker for each in found)


def test_without_entries_there_are_none() -> None:
    assert author_year("(Okafor, 2019)", []) == []


@pytest.mark.parametrize("unit", ["(2019", "(Okafor, 2019) ", "(Okafor 2019;", "Okafor (2019) "])
def test_hostile_length_is_read_to_the_end(unit: str) -> None:
    text = unit * (60_000 // len(unit)) + " (Okafor, 2019)"
    assert author_year(text, ENTRIES)[-1].references == (0,)
