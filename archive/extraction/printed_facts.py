"""Read the facts that pages print for readers near the title and at the end: labelled values, by-lines, datelines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from archive.dom.lines import Line
from archive.extraction.author_names import split_names
from archive.extraction.bylines import named_in_dateline, named_with_role, names_in_values, reporters, signed_near
from archive.extraction.labels import FACT_LINE, clean_source, first_date, is_event, labelled_values, lone_label
from archive.extraction.near_title import AFTER, BEFORE, NEAR_TITLE, NEXT_LINES, is_listed
from archive.extraction.page_lines import PageLines

# Number of lines at the end of the page that are searched for credits.
_TAIL = 40
# Characters of a line with a reporter's name, at most.
_SHORT = 60
# Characters of a value on the line behind its label, at most.
_LONGEST_VALUE = 80
# Every line with a labelled fact contains one of these: a colon, the stroke of 文/, a number, a reporter.
_MAYBE = re.compile(r"[:：/／\d]|[记記]者|通讯员")
_NUMBER = re.compile(r"(?P<n>\d[\d,]{0,14}(?:\.\d+)?)\s*(?P<unit>万|萬|k\b)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PrintedFacts:
    """The facts in the lines around the title and at the end of the page.

    `published` and `modified` are labelled dates; `modified_near_title` is the date of a change right below the title,
    where other sites print the date of publication. `views` is the number in the page's bytes, which may be 0 because
    a script counts later.
    """

    source: str | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    published: date | None = None
    modified: date | None = None
    modified_near_title: date | None = None
    views: int | None = None


def read_printed_facts(page: PageLines, at: int) -> PrintedFacts:
    """Return the labelled facts near the title's line `at`; of two with the same label the nearer one counts."""
    lines, language = page.lines, page.language
    # After the title first: a fact before it more often belongs to the site than to the article.
    after, before = range(at, min(len(lines), at + AFTER)), range(at - 1, max(-1, at - BEFORE), -1)
    found = list(_facts(lines, [*after, *before, *range(max(0, len(lines) - _TAIL), len(lines))]))
    facts: dict[str, list[str]] = {}
    for _, name, value in found:
        facts.setdefault(name, []).append(value)
    labelled: dict[int, list[str]] = {}
    for index, name, value in found:
        if name == "author":
            labelled.setdefault(index, []).append(value)
    signed = signed_near(page, at, labelled)
    changed = (value for index, name, value in found if name == "modified" and index in after[:NEAR_TITLE])
    return PrintedFacts(
        source=next((s for s in map(clean_source, facts.get("source", ())) if s), None),
        authors=signed.get("author", ())
        or names_in_values(facts.get("author", ()))
        or next(filter(None, (named_in_dateline(line) for line in lines[at + 1 : at + 1 + NEAR_TITLE])), ())
        or split_names(facts.get("reporter", ()))
        or next(filter(None, (named_with_role(line) for line in lines[at + 1 : at + 1 + NEXT_LINES])), ()),
        editors=split_names(facts.get("editor", ())) or signed.get("editor", ()),
        published=first_date(facts.get("published", ()), language),
        modified=first_date(facts.get("modified", ()), language),
        modified_near_title=first_date(changed, language),
        views=next((v for v in map(_count, facts.get("views", ())) if v is not None), None),
    )


def _facts(lines: Sequence[Line], indexes: Iterable[int]) -> Iterator[tuple[int, str, str]]:
    """Yield (index, name, value) for the labelled values of lines; a label alone belongs to the next line."""
    for index in indexes:
        line = lines[index]
        if len(line.text) > FACT_LINE or not _MAYBE.search(line.text):
            continue
        label = lone_label(line.text)
        if label and index + 1 < len(lines) and len(lines[index + 1].text) <= _LONGEST_VALUE:
            yield index, label, lines[index + 1].spaced
            continue
        for name, value in labelled_values(line.seamed):
            if not ((name == "published" and is_event(lines, index)) or (name == "author" and is_listed(line))):
                yield index, name, value
        if len(line.text) <= _SHORT:
            yield from ((index, "reporter", name) for name in reporters(line))


def _count(value: str) -> int | None:
    match = _NUMBER.match(value)
    if match is None:
        return None
    factor = {"万": 10_000, "萬": 10_000, "k": 1_000}.get((match["unit"] or "").lower(), 1)
    return round(float(match["n"].replace(",", "")) * factor)
