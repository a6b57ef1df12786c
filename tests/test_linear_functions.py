"""No function that reads foreign text runs more lines of Python than grows with the text."""

import sys
from collections.abc import Callable
from datetime import date
from html import escape
from itertools import pairwise
from types import FrameType
from typing import Any, NamedTuple

import lxml.html
import pytest
from lxml.html import HtmlElement

from archive.console import cjk_wrap
from archive.dom import lines
from archive.extraction import (
    author_names,
    block_fingerprints,
    block_positions,
    boilerplate,
    boilerplate_rules,
    dates,
    interstitials,
    json_repair,
    jsonld_body,
    labels,
    language,
    markdown,
    printed_dates,
    soft404,
    titles,
)
from archive.references import (
    author_lists,
    author_year,
    headings,
    identifiers,
    inline,
    inline_identifiers,
    journal_names,
    locators,
    markers,
    mentions,
    mentions_cjk,
    parser,
    person_names,
    publisher_links,
    scoring,
    tokens,
)
from archive.references.lists import take_lists
from archive.retrieval import query, snippet_window, snippets
from archive.text import characters, diff, folding, greek, sentences, shingles
from archive.urls import canonical
from archive.works import documents
from archive.works import titles as work_titles
from crawler.discovery import dates as listed_dates
from crawler.discovery import traps
from crawler.policy import robots_directives

SIZES = (500, 1_000, 2_000)  # characters
FULL_SIZES = (10_000, 20_000, 40_000)
GROWTH = 2.4  # for twice the text; a linear function has 2, a quadratic one 4
FEW = 2_000  # lines that are not looked at further
UNITS = (
    " ", "\n", "a", "1", "中", ".", "，", "。", "!", "-", "\\", "<sup>", "(", "[", '"', "《", "a,", "A. ", "1.", "http://",
    "a@", "&", "；", "|", "：", "年", "10.1000/", "[1]", "(Smith 2020) ", "王某等, 2019; ", "2020-01-02 ",
    "来源：健康报 ", "et al., ", "《医学》", "https://e.example/a?b=c&", "{", '"a":', "IL-10 ", "alpha",
    "Nature ", "a\n\n", "①", "% ",
)  # fmt: skip


class Entry(NamedTuple):
    """An entry of a reference list, as binding reads it."""

    label: str
    raw: str
    anchors: tuple[str, ...] = ()


ENTRIES = (Entry("1", "[1] Smith J. Cells. 2020."), Entry("2", "[2] 王某等. 细胞. 2019."))


def rules(text: str) -> None:
    line = boilerplate_rules.fold_line(text)
    bare = boilerplate_rules.bare_line(line)
    for rule in boilerplate_rules.rules():
        rule.matches(line, bare)
    boilerplate_rules.promotion().hits(line)


def window(text: str) -> None:
    words = [term for clause in query.parse("stem 细胞 a") for term in clause.terms]
    snippet_window.match_window(text, snippet_window.word_patterns(words))


READERS: dict[str, Callable[[str], Any]] = {
    "comparison key": characters.comparison_key,
    "parts of a title": titles.title_parts,
    "title without site": lambda text: titles.strip_site(text, ("Health News",), unsure=True),
    "dates": lambda text: list(dates.find_dates(text)),
    "short date": dates.find_short_date,
    "date of a URL": dates.date_in_url,
    "local day": lambda text: dates.local_day(text, date(2024, 5, 21), None),
    "words around a date": printed_dates.is_other_date,
    "labels of a date": printed_dates.ends_with_publication_label,
    "labelled values": lambda text: list(labels.labelled_values(text)),
    "label": labels.is_labelled,
    "source": labels.clean_source,
    "names": lambda text: author_names.split_names([text]),
    "names of metadata": lambda text: author_names.names_from_metadata([text]),
    "names behind a phrase": author_names.names_at,
    "role": author_names.is_role,
    "reporter": author_names.is_reporter,
    "organisation": author_names.is_organisation,
    "person": author_names.is_person,
    "boilerplate": rules,
    "sentence or fact": boilerplate.is_sentence,
    "fingerprint": block_fingerprints.fingerprint,
    "letters": block_positions.letters_of,
    "forwarding": lambda text: interstitials.is_forwarding([text]),
    "not found": soft404.is_not_found_notice,
    "language": language.detect_language,
    "JSON-LD": json_repair.load_values,
    "string of JSON-LD": lambda text: json_repair.load_values(f'{{"a": "{text}", "b": "{text}'),
    "stated text": jsonld_body.text_blocks,
    "Markdown": markdown.escape,
    "list of authors": author_lists.split,
    "author and year": lambda text: author_year.author_year(text, ENTRIES),
    "heading of a list": headings.read_heading,
    "heading with entries": headings.read_lead,
    "DOI": identifiers.normalise_doi,
    "identifiers": lambda text: list(identifiers.find_all(text)),
    "end of a DOI": lambda text: list(identifiers.find_all(f"10.1000/{text}")),
    "identifier of a URL": lambda text: identifiers.from_url(f"https://doi.org/10.1000/{text}"),
    "number of a trial": lambda text: identifiers.normalise("chictr", text),
    "references of the text": lambda text: inline.inline_references(text, (), ()),
    "printed identifiers": lambda text: list(inline_identifiers.read_printed(text)),
    "journal": journal_names.standing,
    "journal at an offset": lambda text: journal_names.name_at(text, 0),
    "locator": locators.locate,
    "markers": lambda text: markers.bind(text, ENTRIES),
    "mentions": mentions.find_mentions,
    "Chinese mentions": lambda text: list(mentions_cjk.cjk_mentions(text)),
    "reference": parser.parse_reference,
    "family name": person_names.family_key,
    "link to a publisher": lambda text: publisher_links.read_link(f"https://www.nature.com/articles/{text}"),
    "strength of an entry": scoring.strength,
    "end of a list": scoring.ends_list,
    "possible entry": scoring.could_be_entry,
    "sign of a source": scoring.shows_source,
    "end within a DOI": lambda text: scoring.breaks_off(text, "1"),
    "lists of a page": lambda text: take_lists(page_of_lines(text)),
    "tokens": tokens.tokenise,
    "folding": folding.fold,
    "characters in pairs": folding.pair,
    "origins of folded text": folding.origins,
    "clean text": characters.clean,
    "sentences": lambda text: list(sentences.sentences(text)),
    "sentence at an offset": lambda text: sentences.sentence_at(text, len(text) // 2, len(text) // 2 + 1),
    "units": shingles.units,
    "Greek letters": lambda text: greek.other_joints([text]),
    "difference": lambda text: diff.differences(text, text[::2] + "x"),
    "query": query.parse,
    "full-text query": query.fts_query,
    "window of a snippet": window,
    "segments": lambda text: snippets.segments(text, [(at, at + 1) for at in range(0, len(text), 3)]),
    "what is no title": lambda text: work_titles.usable_title(text, None),
    "number of a standard": documents.standard_number,
    "lines of a terminal": lambda text: cjk_wrap.breaks(text, 60),
    "line of a page": lines.fold_line,
    "path": lambda text: canonical.canonical_url(f"https://e.example/{text}"),
    "parameters": lambda text: canonical.canonical_url(f"https://e.example/?{text}"),
    "link": lambda text: canonical.resolve(text, "https://e.example/"),
    "date of a feed": listed_dates.read_date,
    "trap": lambda text: traps.is_trap(f"https://e.example/{text}"),
    "template": lambda text: traps.url_template(f"https://e.example/{text}"),
    "directives": lambda text: robots_directives.directives([text], text.encode()),
}


def page_of_lines(text: str) -> HtmlElement:
    """Return a page in which a heading for references stands above the text, cut into short lines."""
    lines = "".join(f"<p>{escape(text[at : at + 12])}</p>" for at in range(0, len(text), 12))
    return lxml.html.document_fromstring(f"<html><body><h2>References</h2>{lines}</body></html>")


def lines_run(read: Callable[[str], Any], text: str) -> int:
    """Return how many lines of Python `read` runs on the text. A text that it refuses counts up to there."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read(text)
    except ValueError:
        pass  # not a URL
    finally:
        sys.settrace(before)
    return count


def slow_units(
    read: Callable[[str], Any], sizes: tuple[int, ...], units: tuple[str, ...] = UNITS
) -> list[tuple[str, list[int]]]:
    """Return the units of which a text takes more than GROWTH times the lines at each next size."""
    read("a 中 1.")  # fills the caches
    slow = []
    for unit in units:
        counts = [lines_run(read, (unit * size)[:size]) for size in sizes]
        if counts[-1] > FEW and all(later > GROWTH * earlier for earlier, later in pairwise(counts)):
            slow.append((unit, counts))
    return slow


@pytest.mark.parametrize("name", READERS)
def test_a_function_is_linear(name: str) -> None:
    assert slow_units(READERS[name], SIZES) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_a_function_is_linear_on_long_text(name: str) -> None:
    assert slow_units(READERS[name], FULL_SIZES, UNITS[::5]) == []
