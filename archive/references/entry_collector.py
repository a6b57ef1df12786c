"""Collect the entries of a reference list from the lines below its beginning, up to where the list ends."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lxml.html import HtmlElement

from archive.dom.lines import Line
from archive.references.entries import PossibleEntry, is_label_only, joined, possible_entries, without_label
from archive.references.headings import read_heading
from archive.references.lines import is_heading, stands_beside
from archive.references.scoring import (
    breaks_off,
    continues_entry,
    could_be_entry,
    ends_list,
    is_identifier,
    is_short,
    is_strong,
    is_toggle,
    strength,
)

MOST_NOTES = 4  # lines between a heading and its list, or between two entries
LONGEST_NOTE = 700  # characters
_LONGEST_ENTRY = 1500  # characters; a longer paragraph is prose even if it names a paper
_LONGEST_NUMBERED = 50_000  # characters; the names of a consortium fill pages


class EntryCollector:
    """Collect entries from the lines of a page; `numbers` are the ordinals of its list items."""

    def __init__(self, lines: Sequence[Line], numbers: Mapping[HtmlElement, str]) -> None:
        self.lines = lines
        self.numbers = numbers

    def collect(
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
            if at > start and is_heading(line):
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

    def _names_source(self, last: PossibleEntry, at: int) -> bool:
        """Return whether a line that begins like what follows a list has a URL, as the line below it has."""
        pair = self.lines[at : at + 2]
        if len(pair) < 2 or ends_list(pair[1].text):
            return False
        return all("://" in line.text and stands_beside(last.line, line) for line in pair)

    def _is_note(self, last: PossibleEntry, at: int) -> bool:
        """Return whether a line is no entry and the list goes on behind it: a heading for notes, an explanation."""
        line = self.lines[at]
        if len(line.text) > LONGEST_NOTE or (line.item is not None and line.item.getparent() is last.parent):
            return False
        entry = not is_heading(line) and could_be_entry(line.text) and not ends_list(line.text)
        if entry or possible_entries(line, self.numbers)[0].number is not None:
            return False
        if is_short(line.text) and not is_heading(line) and not line.text.isdigit():  # 网页 between entries
            both = self.lines[at : at + 2]
            return could_be_entry(both[-1].text) and all(stands_beside(last.line, each) for each in both)
        return self._resumes(last, at + 1)

    def _resumes(self, last: PossibleEntry, at: int) -> bool:
        """Return whether one of the next lines is the next entry of the list for sure."""
        for line in self.lines[at : at + MOST_NOTES]:
            unit = possible_entries(line, self.numbers)[0]
            if last.number is not None:
                if unit.number == last.number + 1 and unit.style == last.style and strength(unit.text) >= 2:
                    return True
            elif is_strong(unit.text) and stands_beside(last.line, line):
                return True
        return False


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
