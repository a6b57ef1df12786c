"""Find the reference lists of a page and remove them from its tree.

Precision comes before recall: a list taken by mistake loses article text. A list is taken after a heading if its lines
look like references, in an element whose class names references, or as a numbered run at the end of the page in which
every entry has an identifier, a type mark or a year with volume and pages.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.article import Reference
from archive.dom.lines import Line
from archive.references import identifiers
from archive.references.entries import PossibleEntry, is_label_only, joined, number_items, possible_entries
from archive.references.headings import is_policy, read_heading, read_lead
from archive.references.lines import begins_in_prose, read_lines, remove, split_from_prose
from archive.references.parser import parse_reference
from archive.references.scoring import continues_entry, ends_list, is_strong, is_toggle, may_be_reference, strength

# The beginning of a possible first entry; reading its label costs twenty times as much.
_NUMBERED_ONE = re.compile(r"[\W_]{0,4}[A-Za-z]?0{0,2}1(?!\d)|\W{0,3}[①❶⑴⒈]|[↑^]|跳|Jump")
_LONGEST_ENTRY = 1500  # characters; a longer paragraph is prose even if it names a paper


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
            for is_between in (is_toggle, is_policy, is_toggle):
                if start < len(self.lines) and is_between(self.lines[start].text):
                    start, before = start + 1, [*before, self.lines[start]]
        elif heading := read_lead(line.text):
            start, first, before = at, heading.end, [line]
        else:
            return None
        found = self._collect(start, first, heading.sure)
        kept = _accepted(found, heading.sure)
        return ((tuple(before), kept), start + _line_count(kept)) if kept else None

    def _marked(self, at: int) -> tuple[Group, int] | None:
        """Return a list in an element whose class or id names references or footnotes."""
        if not self.lines[at].marked or (at and self.lines[at - 1].marked):
            return None
        stop = next((i for i in range(at, len(self.lines)) if not self.lines[i].marked), len(self.lines))
        kept = _accepted(self._collect(at, 0, sure=True, stop=stop), sure=False)
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
        found = self._collect(at, 0, sure=anchored)
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
        found = self._collect(at, 0, sure=False)
        enough = len(found) > 1 and all(unit.style == "li" and is_strong(unit.text) for unit in found)
        return (((), found), at + _line_count(found)) if enough and self._ends_page(at, found) else None

    def _is_linked(self, unit: PossibleEntry) -> bool:
        """Return whether another line links to an entry; the permanent link of a comment is its own."""
        return any((line := self.targets.get(name)) is not None and line not in unit.lines for name in unit.anchors)

    def _ends_page(self, at: int, found: Sequence[PossibleEntry]) -> bool:
        """Return whether no more paragraphs follow a list than precede it: digests number papers in mid-page."""
        return self.prose[-1] - self.prose[at + _line_count(found)] <= self.prose[at]

    def _collect(self, start: int, skip: int, sure: bool, stop: int | None = None) -> list[PossibleEntry]:
        """Return the entries from a line on, up to the first line that is not one."""
        found: list[PossibleEntry] = []
        for at in range(start, len(self.lines) if stop is None else stop):
            line = self.lines[at]
            if at > start and (line.block.tag in {"h1", "h2", "h3", "h4", "h5", "h6"} or read_heading(line.text)):
                break
            if found and is_toggle(line.text):
                found[-1] = replace(found[-1], lines=(*found[-1].lines, line))
                continue
            same_list = found and line.item is not None and line.item.getparent() is found[-1].parent
            if not same_list and ends_list(line.text[skip:] if at == start else line.text):
                break
            more = possible_entries(line, self.numbers, skip if at == start else 0)
            if not self._extend(found, more, at, sure):
                break
        return found

    def _extend(self, found: list[PossibleEntry], more: list[PossibleEntry], at: int, sure: bool) -> bool:
        """Add the entries of a line to `found` or join it to the last one; return False where the list ends."""
        unit = more[0]
        if not found:
            unlikely = unit.label is None and unit.style != "li" and strength(unit.text) < 3
            if len(unit.text) > _LONGEST_ENTRY or unlikely or unit.text[:1] in ".,;:)":
                return False
        elif is_label_only(found[-1].text) or (
            unit.line.item is not None and unit.line.item is found[-1].line.item and unit.style == "li"
        ):
            found[-1] = joined(found[-1], unit)
            return True
        elif not self._follows(found[-1], unit, at, sure):
            if found[-1].style is None or unit.style not in {None, "bare"} or not self._continues(found[-1], unit, at):
                return False
            found[-1] = joined(found[-1], unit)
            return True
        found.extend(more)
        return True

    def _follows(self, last: PossibleEntry, unit: PossibleEntry, at: int, sure: bool) -> bool:
        if len(unit.text) > _LONGEST_ENTRY:
            return False
        if last.style == "li" and unit.style == "li":
            unfolded = is_toggle(last.lines[-1].text) and last.line.marked == unit.line.marked
            return last.parent is unit.parent or unfolded or strength(unit.text) >= 3
        if last.number is not None:
            return unit.number is not None and last.number < unit.number <= last.number + 3
        if strength(unit.text) >= 3:
            return True
        following = self.lines[at + 1].text if at + 1 < len(self.lines) else ""
        return sure and len(unit.text) < 300 and strength(unit.text) >= 0 and is_strong(following)

    def _continues(self, last: PossibleEntry, unit: PossibleEntry, at: int) -> bool:
        """Return whether a line without a label continues the entry before it.

        It is a DOI or URL, or a short line between two consecutive numbers.
        """
        if continues_entry(unit.text):
            return True
        ahead = (possible_entries(line, self.numbers)[0].number for line in self.lines[at + 1 : at + 3])
        return len(unit.text) < 400 and last.number is not None and last.number + 1 in ahead


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
