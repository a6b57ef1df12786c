"""A printed reference compared with the record of a work, field by field.

A field agrees where the entry prints what the record has, whatever field it was read as. It contradicts where another
value was read and the record's stands nowhere in the entry: a field that was read wrongly is no contradiction. What one
of the two leaves out is not compared.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from archive.article import Reference
from archive.literature.checking.doi_codes import is_beside
from archive.literature.checking.journal_names import is_journal, same_journal
from archive.literature.checking.page_alone import printed_years, without_identifiers
from archive.literature.checking.verdicts import Contradiction
from archive.literature.linking.people import surname_and_initials, surname_keys
from archive.literature.linking.terms import stem
from archive.literature.record import LiteratureRecord
from archive.references.author_lists import is_organisation
from archive.references.person_names import family_key
from archive.text.characters import without_accents
from archive.text.scripts import CJK, has_cjk

_DIFFERS = "differs from the record"
WEIGHTS = {
    "pmid": 3.0,
    "doi": 3.0,
    "pmcid": 3.0,
    "title": 3.0,
    "authors": 2.0,
    "pages": 1.5,
    "volume": 1.0,
    "journal": 1.0,
    "year": 0.5,
}
_TITLE_AGREES, _TITLE_DIFFERS = 0.8, 0.5  # share of the words of the one title that the other has
_FEW_WORDS = 3  # a title of fewer words tells no work
_MOST_AUTHORS = 12  # of a record that are looked for
_SAME_YEARS = 1  # by which the year of the issue may differ from that of the first publication
_TOKEN = re.compile(rf"[{CJK}]|[^\W{CJK}_]+")
# fmt: off
_SHORT_WORDS = frozenset({
    "a", "an", "the", "of", "in", "on", "for", "and", "or", "to", "by", "with", "from", "at", "as", "is", "are",
    "der", "die", "das", "und", "la", "le", "de", "des", "et",
})
# fmt: on


@dataclass(slots=True)
class Comparison:
    """What agrees between a reference and a record, and what contradicts."""

    record: LiteratureRecord
    agreeing: set[str] = field(default_factory=set)
    contradictions: list[Contradiction] = field(default_factory=list)
    is_whole_title: bool = True  # whether the one title has all words of the other

    @property
    def score(self) -> float:
        """How well they agree, to choose between records."""
        against = {each.field for each in self.contradictions}
        return sum(WEIGHTS[name] for name in self.agreeing) - 0.5 * sum(WEIGHTS[name] for name in against)

    @property
    def is_the_work(self) -> bool:
        """Whether the record is that of the work that the reference is about, whatever else contradicts."""
        agreeing = self.agreeing
        placed = len(agreeing & {"journal", "year", "volume", "pages"})
        if (
            "title" in agreeing
            and not self.is_whole_title
            and not agreeing & {"doi", "pmid", "pmcid", "volume", "pages"}
        ):
            # Another paper of the same authors may differ in a word of its title, and in its place.
            return placed > 0 and "authors" in agreeing and not self.contradictions
        if "title" in agreeing:
            return placed > 1 or bool(agreeing & {"authors", "doi", "pmid", "pmcid"})
        if agreeing & {"doi", "pmid", "pmcid"}:
            return "authors" in agreeing or len(agreeing) > 2
        return {"authors", "year"} <= agreeing and bool(agreeing & {"volume", "journal"}) and "pages" in agreeing


class PrintedReference:
    """A reference with what its entry prints, read once for all records."""

    def __init__(self, reference: Reference) -> None:
        """Take the reference; nothing is read before it is asked for."""
        self.reference = reference

    @cached_property
    def text(self) -> str:
        """The entry in lower case without accents."""
        return without_accents(self.reference.raw).lower()

    @cached_property
    def words(self) -> list[str]:
        """The words of the entry."""
        return _words(self.reference.raw)

    @cached_property
    def title(self) -> list[str]:
        """The words of the title."""
        return _words(self.reference.title or "")

    @cached_property
    def years(self) -> set[int]:
        """The years that the entry prints."""
        return printed_years(self.reference)

    @cached_property
    def names(self) -> set[str]:
        """The words of the entry as they are, among which a family name is looked for."""
        return set(_TOKEN.findall(self.text))

    @cached_property
    def numbers(self) -> set[str]:
        """The numbers of the entry outside of its addresses and identifiers, without zeros in front."""
        return {number.lstrip("0") for number in re.findall(r"\d+", without_identifiers(self.reference.raw))}

    @cached_property
    def families(self) -> list[str]:
        """The family names of the authors, in lower case; organisations and Chinese names are left out."""
        names = [name for name in self.reference.authors if not has_cjk(name) and not is_organisation(name)]
        return [key for name in names if len(key := family_key(name)) > 1]


def compare(printed: PrintedReference, record: LiteratureRecord) -> Comparison:
    """Compare a reference with a record."""
    found = Comparison(record, is_whole_title=_is_whole(printed, record))
    for compared in (_identifiers, _title, _authors, _journal, _year, _volume, _pages):
        for result in compared(printed, record):
            if isinstance(result, str):
                found.agreeing.add(result)
            else:
                found.contradictions.append(result)
    if {"volume", "pages", "title"} <= found.agreeing:  # another name of the same journal
        found.contradictions = [each for each in found.contradictions if each.field != "journal"]
    return found


def _identifiers(printed: PrintedReference, record: LiteratureRecord) -> Iterator[str | Contradiction]:
    for kind in ("pmid", "doi", "pmcid"):
        ours, theirs = getattr(printed.reference, kind), getattr(record, kind)
        if not ours or not theirs:
            continue
        theirs = theirs.lower() if kind == "doi" else theirs
        if ours == theirs or theirs in printed.text or (kind == "doi" and ours.startswith(theirs)):
            yield kind
        elif kind != "doi" or not (is_beside(ours) or is_beside(theirs) or theirs.startswith(ours)):
            yield Contradiction(kind, ours, theirs, _DIFFERS)


def _title(printed: PrintedReference, record: LiteratureRecord) -> Iterator[str | Contradiction]:
    known = _words(record.title)
    if not known or has_cjk(record.title) is not has_cjk(printed.reference.title or record.title):
        return
    in_entry = _share(known, printed.words)
    of_title = _share(printed.title, known) if len(printed.title) >= _FEW_WORDS else 0.0
    numbers = set(re.findall(r"\d+", record.title)) <= set(re.findall(r"\d+", printed.text))
    if max(in_entry, of_title) >= _TITLE_AGREES and numbers:
        if len(known) >= _FEW_WORDS:
            yield "title"
    elif printed.reference.title and len(printed.title) >= _FEW_WORDS and max(in_entry, of_title) < _TITLE_DIFFERS:
        yield Contradiction("title", printed.reference.title, record.title, _DIFFERS)


def _is_whole(printed: PrintedReference, record: LiteratureRecord) -> bool:
    known = _words(record.title)
    return _share(known, printed.words) == 1.0 or _share(printed.title, known) == 1.0


def _authors(printed: PrintedReference, record: LiteratureRecord) -> Iterator[str | Contradiction]:
    if not record.authors or not printed.reference.authors:
        return
    known = [_family_names(name) for name in record.authors[:_MOST_AUTHORS]]
    if has_cjk(record.authors[0]) or has_cjk(printed.reference.authors[0]):
        if has_cjk(record.authors[0]) and any(
            re.sub(r"\s", "", name) in re.sub(r"\s", "", printed.text) for name in record.authors
        ):
            yield "authors"
        return
    first = bool(known[0] & printed.names)
    ours = printed.families
    matched = [name for name in ours if any(name in keys or any(key.endswith(name) for key in keys) for keys in known)]
    if first and (matched or not ours):
        yield "authors"
    elif ours and not matched and not first and not is_organisation(record.authors[0]):
        yield Contradiction(
            "authors", ", ".join(printed.reference.authors[:3]), ", ".join(record.authors[:3]), _DIFFERS
        )


def _journal(printed: PrintedReference, record: LiteratureRecord) -> Iterator[str | Contradiction]:
    ours = printed.reference.container_title
    names = [name for name in (record.journal, record.abbreviation) if name]
    if not names or not ours:
        return
    same = same_journal(ours, *names)
    if same or any(name.lower() in printed.text for name in names if len(name) > 3):
        yield "journal"
    elif same is False and is_journal(ours):
        yield Contradiction("journal", ours, names[0], _DIFFERS)


def _year(printed: PrintedReference, record: LiteratureRecord) -> Iterator[str | Contradiction]:
    year = int(record.published[:4]) if record.published[:4].isdigit() else None
    if not year or not printed.reference.year:
        return
    if any(abs(each - year) <= _SAME_YEARS for each in (*printed.years, printed.reference.year)):
        yield "year"
    elif printed.reference.year in printed.years:
        yield Contradiction("year", str(printed.reference.year), str(year), _DIFFERS)


def _volume(printed: PrintedReference, record: LiteratureRecord) -> Iterator[str | Contradiction]:
    ours, theirs = (re.search(r"\d+", value or "") for value in (printed.reference.volume, record.volume))
    if not ours or not theirs:
        return
    if theirs[0].lstrip("0") in printed.numbers:
        yield "volume"
    elif ours[0] != record.issue and int(ours[0]) not in printed.years and not ours[0].startswith(theirs[0]):
        yield Contradiction("volume", printed.reference.volume or "", record.volume, _DIFFERS)


def _pages(printed: PrintedReference, record: LiteratureRecord) -> Iterator[str | Contradiction]:
    ours = re.search(r"\d+", printed.reference.pages or "")
    theirs = re.findall(r"\d+", record.pages)
    if not ours or not theirs:
        return
    first = int(theirs[0])
    if theirs[0].lstrip("0") in printed.numbers or first <= int(ours[0]) <= _last_page(theirs):
        yield "pages"
    elif int(ours[0]) > 1:  # pages of a file are counted from 1
        yield Contradiction("pages", printed.reference.pages or "", record.pages, _DIFFERS)


def _last_page(pages: list[str]) -> int:
    """Return the last page of a range, `2737-47` expanded."""
    first, last = pages[0], pages[1] if len(pages) > 1 else pages[0]
    return int(first[: len(first) - len(last)] + last) if len(last) < len(first) else int(last)


def _words(text: str) -> list[str]:
    words = _TOKEN.findall(without_accents(text).lower())
    return [word if has_cjk(word) else stem(word) for word in words if word not in _SHORT_WORDS]


def _share(words: list[str], among: list[str]) -> float:
    """Return the share of words that are among others, each counted once."""
    own = set(words)
    return len(own.intersection(among)) / len(own) if own else 0.0


def _family_names(author: str) -> set[str]:
    """Return the forms of an author's family name: whole, and its last word."""
    return {*map(_letters, surname_keys(surname_and_initials(author)[0])), family_key(author)} - {""}


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text)
