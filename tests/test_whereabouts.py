"""The likely part of a text: it never hides a hit, and it is short."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.retrieval.hits import _places
from archive.retrieval.query import parse
from archive.retrieval.snippet_window import likely_part, patterns
from archive.retrieval.snippets import find_hits
from archive.retrieval.terms import Term


def terms(query: str) -> list[Term]:
    """The words that are looked for."""
    return [term for clause in parse(query) for term in clause.terms]


FILLING = "Nothing to see here, and more of it. 这里没有什么。" * 60


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("干细胞", "間充質幹細胞"), ("treating", "was treated"), ("therapies", "a therapy"), ("IL10", "IL-10"),
        ("TGF-β1", "TGFbeta1"), ("TGFbeta1", "TGF-β1"), ("relational", "they relate"), ("cafe", "Café"),
        ('"T cell"', "the T\ncells"), ("immun*", "immunity"), ("ＩＬ１０", "IL10"), ("癌", "肝癌"),
    ],
)  # fmt: skip
def test_what_is_far_down_is_found(query: str, written: str) -> None:
    text = f"{FILLING}\n\n{written}.\n\n{FILLING}"
    [(_, hits)] = _places([("", text)], terms(query))
    assert hits
    assert all(len(FILLING) <= start and end <= len(FILLING) + len(written) + 4 for start, end in hits)


@given(st.text(st.sampled_from("ab β干幹细1．-\n"), max_size=120), st.sampled_from(["ab", "干细", "a1", "β", '"b 干"']))
def test_the_likely_part_finds_when_the_whole_does(text: str, query: str) -> None:
    looked_for = " OR ".join(term.literal for term in terms(query))
    [(_, everywhere)] = find_hits(looked_for, [("", text)])
    [(_, hits)] = _places([("", text)], terms(query))
    assert bool(hits) == bool(everywhere)
    assert set(hits) <= set(everywhere)


def test_the_likely_part_is_short() -> None:
    start, end = likely_part(f"{FILLING}幹細胞{FILLING}", patterns(terms("干细胞")))
    assert end - start < 1000


def test_a_page_of_marks_is_no_trap() -> None:
    assert likely_part("干" + "。" * 200_000 + "细", patterns(terms("干细胞"))) == (0, 200_002)
