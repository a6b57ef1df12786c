"""The snippet window: it holds a hit wherever the text has one, and it is short."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.retrieval.engine import search
from archive.retrieval.hits import _matches
from archive.retrieval.query import parse
from archive.retrieval.snippet_window import match_window, word_patterns
from archive.retrieval.snippets import find_hits
from archive.retrieval.terms import Term
from tests.archives import an_article, new_archive, store


def terms(query: str) -> list[Term]:
    return [term for clause in parse(query) for term in clause.terms]


FILLING = "Nothing to see here, and more of it. 这里没有什么。" * 60


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("干细胞", "間充質幹細胞"), ("treating", "was treated"), ("therapies", "a therapy"), ("IL10", "IL-10"),
        ("TGF-β1", "TGFbeta1"), ("TGFbeta1", "TGF-β1"), ("relational", "they relate"), ("cafe", "Café"),
        ('"T cell"', "the T\ncells"), ("immun*", "immunity"), ("ＩＬ１０", "IL10"), ("癌", "肝癌"),
        ("revelling", "they revel"), ("study", "studies"), ("may", "in Mai"),
    ],
)  # fmt: skip
def test_a_hit_far_down_is_found(query: str, written: str) -> None:
    text = f"{FILLING}\n\n{written}.\n\n{FILLING}"
    [match] = _matches([("", text)], terms(query))
    assert match.text
    assert all(len(FILLING) <= start and end <= len(FILLING) + len(written) + 4 for start, end in match.text)
    assert match.window[0] <= match.text[0][0] < match.text[-1][1] <= match.window[1]


@given(st.text(st.sampled_from("ab β干幹细1．-\n"), max_size=120), st.sampled_from(["ab", "干细", "a1", "β", '"b 干"']))
def test_the_window_has_a_hit_when_the_text_has(text: str, query: str) -> None:
    expression = " OR ".join(term.literal for term in terms(query))
    [(_, everywhere)] = find_hits(expression, [("", text)])
    [match] = _matches([("", text)], terms(query))
    assert bool(match.text) == bool(everywhere)
    assert set(match.text) <= set(everywhere)


def test_the_window_is_short() -> None:
    window = match_window(f"{FILLING}幹細胞{FILLING}", word_patterns(terms("干细胞")))
    assert window
    assert window[1] - window[0] < 200


def test_a_page_of_full_stops_is_matched_fast() -> None:
    assert match_window("干" + "。" * 200_000 + "细", word_patterns(terms("干细胞"))) is None


@pytest.mark.parametrize(
    ("query", "title", "text", "marked"),
    [
        ("scleroderma", "Scleroderma", FILLING, ""), ("硬皮病", "硬皮病", FILLING, ""),
        ("cafe", "Cafe", f"{FILLING} Café.", "Café"), ("title:cafe", "Cafe", f"{FILLING} Café.", ""),
        ("immun*", "Immunity", FILLING, ""), ("ガン", "ガン", f"{FILLING} ｶﾞﾝ。", "ｶﾞﾝ"),
    ],
)  # fmt: skip
def test_a_word_in_the_title_only_is_not_marked_in_the_text(
    tmp_path: Path, query: str, title: str, text: str, marked: str
) -> None:
    db = new_archive(tmp_path)
    store(db, an_article(title=title, text=text, references=(), citations=()))
    [hit] = search(db, query).hits
    assert "".join(piece for piece, is_hit in hit.segments if is_hit) == marked
    db.close()
