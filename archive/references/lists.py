"""Find the reference lists of a page and remove them from its tree.

Precision comes before recall: a list taken by mistake loses article text. A list is taken after a heading if its lines
look like references, in an element whose class names references, or as a numbered or bulleted run at the end of the
page in which every entry has an identifier, a type mark or a year with volume and pages.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.article import Reference
from archive.dom.lines import Line
from archive.references import identifiers
from archive.references.entries import (
    PossibleEntry,
    number_items,
    possible_entries,
    with_parts,
)
from archive.references.entry_collector import LONGEST_NOTE, MOST_NOTES, EntryCollector
from archive.references.headings import Heading, is_policy, read_heading, read_lead
from archive.references.lines import begins_in_prose, is_heading, read_lines, remove, split_from_prose
from archive.references.parser import parse_reference
from archive.references.scoring import (
    could_be_entry,
    ends_list,
    is_short,
    is_strong,
    is_toggle,
    may_be_reference,
    shows_source,
    strength,
)

# The beginning of a possible first entry; reading its label costs twenty times as much.
_NUMBERED_ONE = re.compile(r"[\W_]{0,4}[A-Za-z]?0{0,2}1(?!\d)|\W{0,3}[①❶⑴⒈]|[↑^]|跳|Jump")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """One entry of a reference list as printed.

    `raw` is the text with white space folded, `links` the hrefs inside, `anchors` the ids and names for links.
    """

    label: str | None
    raw: str
    links: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()


def take_lists(root: HtmlElement) -> tuple[ListEntry, ...]:
    """Return the entries of the page's reference lists in order; remove lists and headings from `root`."""
    lines = read_lines(root)
    if any(begins_in_prose(line.text) for line in lines):
        split_from_prose(root)
        lines = read_lines(root)
    lines = [line for line in lines if not line.outside]
    groups = list(_ListFinder(lines).groups())
    remove(line for heading, found in groups for line in (*heading, *(line for unit in found for line in unit.lines)))
    return tuple(
        ListEntry(label=unit.label, raw=unit.text, links=unit.links, anchors=unit.anchors)
        for _, found in groups
        for unit in found
    )


def to_reference(entry: ListEntry) -> Reference:
    """Parse an entry; take identifiers from its links where the text has none, and its first link to a work as URL."""
    reference = parse_reference(entry.raw)
    changes: dict[str, Any] = {}
    for found in filter(None, map(identifiers.from_url, entry.links)):
        if getattr(reference, found.kind) is None:
            changes.setdefault(found.kind, found.value)
    if reference.url is None:
        url = next((href for href in entry.links if _is_work_url(href)), None)
        changes |= {"url": url} if url else {}
    return replace(reference, label=entry.label or reference.label, raw=entry.raw, **changes)


_SEARCH_HOSTS = ("google.com", "google.cn", "baidu.com", "bing.com", "doi.org", "ncbi.nlm.nih.gov")


def _is_work_url(href: str) -> bool:
    """Return whether a link may be the work's own page: no anchor, search or resolver of identifiers."""
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and not host.endswith(_SEARCH_HOSTS)


Group = tuple[tuple[Line, ...], list[PossibleEntry]]


class _ListFinder:
    """Search the lines of a page for lists under headings, in marked elements, and numbered or bulleted at its end."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.numbers: Mapping[HtmlElement, str] = number_items(lines)
        self.collector = EntryCollector(lines, self.numbers)
        self.targets: dict[str, Line] = {}
        for line in lines:
            for _, href in line.links:
                if href.startswith("#"):
                    self.targets.setdefault(href[1:], line)
        self.prose = [0]
        for line in lines:
            self.prose.append(self.prose[-1] + (len(line.text) >= 60))

    def groups(self) -> Iterator[Group]:
        """Yield the lists in the order of the page, each with its heading lines."""
        at = 0
        while at < len(self.lines):
            group, after = (
                self._announced(at) or self._marked(at) or self._numbered(at) or self._bulleted(at) or (None, at + 1)
            )
            if group:
                yield group
            at = after

    def _announced(self, at: int) -> tuple[Group, int] | None:
        line = self.lines[at]
        if heading := read_heading(line.text):
            start, first, before = at + 1, 0, [line]
            for is_between in (read_heading, is_toggle, is_policy, is_toggle):  # a button may repeat the heading
                if start < len(self.lines) and is_between(self.lines[start].text):
                    start, before = start + 1, [*before, self.lines[start]]
        elif heading := read_lead(line.text):
            start, first, before = at, heading.end, [line]
        else:
            return None
        start, notes = self._skip_notes(start) if start > at else (start, ())
        found = with_parts(self.collector.collect(start, first, heading.sure, weak=heading.sure or heading.likely))
        kept = _accepted(found, heading.sure)
        if not kept and (heading.sure or heading.likely):
            plain = list(takewhile(lambda unit: could_be_entry(unit.text), found))
            kept = next((units for units in (found, plain) if self._is_plain_list(at, units, heading)), [])
        if not any(char.isalpha() for unit in kept for char in unit.text):  # labels without entries
            return None
        return ((*before, *notes), kept), start + _line_count(kept)

    def _skip_notes(self, start: int) -> tuple[int, Sequence[Line]]:
        """Return where the list below a heading begins, and the notes before it, three lines at most."""
        for at in range(start, min(start + MOST_NOTES, len(self.lines))):
            line = self.lines[at]
            if ends_list(line.text) or read_heading(line.text):
                break
            unit = possible_entries(line, self.numbers)[0]
            if unit.number == 1 or strength(unit.evidence) >= 3:
                return at, self.lines[start:at]
            if could_be_entry(line.text) and all(is_short(note.text) for note in self.lines[start:at]):
                return at, self.lines[start:at]
            if len(line.text) > LONGEST_NOTE or could_be_entry(line.text) or line.text.isdigit():
                break
        return start, ()

    def _is_plain_list(self, at: int, found: Sequence[PossibleEntry], heading: Heading) -> bool:
        """Return whether lines that are no references by themselves are a list because of their heading and place.

        The heading is no link and no item among others, as in a menu; the list ends the page.
        """
        line = self.lines[at]
        linked = line.linked_letters and not is_heading(line)  # a heading may link to itself
        if not found or linked or not self._ends_page(at, found):
            return False
        if line.item is not None and line.item.getparent() is found[0].parent:
            return False
        links = [href for unit in found for href in unit.links]
        if any(href.startswith(("#", "javascript:")) for href in links):
            return False
        plausible = sum(could_be_entry(unit.text) or (unit.style == "li" and is_short(unit.text)) for unit in found)
        if plausible * 3 < len(found) * 2:
            return False
        if found[0].line is line:  # the heading and the first entry are one line, as in a by-line
            return heading.sure and all(strength(unit.evidence) >= 1 for unit in found)
        if heading.sure or (len(found) == 1 and strength(found[0].evidence) >= 3):
            return True
        items = all(unit.style == "li" for unit in found) and all(urlsplit(href).netloc for href in links)
        signs = sum(shows_source(unit.evidence) for unit in found)
        return len(found) > 1 and (items or signs * 2 >= len(found))

    def _marked(self, at: int) -> tuple[Group, int] | None:
        """Return a list in an element whose class or id names references or footnotes."""
        if not self.lines[at].marked or (at and self.lines[at - 1].marked):
            return None
        stop = next((i for i in range(at, len(self.lines)) if not self.lines[i].marked), len(self.lines))
        kept = _accepted(self.collector.collect(at, 0, sure=True, stop=stop), sure=False)
        return (((), kept), at + _line_count(kept)) if kept and self._ends_page(at, kept) else None

    def _numbered(self, at: int) -> tuple[Group, int] | None:
        """Return a run numbered from 1 without a heading.

        Either the text links to its entries (footnotes), or it stands after at least half of the page's paragraphs and
        each entry is recognisable by itself.
        """
        line = self.lines[at]
        counted = line.item is not None and (self.numbers.get(line.item) == "1" or line.item.get("id"))
        if not counted and not _NUMBERED_ONE.match(line.text):
            return None
        first = possible_entries(line, self.numbers)[0]
        anchored = self._is_linked(first)
        if first.number != 1 or not (anchored or is_strong(first.text)):
            return None
        found = self.collector.collect(at, 0, sure=anchored)
        alone = len(found) == 1 and found[0].style not in {"bracketed", "glyph"}
        if not found or (alone and not (anchored and is_strong(found[0].text))):
            return None
        if anchored and all(map(self._is_linked, found)):
            kept = _accepted(found, sure=True)
            return (((), kept), at + _line_count(kept)) if kept else None
        if not all(is_strong(unit.text) for unit in found) or not self._ends_page(at, found):
            return None
        return ((), found), at + _line_count(found)

    def _bulleted(self, at: int) -> tuple[Group, int] | None:
        """Return a list without numbers and heading after at least half of the page's paragraphs.

        Each item must be recognisable by itself.
        """
        item = self.lines[at].item
        if item is None or item.getprevious() is not None or not may_be_reference(self.lines[at].text):
            return None
        found = self.collector.collect(at, 0, sure=False)
        enough = len(found) > 1 and all(unit.style == "li" and is_strong(unit.text) for unit in found)
        return (((), found), at + _line_count(found)) if enough and self._ends_page(at, found) else None

    def _is_linked(self, unit: PossibleEntry) -> bool:
        """Return whether another line links to an entry; the permanent link of a comment is its own."""
        return any((line := self.targets.get(name)) is not None and line not in unit.lines for name in unit.anchors)

    def _ends_page(self, at: int, found: Sequence[PossibleEntry]) -> bool:
        """Return whether no more paragraphs follow a list than precede it: digests number papers in mid-page."""
        return self.prose[-1] - self.prose[at + _line_count(found)] <= self.prose[at]


def _line_count(found: Sequence[PossibleEntry]) -> int:
    return len({id(line) for unit in found for line in unit.lines})


def _accepted(found: list[PossibleEntry], sure: bool) -> list[PossibleEntry]:
    """Return the entries if together they are a reference list, else an empty list.

    Under a sure heading half of the entries must look like references, or all be labelled lines that do not read
    like prose. Under an unsure one the list ends at the first entry that is not recognisable by itself.
    """
    scores = [strength(unit.text) for unit in found]
    if not sure:
        enough = next((i for i, score in enumerate(scores) if score < 3), len(scores))
        return found[:enough] if any(score >= 4 for score in scores[:enough]) or enough >= 2 else []
    looks = sum(strength(unit.evidence) >= 2 for unit in found) * 2 >= len(found)
    labelled = all(unit.style in {"bracketed", "glyph", "dotted", "li"} for unit in found)
    plain = all(score >= 0 and len(unit.text) < 300 for score, unit in zip(scores, found, strict=True))
    named = any(score >= 1 for score in scores) or all(unit.style in {"bracketed", "glyph"} for unit in found)
    return found if found and (looks or (labelled and plain and named)) else []
