"""What the pages of an article are made of: pure functions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import Citation, Removal
from archive.extraction.block_fingerprints import RECURRING
from archive.extraction.boilerplate_rules import rules
from archive.text.diff import differences
from archive.text.diff_passages import changed_passages, diff_paragraphs, paragraph_runs
from archive.web.article_text import paragraphs, runs
from archive.web.formatting import host, identifier_links, text_language, web_link
from archive.web.references import reference_views, retraction_summary
from archive.web.removals import REASONS, removal_groups, removal_summary
from archive.works.retractions import Flag
from tests.archives import URL, a_reference, an_article


def test_paragraphs_hold_the_whole_text() -> None:
    article = an_article()
    found = paragraphs(article)
    assert "\n\n".join("".join(span.text for span in each.spans) for each in found) == article.text
    assert [span.references for each in found for span in each.spans if span.references] == [(0,)]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), max_size=6), st.text("ab\n[1]", max_size=30))
def test_no_citation_loses_or_doubles_text(places: list[tuple[int, int]], text: str) -> None:
    citations = tuple(
        Citation(marker=text[start : start + size], start=start, end=min(start + size, len(text)), references=(0,))
        for start, size in places
    )
    found = paragraphs(an_article(text=text, citations=citations))
    assert "\n\n".join("".join(span.text for span in each.spans) for each in found) == text


@pytest.mark.parametrize(
    ("marker", "bound", "links", "implied"),
    [
        ("[2]", (1,), [("[2]", 1)], ()),
        ("[1,3]", (0, 2), [("[", None), ("1", 0), (",", None), ("3", 2), ("]", None)], ()),
        ("[1-3]", (0, 1, 2), [("[", None), ("1", 0), ("-", None), ("3", 2), ("]", None)], (1,)),
        ("¹⁻³", (0, 1, 2), [("¹", 0), ("⁻", None), ("³", 2)], (1,)),
        ("(Wu 2016; Li 2017)", (0, 1), [("(Wu 2016; Li 2017)", 0)], (1,)),
        ("[9]", (), [], ()),
        ("[4]", (3,), [], ()),  # no such reference
    ],
)
def test_the_numbers_of_a_marker_lead_to_their_entries(
    marker: str, bound: tuple[int, ...], links: list[tuple[str, int | None]], implied: tuple[int, ...]
) -> None:
    references = tuple(a_reference(label=label) for label in "123")
    citation = Citation(marker=marker, start=0, end=len(marker), references=bound)
    (paragraph,) = paragraphs(an_article(text=marker, citations=(citation,), references=references))
    (span,) = paragraph.spans
    assert [(link.text, link.reference) for link in span.parts] == links
    assert span.implied == implied


def test_markdown_says_what_paragraphs_are() -> None:
    article = an_article(
        text="Why *it* matters\n\nText.\n\nOne\n\nTwo\n\nHow\n\nSaid so.",
        markdown="## Why \\*it\\* matters\n\nText.\n\n- **One**\n- [Two](https://x.example/)\n\n### How\n\n> Said so.",
        citations=(),
    )
    assert [(kind, len(each)) for kind, each in runs(paragraphs(article))] == [
        ("heading", 1), ("text", 1), ("item", 2), ("heading", 1), ("quote", 1),
    ]  # fmt: skip
    assert [each.level for each in paragraphs(article) if each.kind == "heading"] == [2, 3]


def test_entries_say_what_they_are() -> None:
    references = (
        a_reference(label="1", raw="[1] Wu T. Cells."),
        a_reference(label=None, raw="a study", kind="link", url="https://journal.example/x"),
        a_reference(label="3", raw="③ 李娜. 细胞.", url=None),
    )
    found = reference_views(an_article(references=references, language="en"), (), {}, {})
    assert [(entry.label, entry.text, entry.language) for entry in found] == [
        ("1", "Wu T. Cells.", "en"), ("", "a study", "en"), ("3", "李娜. 细胞.", "zh"),
    ]  # fmt: skip
    assert [(entry.kind, entry.host) for entry in found] == [
        (None, None), ("link in the text", "journal.example"), (None, None),
    ]  # fmt: skip
    assert found[0].markers == (0,)


def a_flag(work_id: int, status: str) -> Flag:
    return Flag(0, work_id, status, None, "unknown", (), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], None),
        ([(1, "retracted")], "1 has been retracted."),
        ([(1, "retracted"), (1, "retracted"), (2, "retracted")], "2 have been retracted."),
        ([(1, "concern")], "1 has an expression of concern."),
        ([(1, "retracted"), (2, "concern")], "1 has been retracted and 1 has an expression of concern."),
    ],
)
def test_the_warning_counts_works(flags: list[tuple[int, str]], said: str | None) -> None:
    found = retraction_summary([a_flag(work_id, status) for work_id, status in flags])
    assert found == (said and f"Of the works that this article cites, {said}")


def test_every_reason_of_a_removal_has_words() -> None:
    assert {rule.reason for rule in rules()} | {RECURRING} <= REASONS.keys()


def test_removals_are_grouped_marketing_first() -> None:
    cut = [
        Removal(text=text, reason=reason, kind=kind)
        for text, reason, kind in (("a", "left out", None), ("b", "contact", "contact"), ("c", "left out", None))
    ]
    groups = removal_groups(an_article(removals=tuple(cut), language="en"))
    assert [(group.reason, group.kind, len(group.blocks)) for group in groups] == [
        ("contact details", "contact", 1), ("left out by the extractor", None, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kinds", "summary"),
    [
        ([None, "phone", "share"], "3 blocks, 1 of them marketing (9 characters)"),
        ([None], "1 block, none of it marketing"),
        (["phone", "form"], "2 blocks, all of it marketing (18 characters)"),
    ],
)
def test_the_summary_of_the_removals_counts_marketing(kinds: list[str | None], summary: str) -> None:
    cut = tuple(Removal(text="立即拨打400热线", reason="rule", kind=kind) for kind in kinds)
    assert removal_summary(an_article(removals=cut)) == summary


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("甲。\n\n乙。", "甲。\n\n丙。\n\n乙。", [["same"], ["added"], ["same"]]),
        ("甲。", "甲。\n\n乙。", [["same"], ["added"]]),
        ("aaa bbb", "aaa\n\nbbb", [["same", "removed", "added"], ["same"]]),
        ("甲" * 40, "乙" * 40, [["removed"], ["added"]]),
        ("甲" * 9, "乙" * 9, [["removed", "added"]]),
    ],
)
def test_pieces_by_paragraph(old: str, new: str, shown: list[list[str]]) -> None:
    found = diff_paragraphs(differences(old, new))
    assert [[piece.kind for piece in line] for line in found] == shown
    assert ("¶" in [piece.text for line in found for piece in line]) == (old == "aaa bbb")


def test_what_is_far_from_a_change_is_folded_and_clipped() -> None:
    old = "\n\n".join(f"第{number}段。" for number in range(9)) + "甲" + "长" * 300
    pieces = differences(old, old.replace("甲", "乙"))
    assert [(len(stretch.paragraphs), stretch.collapsed) for stretch in paragraph_runs(pieces)] == [
        (7, True),
        (2, False),
    ]
    ((before, removed, added, after),) = changed_passages(pieces)
    assert (before.text, removed.text, added.text) == ("第8段。", "甲", "乙")
    assert after.text == "长" * 60 + "…"


@pytest.mark.parametrize(
    ("url", "link", "name"),
    [
        ("https://www.news.example/a", "https://www.news.example/a", "news.example"),
        ("javascript:alert(1)", None, "javascript:alert(1)"),
        ("http://[", None, "http://["),
        ("data:text/html,x", None, "data:text/html,x"),
    ],
)
def test_only_web_addresses_are_links(url: str, link: str | None, name: str) -> None:
    assert web_link(url) == link
    assert host(url) == name


@pytest.mark.parametrize(
    ("text", "language", "marked"),
    [
        ("干细胞", "en", "zh"),
        ("幹細胞", "zh-Hant", "zh-Hant"),
        ("Cells", "zh-Hans", ""),
        ("Zellen", "de", "de"),
        ("", None, ""),
    ],
)
def test_texts_are_marked_with_their_own_language(text: str, language: str | None, marked: str) -> None:
    assert text_language(text, language) == marked


def test_identifiers_lead_to_their_registries() -> None:
    links = {link.name: link.url for link in identifier_links(a_reference())}
    assert links["DOI"] == "https://doi.org/10.5555/sci.2016"
    assert links["NCT"] == "https://clinicaltrials.gov/study/NCT00000001"
    assert "ISBN" not in links
    assert URL.startswith("https://news.example/")
