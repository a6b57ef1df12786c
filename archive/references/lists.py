"""Find the reference lists of a page and remove them from its tree.

Precision comes before recall: a list taken by mistake loses article text. A list is taken after a heading if its lines
look like references, in an element whose class names references, or as a numbered run at the end of the page in which
every entry has an identifier, a type mark or a year with volume and pages.
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
    is_label_only,
    joined,
    number_items,
    possible_entries,
    with_parts,
    without_label,
)
from archive.references.headings import Heading, is_policy, read_heading, read_lead
from archive.references.lines import begins_in_prose, read_lines, remove, split_from_prose, stands_beside
from archive.references.parser import parse_reference
from archive.references.scoring import (
    breaks_off,
    continues_entry,
    could_be_entry,
    ends_list,
    is_identifier,
    is_short,
    is_strong,
    is_toggle,
    may_be_reference,
    shows_source,
    strength,
)

# The beginning of a possible first entry; reading its label costs twenty times as much.
_NUMBERED_ONE = re.compile(r"[\W_]{0,4}[A-Za-z]?0{0,2}1(?!\d)|\W{0,3}[①❶⑴⒈]|[↑^]|跳|Jump")
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_MOST_NOTES = 4  # lines between a heading and its list, or between two entries
_LONGEST_ENTRY = 1500  # characters; a longer paragraph is prose even if it names a paper
_LONGEST_NUMBERED = 50_000  # characters; the names of a consortium fill pages
_LONGEST_NOTE = 700  # characters


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
            for is_between in (read_heading, is_toggle, is_policy, is_toggle):  # a button may repeat the heading
                if start < len(self.lines) and is_between(self.lines[start].text):
                    start, before = start + 1, [*before, self.lines[start]]
        elif heading := read_lead(line.text):
            start, first, before = at, heading.end, [line]
        else:
            return None
        start, notes = self._skip_notes(start) if start > at else (start, ())
        found = with_parts(self._collect(start, first, heading.sure, weak=heading.sure or heading.likely))
        kept = _accepted(found, heading.sure)
        if not kept and (heading.sure or heading.likely):
            plain = list(takewhile(lambda unit: could_be_entry(unit.text), found))
            kept = next((units for units in (found, plain) if self._is_plain_list(at, units, heading)), [])
        if not any(char.isalpha() for unit in kept for char in unit.text):  # labels without entries
            return None
        return ((*before, *notes), kept), start + _line_count(kept)

    def _skip_notes(self, start: int) -> tuple[int, Sequence[Line]]:
        """Return where the list below a heading begins, and the notes before it, three lines at most."""
        for at in range(start, min(start + _MOST_NOTES, len(self.lines))):
            line = self.lines[at]
            if ends_list(line.text) or read_heading(line.text):
                break
            unit = possible_entries(line, self.numbers)[0]
            if unit.number == 1 or strength(unit.evidence) >= 3:
                return at, self.lines[start:at]
            if could_be_entry(line.text) and all(is_short(note.text) for note in self.lines[start:at]):
                return at, self.lines[start:at]
            if len(line.text) > _LONGEST_NOTE or could_be_entry(line.text) or line.text.isdigit():
                break
        return start, ()

    def _is_plain_list(self, at: int, found: Sequence[PossibleEntry], heading: Heading) -> bool:
        """Return whether lines that are no references by themselves are a list because of their heading and place.

        The heading is no link and no item among others, as in a menu; the list ends the page.
        """
        line = self.lines[at]
        linked = line.linked_letters and line.block.tag not in _HEADINGS  # a heading may link to itself
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

    def _names_source(self, last: PossibleEntry, at: int) -> bool:
        """Return whether a line that begins like what follows a list has a URL, as the line below it has."""
        pair = self.lines[at : at + 2]
        if len(pair) < 2 or ends_list(pair[1].text):
            return False
        return all("://" in line.text and stands_beside(last.line, line) for line in pair)

    def _is_note(self, last: PossibleEntry, at: int) -> bool:
        """Return whether a line is no entry and the list goes on behind it: a heading for notes, an explanation."""
        line = self.lines[at]
        if len(line.text) > _LONGEST_NOTE or (line.item is not None and line.item.getparent() is last.parent):
            return False
        entry = line.block.tag not in _HEADINGS and could_be_entry(line.text) and not ends_list(line.text)
        if entry or possible_entries(line, self.numbers)[0].number is not None:
            return False
        if is_short(line.text) and line.block.tag not in _HEADINGS and not line.text.isdigit():  # 网页 between entries
            both = self.lines[at : at + 2]
            return could_be_entry(both[-1].text) and all(stands_beside(last.line, each) for each in both)
        return self._resumes(last, at + 1)

    def _resumes(self, last: PossibleEntry, at: int) -> bool:
        """Return whether one of the next lines is the next entry of the list for sure."""
        for line in self.lines[at : at + _MOST_NOTES]:
            unit = possible_entries(line, self.numbers)[0]
            if last.number is not None:
                if unit.number == last.number + 1 and unit.style == last.style and strength(unit.text) >= 2:
                    return True
            elif is_strong(unit.text) and stands_beside(last.line, line):
                return True
        return False

    def _is_linked(self, unit: PossibleEntry) -> bool:
        """Return whether another line links to an entry; the permanent link of a comment is its own."""
        return any((line := self.targets.get(name)) is not None and line not in unit.lines for name in unit.anchors)

    def _ends_page(self, at: int, found: Sequence[PossibleEntry]) -> bool:
        """Return whether no more paragraphs follow a list than precede it: digests number papers in mid-page."""
        return self.prose[-1] - self.prose[at + _line_count(found)] <= self.prose[at]

    def _collect(
        self, start: int, skip: int, sure: bool, *, stop: int | None = None, weak: bool = False
    ) -> list[PossibleEntry]:
        """Return the entries from a line on, up to the first line that is not one.

        `weak` says that a heading makes entries of lines that are no references by themselves.
        """
        found: list[PossibleEntry] = []
        for at in range(start, len(self.lines) if stop is None else stop):
            line = self.lines[at]
            if read_heading(line.text) and not (skip and at == start):
                break
            if found and (is_toggle(line.text) or (weak and self._is_note(found[-1], at))):
                found[-1] = replace(found[-1], lines=(*found[-1].lines, line))
                continue
            if at > start and line.block.tag in _HEADINGS:
                break
            same_list = found and line.item is not None and line.item.getparent() is found[-1].parent
            ends = not same_list and ends_list(line.text[skip:] if at == start else line.text)
            if ends and not (weak and found and self._names_source(found[-1], at)):
                break
            more = possible_entries(line, self.numbers, skip if at == start else 0)
            if not self._extend(found, more, at, sure=sure, weak=weak):
                break
        return found

    def _extend(
        self, found: list[PossibleEntry], more: list[PossibleEntry], at: int, *, sure: bool, weak: bool
    ) -> bool:
        """Add the entries of a line to `found` or join it to the last one; return False where the list ends."""
        unit = more[0]
        if weak and unit.style == "bare" and (found[-1].style in {None, "li"} if found else unit.number != 1):
            unit = without_label(unit, self.numbers)  # `7 Steps to …` among entries without numbers
            more = [unit]
        if not found:
            unlikely = unit.label is None and unit.style != "li" and strength(unit.text) < 3
            unlikely = unlikely and not (weak and could_be_entry(unit.text))
            if _is_too_long(unit, sure) or unlikely or unit.text[:1] in ".,;:)":
                return False
        elif _is_part(found[-1], unit):
            found[-1] = joined(found[-1], unit)
            return True
        elif not self._follows(found[-1], unit, at, sure) and not (
            weak and found[-1].number is None and _stands_in_list(found[-1], unit)
        ):
            if found[-1].style is None or unit.style not in {None, "bare"} or not self._continues(found[-1], unit, at):
                return False
            found[-1] = joined(found[-1], unit)
            return True
        found.extend(more)
        return True

    def _follows(self, last: PossibleEntry, unit: PossibleEntry, at: int, sure: bool) -> bool:
        if _is_too_long(unit, sure):
            return False
        if last.style == "li" and unit.style == "li":
            unfolded = is_toggle(last.lines[-1].text) and last.line.marked == unit.line.marked
            return last.parent is unit.parent or unfolded or strength(unit.text) >= 3
        if last.number is not None:
            if unit.style == "bare" and last.style != "bare" and self._number_ahead(last.number + 1, at):
                return False
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
        return len(unit.text) < 400 and last.number is not None and self._number_ahead(last.number + 1, at)

    def _number_ahead(self, number: int, at: int) -> bool:
        """Return whether one of the next two lines has a number."""
        return number in (possible_entries(line, self.numbers)[0].number for line in self.lines[at + 1 : at + 3])


def _is_too_long(unit: PossibleEntry, sure: bool) -> bool:
    """Return whether a paragraph is too long for an entry; below a sure heading only its label or item counts."""
    numbered = sure and (unit.style == "li" or unit.number is not None)
    return len(unit.text) > (_LONGEST_NUMBERED if numbered else _LONGEST_ENTRY)


def _is_part(last: PossibleEntry, unit: PossibleEntry) -> bool:
    """Return whether a line is a part of the entry before it, whatever follows.

    The entry is a label alone, is in the same list item, breaks off within a DOI, or has no label and the line is its
    identifier.
    """
    if is_label_only(last.text) or breaks_off(last.text, unit.text):
        return True
    if unit.style == "li":
        return unit.line.item is last.line.item
    return unit.style is last.style is None and is_identifier(unit.text) and not is_identifier(last.text)


def _stands_in_list(last: PossibleEntry, unit: PossibleEntry) -> bool:
    """Return whether a line stands beside the last entry, as its equal in the tree, and may be an entry too."""
    return stands_beside(last.line, unit.line) and could_be_entry(unit.text)


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
