"""An article's text as paragraphs that a template can print: headings, list items, quotations, and its markers."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from archive.article import Article, Citation

Kind = Literal["text", "heading", "item", "quote"]

_HEADING = re.compile(r"(#{1,6}) (.+)")
_LINK = re.compile(r"\]\([^\s()]*\)")
_NUMBER = re.compile(r"\d{1,3}")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of a marker; `entry` is the position of the reference that it leads to, if it is one that is named."""

    text: str
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text. A marker has the number of its citation, and `entries`, the references that it points to.

    `links` are the marker as printed, the numbers in it as links; `implied` are entries that a range such as [1-3]
    names without printing them.
    """

    text: str
    citation: int | None = None
    entries: tuple[int, ...] = ()
    links: tuple[Link, ...] = ()
    implied: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text; `level` counts headings from 2, since the page's title is the first."""

    kind: Kind
    level: int
    spans: tuple[Span, ...]


def paragraphs(article: Article) -> list[Paragraph]:
    """The text as paragraphs; what they are, the article's Markdown tells."""
    kinds = _kinds(article.markdown)
    top = min((level for kind, level in kinds.values() if kind == "heading"), default=0)
    markers = _Markers(article)
    made, start = [], 0
    for text in article.text.split("\n\n"):
        kind, level = kinds.get(_letters(text), ("text", 0))
        made.append(Paragraph(kind, 3 if level > top else 2, tuple(markers.spans(start, start + len(text)))))
        start += len(text) + 2
    return made


def runs(every: Iterable[Paragraph]) -> list[tuple[Kind, list[Paragraph]]]:
    """The paragraphs, those of one kind that follow each other together: items make a list."""
    return [(kind, list(each)) for kind, each in groupby(every, key=lambda paragraph: paragraph.kind)]


def _kinds(markdown: str) -> dict[str, tuple[Kind, int]]:
    """By the letters of a paragraph that is more than text: its kind, and the level of a heading."""
    found: dict[str, tuple[Kind, int]] = {}
    for line in markdown.split("\n"):
        if heading := _HEADING.fullmatch(line):
            found[_letters(heading[2])] = ("heading", len(heading[1]))
        elif line.startswith("- "):
            found[_letters(line)] = ("item", 0)
        elif line.startswith("> "):
            found[_letters(line)] = ("quote", 0)
    return found


def _letters(text: str) -> str:
    """What a paragraph and its Markdown have in common."""
    return re.sub(r"[\W_]+", "", _LINK.sub("]", text))


class _Markers:
    """The markers of an article by where they stand."""

    def __init__(self, article: Article) -> None:
        self._text, self._references = article.text, len(article.references)
        self._citations = sorted(enumerate(article.citations), key=lambda each: each[1].start)
        self._starts = [citation.start for _, citation in self._citations]
        self._labels = {entry.label: index for index, entry in reversed(list(enumerate(article.references)))}

    def spans(self, start: int, end: int) -> Iterator[Span]:
        """The text from `start` to `end`, the markers in it apart."""
        at = start
        for index in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            number, citation = self._citations[index]
            if at <= citation.start and citation.end <= end:
                if at < citation.start:
                    yield Span(self._text[at : citation.start])
                yield _marker(number, citation, self._labels, self._references)
                at = citation.end
        if at < end:
            yield Span(self._text[at:end])


def _marker(number: int, citation: Citation, labels: Mapping[str | None, int], references: int) -> Span:
    """A marker in pieces: each number that it prints leads to its entry, or the whole of it to its only one."""
    entries, marker = tuple(entry for entry in citation.references if entry < references), citation.marker
    if len(entries) < 2:
        return Span(marker, number, entries, tuple(Link(marker, entry) for entry in entries))
    links: list[Link] = []
    at = 0
    for match in _NUMBER.finditer(marker.translate(_RAISED)):
        entry = labels.get(match[0].lstrip("0"))
        if entry in entries:
            links += [Link(marker[at : match.start()]), Link(marker[match.start() : match.end()], entry)]
            at = match.end()
    if not links:
        return Span(marker, number, entries, (Link(marker, entries[0]),), entries[1:])
    links.append(Link(marker[at:]))
    named = {link.entry for link in links}
    implied = tuple(entry for entry in entries if entry not in named)
    return Span(marker, number, entries, tuple(link for link in links if link.text), implied)
