"""In-text markers, bound to the entries of a list."""

from itertools import pairwise

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.references.lists import ListEntry
from archive.references.markers import CLOSE, OPEN, bind, protect, strip

ENTRIES = tuple(ListEntry(label=str(n), raw=f"[{n}] ListEntry", anchors=(f"ref-{n}",)) for n in range(1, 6))


def bound(html: str, entries: tuple[ListEntry, ...] = ENTRIES) -> list[tuple[str, tuple[int, ...]]]:
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    protect(root, entries)
    text, citations = bind(root.text_content(), entries)
    assert all(text[c.start : c.end] == c.marker for c in citations)
    assert OPEN not in text
    assert CLOSE not in text
    return [(c.marker, c.references) for c in citations]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("triage.<sup>1,2</sup> Later<sup>[3]</sup>", [("1,2", (0, 1)), ("[3]", (2,))]),
        ("known<sup>1–3</sup>.", [("1–3", (0, 1, 2))]),
        ("known<sup><a href='#ref-1'>1</a>,<a href='#ref-2'>2</a></sup>", [("1", (0,)), ("2", (1,))]),
        ("growing<a href='#ref-1'>[1]</a><a href='#ref-2'>[2]</a>.", [("[1]", (0,)), ("[2]", (1,))]),
        ("as shown (<a href='#ref-4'>Mori, 2020</a>)", [("Mori, 2020", (3,))]),
        ("证实[2]，也见【3】和[1,3-5]。", [("[2]", (1,)), ("【3】", (2,)), ("[1,3-5]", (0, 2, 3, 4))]),
        ("改善软骨①，仍待观察②③。", [("①", (0,)), ("②③", (1, 2))]),
        ("x<sup>[2][3]</sup>", [("[2]", (1,)), ("[3]", (2,))]),
        ("unknown<sup>[9]</sup>", [("[9]", ())]),
        ("图片引用自文献2，见参考文献1。", [("文献2", (1,)), ("参考文献1", (0,))]),
        ("已被证实¹，也有人反对²,³。", [("¹", (0,)), ("²,³", (1, 2))]),
    ],
)
def test_markers_are_bound(html: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert bound(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "10<sup>5</sup> cells per m<sup>2</sup> and 3 cm<sup>3</sup>",
        "the 1<sup>st</sup> day",
        "in [2019] and [9]",
        "①免疫调节\n\n②抗炎",
        "包括：①免疫调节；②抗炎；③再生。",
        "<a href='#page2'>2</a> <a href='/x#comments'>3</a>",
        "dose (1) and f[0]",
        "文献2篇，面积5m²，10³",
    ],
)
def test_other_numbers_are_not(html: str) -> None:
    assert bound(html) == []


def test_without_a_list_brackets_are_no_markers_but_superscripts_are() -> None:
    assert bound("see [1]<sup>[2]</sup>", ()) == [("[2]", ())]


def test_bullets_are_counted() -> None:
    assert bound("see [2]", (ListEntry(label=None, raw="A"), ListEntry(label=None, raw="B"))) == [("[2]", (1,))]


def test_own_characters_of_the_page_are_removed_first() -> None:
    assert bound(f"a{OPEN}b{CLOSE}c<sup>[1]</sup>") == [("[1]", (0,))]


def test_characters_survive_extraction() -> None:
    assert OPEN.isprintable()
    assert CLOSE.isprintable()
    assert len(OPEN) == len(CLOSE) == 1


@given(st.text(alphabet=f"a[]1,-【】①② \n{OPEN}{CLOSE}", max_size=80), st.integers(0, 3))
def test_offsets_hold_for_any_text(text: str, count: int) -> None:
    clean, citations = bind(text, ENTRIES[:count])
    assert clean == strip(text)
    assert all(clean[c.start : c.end] == c.marker and c.marker for c in citations)
    assert all(a.end <= b.start for a, b in pairwise(citations))
    assert all(0 <= index < count for c in citations for index in c.references)


@pytest.mark.parametrize("unit", ["[1] ", "①", "[1,", "[1-", OPEN, CLOSE, f"{OPEN}1{CLOSE}", "【1】"])
def test_hostile_length_is_read_to_the_end(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert bind(text, ENTRIES)[0] == strip(text)


def test_many_superscripts_in_one_paragraph() -> None:
    assert len(bound("<p>" + "a<sup>1</sup>" * 3_000 + "</p>")) == 3_000


@pytest.mark.parametrize("piece", ["①a", "[1", "[1,", "文献1", "A", "Aa, ", "(a ", "a<sup>1</sup>", "¹"])
def test_long_runs_of_markers_are_read_once(piece: str) -> None:
    text = piece * (400_000 // len(piece)) + " (2019)"  # a pattern that reads a run again from each place never ends
    assert bind(text, ENTRIES)[0] == text
