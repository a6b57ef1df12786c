"""What the page alone tells against a reference: its dates, volumes and identifiers compared with each other.

Everything is compared with all the years and numbers that the entry prints, not only with those that were read as its
fields: a field that was read wrongly is no contradiction.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from archive.article import Reference
from archive.literature.checking.doi_codes import is_beside, other_journal
from archive.literature.checking.identifier_years import given_in, is_too_late, years_of
from archive.literature.checking.known_journals import known_journal
from archive.literature.checking.malformed import malformed
from archive.literature.checking.verdicts import Contradiction
from archive.references.identifiers import find_all

_YEAR = re.compile(r"(?<![\d.])(1[6-9]\d\d|20\d\d)(?=[a-h]?(?![\d]))")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_SECOND_WORK = re.compile(
    r"(?i)erratum|errata|corri|correct|comment|update|retract|preprint|supplement|republish|translat|repl[yi]|勘误|更正|撤稿|预印"
)
_DATED_AHEAD = 7  # from July on pages cite the issues of the next year
_LONGEST = 600  # characters of an entry; a longer one is likely to be several
_DATED = ("doi", "pmid", "pmcid")


def contradictions(reference: Reference, page: date | None) -> tuple[Contradiction, ...]:
    """Return what cannot be right in a reference.

    `page` is the day on which the page was last changed, as far as it is known. Mentions are not checked.
    """
    if reference.kind == "mention":
        return ()
    return tuple(dict.fromkeys(_checks(reference, page)))


def _checks(reference: Reference, page: date | None) -> Iterator[Contradiction]:
    yield from malformed(reference.raw)
    years = printed_years(reference)
    yield from _later_than_page(reference, page, years)
    yield from _number_not_given_yet(reference, page)
    yield from _other_time(reference, years)
    yield from _two_works(reference)
    yield from _two_dois(reference, years)
    if reference.doi and reference.container_title:
        named = other_journal(reference.doi, reference.container_title)
        if named:
            yield Contradiction("doi", reference.doi, named, "of another journal")
    yield from _volume(reference)


def printed_years(reference: Reference) -> set[int]:
    """Return all years that an entry prints outside of its addresses and identifiers."""
    return {int(year) for year in _YEAR.findall(without_identifiers(reference.raw))}


def without_identifiers(raw: str) -> str:
    """Return an entry with blanks for its addresses and identifiers, whose numbers are no years or volumes."""
    text = _ADDRESS.sub(lambda match: " " * len(match[0]), raw)
    for found in list(find_all(text)):
        text = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    return text


def _later_than_page(reference: Reference, page: date | None, years: set[int]) -> Iterator[Contradiction]:
    if page is None or reference.year not in years or reference.type in ("webpage", "standard", "legislation"):
        return
    last = page.year + (page.month >= _DATED_AHEAD)
    if reference.year > last and min(years) > last:
        yield Contradiction("year", str(reference.year), page.isoformat(), "after the page")


def _number_not_given_yet(reference: Reference, page: date | None) -> Iterator[Contradiction]:
    if reference.pmid and page and given_in("pmid", reference.pmid) > page.year + 1:
        yield Contradiction("pmid", reference.pmid, page.isoformat(), "given after the page")


def _other_time(reference: Reference, years: set[int]) -> Iterator[Contradiction]:
    """Yield identifiers that admit none of the printed years."""
    if reference.year not in years:
        return
    for kind in _DATED:
        value = getattr(reference, kind)
        if not value or (kind == "doi" and is_beside(value)):
            continue
        admitted = years_of(kind, value)
        if admitted and not any(year in admitted for year in years):
            yield Contradiction(kind, value, str(admitted), "of another time")
        elif kind == "pmid" and all(is_too_late(value, year) for year in years):
            yield Contradiction(kind, value, str(given_in(kind, value)), "of another time")


def _two_works(reference: Reference) -> Iterator[Contradiction]:
    """Yield pairs of identifiers that no one year admits."""
    dated = [
        (kind, value, years)
        for kind in _DATED
        if (value := getattr(reference, kind)) and (years := years_of(kind, value))
    ]
    for (kind, value, years), (other_kind, other, other_years) in combinations(dated, 2):
        late = other_kind == "pmid" and kind == "doi" and is_too_late(other, years.last)
        if late or not years.overlaps(other_years):
            yield Contradiction(kind, value, f"{other_kind.upper()} {other}", "two identifiers of different works")


def _two_dois(reference: Reference, years: set[int]) -> Iterator[Contradiction]:
    if len(reference.raw) > _LONGEST or len(years) > 1 or _SECOND_WORK.search(reference.raw):
        return
    found = sorted({each.value for each in find_all(reference.raw) if each.kind == "doi" and not is_beside(each.value)})
    if (
        len(found) == 2
        and not found[1].startswith(found[0])
        and found[0].partition("/")[0] != found[1].partition("/")[0]
    ):
        yield Contradiction("doi", found[0], found[1], "two identifiers of different works")


def _volume(reference: Reference) -> Iterator[Contradiction]:
    """Yield a volume that a known journal did not have in the printed year, nor in the years beside it."""
    volume = re.fullmatch(r"\D{0,6}(\d{1,4})\D{0,3}", reference.volume or "")
    journal = known_journal(reference.container_title or "") if volume else None
    if not volume or not journal or not reference.year or not _stands_alone(reference):
        return
    around = [journal.volumes_of(year) for year in (reference.year - 1, reference.year, reference.year + 1)]
    if not around[1]:
        return
    known = [each for each in around if each]
    admitted = range(known[0].start, known[-1].stop)
    printed = {int(number) for number in re.findall(r"(?<![\d.])\d{1,4}(?!\d)", reference.raw)}
    if int(volume[1]) not in admitted and not printed.intersection(admitted):
        of_year = around[1]
        known_as = str(of_year.start) if len(of_year) == 1 else f"{of_year.start} to {of_year.stop - 1}"
        yield Contradiction("volume", reference.volume or "", known_as, "not of that year")


def _stands_alone(reference: Reference) -> bool:
    """Return whether the name of the journal is not the beginning of a longer one, such as `Nature Walks`."""
    name = re.escape(reference.container_title or "")
    return (
        re.search(rf"{name}[\s.,;:’'\"》”*_]*(?:\(|\[|\d|vol|$|[^\W\d_]{{3,9}} \d|第|\.)", reference.raw, re.IGNORECASE)
        is not None
    )
