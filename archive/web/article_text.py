"""Split an article's text into paragraphs for a template: headings, list items, quotations and citation markers."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Literal

from archive.article import Article, Citation
from archive.notes.passages import without_overlaps
from archive.retrieval.snippet_window import Span

Mark = tuple[int, int, int]  # start, end and the number of a note
ParagraphKind = Literal["text", "heading", "item", "quote"]

_HEADING = re.compile(r"(#{1,6}) (.+)")
_LINK = re.compile(r"\]\([^\s()]*\)")
_NUMBER = re.compile(r"\d{1,3}")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True, slots=True)
class MarkerPart:
    """A part of a marker; `reference` is the position of the reference that it links to, or None."""

    text: str
    reference: int | None = None


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A piece of text, or a citation marker. `hit`: the text is a hit of the search that led to the page.

    A marker has the number of its `citation` and the positions of its `references`. `parts` are the marker as printed,
    split so that each number is a link. `implied` are references that a range such as [1-3] covers without printing
    their number. `notes` are the numbers of the notes whose passages cover the text, `opens` and `closes` those of them
    that begin and end with it.
    """

    text: str
    citation: int | None = None
    references: tuple[int, ...] = ()
    parts: tuple[MarkerPart, ...] = ()
    implied: tuple[int, ...] = ()
    hit: bool = False
    notes: tuple[int, ...] = ()
    opens: tuple[int, ...] = ()
    closes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text; `level` of a heading starts at 2, since the page's title has level 1."""

    kind: ParagraphKind
    level: int
    spans: tuple[TextSpan, ...]


def paragraphs(article: Article, hits: Sequence[Span] = (), marks: Sequence[Mark] = ()) -> list[Paragraph]:
    """Return the paragraphs of the article's text, with kinds and levels from its Markdown.

    hits: spans of the text that are marked, in order; none of a citation marker is. marks: passages with the numbers of
    their notes, in any order; they may overlap.
    """
    kinds = _kinds(article.markdown)
    top = min((level for kind, level in kinds.values() if kind == "heading"), default=0)
    markers = _Markers(article, hits)
    passages = _Passages(marks)
    found, start = [], 0
    for text in article.text.split("\n\n"):
        kind, level = kinds.get(_letters(text), ("text", 0))
        spans = passages.cut(markers.spans(start, start + len(text)), start)
        found.append(Paragraph(kind, 3 if level > top else 2, tuple(spans)))
        start += len(text) + 2
    return found


def runs(every: Iterable[Paragraph]) -> list[tuple[ParagraphKind, list[Paragraph]]]:
    """Group adjacent paragraphs of one kind, so that list items make one list."""
    return [(kind, list(each)) for kind, each in groupby(every, key=lambda paragraph: paragraph.kind)]


def _kinds(markdown: str) -> dict[str, tuple[ParagraphKind, int]]:
    """Map the letters of each heading, list item and quotation to its kind and the level of the heading."""
    found: dict[str, tuple[ParagraphKind, int]] = {}
    for line in markdown.split("\n"):
        if heading := _HEADING.fullmatch(line):
            found[_letters(heading[2])] = ("heading", len(heading[1]))
        elif line.startswith("- "):
            found[_letters(line)] = ("item", 0)
        elif line.startswith("> "):
            found[_letters(line)] = ("quote", 0)
    return found


def _letters(text: str) -> str:
    """Return the letters and digits that a paragraph and its Markdown share."""
    return re.sub(r"[\W_]+", "", _LINK.sub("]", text))


class _Passages:
    """The passages of notes, cut where they overlap."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._numbers = [number for *_, number in marks]
        self._places = [(start, end) for start, end, _ in marks]
        self._pieces = without_overlaps(self._places)
        self._ends = [end for _, end, _ in self._pieces]

    def cut(self, spans: Iterable[TextSpan], start: int) -> Iterator[TextSpan]:
        """Yield the spans of a paragraph that begins at `start`, cut where passages begin and end.

        A marker is not cut: it belongs to the passages that cover its beginning.
        """
        for span in spans:
            end = start + len(span.text)
            yield from [span] if not self._pieces else self._cut(span, start, end)
            start = end

    def _cut(self, span: TextSpan, start: int, end: int) -> Iterator[TextSpan]:
        at = start
        for first, last, covering in islice(self._pieces, bisect_right(self._ends, start), None):
            if first >= end:
                break
            if span.citation is not None:
                yield self._noted(span, covering, start, end) if first <= start else span
                return
            if at < first:
                yield replace(span, text=span.text[at - start : first - start])
            at, until = max(at, first), min(last, end)
            yield self._noted(replace(span, text=span.text[at - start : until - start]), covering, at, until)
            at = until
        if at < end:
            yield replace(span, text=span.text[at - start :])

    def _noted(self, span: TextSpan, covering: Sequence[int], start: int, end: int) -> TextSpan:
        return replace(
            span,
            notes=tuple(self._numbers[each] for each in covering),
            opens=tuple(self._numbers[each] for each in covering if start <= self._places[each][0] < end),
            closes=tuple(self._numbers[each] for each in covering if start < self._places[each][1] <= end),
        )


class _Markers:
    """The markers of an article, sorted by position."""

    def __init__(self, article: Article, hits: Sequence[Span]) -> None:
        self._hits, self._ends = hits, [end for _, end in hits]
        self._text, self._references = article.text, len(article.references)
        self._citations = sorted(enumerate(article.citations), key=lambda each: each[1].start)
        self._starts = [citation.start for _, citation in self._citations]
        self._labels = {reference.label: index for index, reference in reversed(list(enumerate(article.references)))}

    def spans(self, start: int, end: int) -> Iterator[TextSpan]:
        """Yield the text from `start` to `end`, with each marker as a span of its own."""
        at = start
        for index in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            number, citation = self._citations[index]
            if at <= citation.start and citation.end <= end:
                yield from self._plain(at, citation.start)
                yield _marker(number, citation, self._labels, self._references)
                at = citation.end
        yield from self._plain(at, end)

    def _plain(self, start: int, end: int) -> Iterator[TextSpan]:
        """Yield the text from `start` to `end`, with each hit in it as a span of its own."""
        at = start
        for first, last in islice(self._hits, bisect_right(self._ends, start), None):
            if first >= end:
                break
            if at < first:
                yield TextSpan(self._text[at:first])
            yield TextSpan(self._text[max(at, first) : min(last, end)], hit=True)
            at = min(last, end)
        if at < end:
            yield TextSpan(self._text[at:end])


def _marker(number: int, citation: Citation, labels: Mapping[str | None, int], total: int) -> TextSpan:
    """Split a marker into parts: each printed number links to its reference, or the whole marker to its only one."""
    marker = citation.marker
    references = tuple(reference for reference in citation.references if reference < total)
    if len(references) < 2:
        return TextSpan(marker, number, references, tuple(MarkerPart(marker, reference) for reference in references))
    parts: list[MarkerPart] = []
    at = 0
    for match in _NUMBER.finditer(marker.translate(_RAISED)):
        reference = labels.get(match[0].lstrip("0"))
        if reference in references:
            parts += [
                MarkerPart(marker[at : match.start()]),
                MarkerPart(marker[match.start() : match.end()], reference),
            ]
            at = match.end()
    if not parts:
        return TextSpan(marker, number, references, (MarkerPart(marker, references[0]),), references[1:])
    parts.append(MarkerPart(marker[at:]))
    named = {part.reference for part in parts}
    implied = tuple(reference for reference in references if reference not in named)
    return TextSpan(marker, number, references, tuple(part for part in parts if part.text), implied)
