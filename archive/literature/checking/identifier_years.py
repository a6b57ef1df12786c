"""The years in which an identifier's work can have been published, by the identifier alone.

PubMed and PMC count up, so that a number is not given before its time. It may be given long after the publication, when
a journal's older volumes are taken in. Many DOIs hold a year themselves. So do arXiv numbers, which
tell nothing: papers are put there years later.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from archive.text.word_lists import read_word_list

_BEFORE = 2  # years by which a number may precede the date of the issue
_AFTER = 4  # years by which PubMed may be late with a journal that it reads already
_INDEXED_SINCE = 1996  # first year whose works PubMed numbered soon after their publication
_GROWTH = 2_400_000  # numbers a year behind the end of the table, more than either has ever given
_EARLIEST = 1500
_DOI_YEAR = re.compile(
    r"10\.(?:1016|1053|1067)/j\.[a-z0-9]+\.(?P<elsevier>(?:19|20)\d\d)\.\d\d\.\d+"
    r"|10\.1001/[a-z]+\.(?P<jama>20\d\d)\.\d+|10\.3389/[a-z]+\.(?P<frontiers>20\d\d)\.\d+"
    r"|10\.1101/(?P<preprint>20\d\d)\.\d\d\.\d\d\.\d+|10\.1111/j\.\d{4}-\d{3}[\dx]\.(?P<wiley>(?:19|20)\d\d)\.\d+\.x"
    r"|10\.1056/nejm[a-z]{1,6}(?P<nejm>[012]\d)\d{5}"
)


@dataclass(frozen=True, slots=True)
class Years:
    """The first and the last year that an identifier admits."""

    first: int
    last: int

    def __contains__(self, year: int) -> bool:
        return self.first <= year <= self.last

    def overlaps(self, other: "Years") -> bool:
        """Return whether there is a year that both admit."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        if self.first == _EARLIEST:
            return f"up to {self.last}"
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def years_of(kind: str, value: str) -> Years | None:
    """Return the years that an identifier admits, None where it tells none.

    >>> print(years_of("pmid", "27777937"), "|", years_of("doi", "10.1016/j.cell.2020.02.058"))
    up to 2018 | 2019 to 2023
    """
    match kind:
        case "pmid" | "pmcid":
            return Years(_EARLIEST, given_in(kind, value) + _BEFORE)
        case "doi":
            return _stated(_DOI_YEAR.match(value), 1, 3)
    return None


def is_too_late(pmid: str, year: int) -> bool:
    """Return whether PubMed gave a number so long after a year that a work of that year has another."""
    return year >= _INDEXED_SINCE and given_in("pmid", pmid) > year + _AFTER


def given_in(kind: str, value: str) -> int:
    """Return the year in which a PMID or PMCID was given, about; 1998 for all before."""
    number = int(value.removeprefix("PMC"))
    years, firsts = _table(kind)
    at = bisect_right(firsts, number)
    if at < len(firsts):
        return years[at] - 1
    return years[-1] + (number - firsts[-1]) // _GROWTH


@cache
def _table(kind: str) -> tuple[list[int], list[int]]:
    stated = sorted(
        (int(year), first)
        for year, first in read_word_list("archive.literature.checking", "identifier_years")[kind].items()
    )
    return [year for year, _ in stated], [first for _, first in stated]


def _stated(match: re.Match[str] | None, before: int, after: int) -> Years | None:
    if not match:
        return None
    digits = next(group for group in match.groups() if group)
    year = int(digits) if len(digits) == 4 else 2000 + int(digits)
    return Years(year - before, year + after)
