"""The parts of a query: terms, and clauses of terms. An article matches a query if all clauses hold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from archive.storage.fulltext import facet_codes
from archive.text.characters import clean, has_alphanumeric
from archive.text.folding import BOUNDARY, fold, is_character, pair, split
from archive.text.greek import other_joints

if TYPE_CHECKING:
    from archive.references.identifiers import Identifier

NOTHING = "none0"  # a facet code that no article has
YEARS = (1900, 2100)  # bounds of an open period where the archive's own first and last year are unknown

MOST_COUNTED = 10**9  # more than anything that is counted
_RANGE = re.compile(r"([0-9]{1,9})(?:([-–—~+])([0-9]{1,9})?)?")

# Conditions on other tables than the full-text index: the article cites a work or prints words in a reference; has
# references, or so many; cites a work that is retracted or has an expression of concern; its page is gone; it says
# something of the study that it reports on; it has a reference that contradicts itself or a record; it names an author.
ConditionName = Literal["cites", "references", "retracted", "gone", "evidence", "doubtful", "author"]


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a query, one of three kinds.

    A word or phrase: `text` is its folded units, separated by spaces; `spelled` the same as the index holds them (see
    folding.py); `others` are other spellings as (text, spelled); `field` limits the search to a column. A word that is
    an `identifier` is searched in the text and in the references; one that is a URL finds the article at any of its
    canonical `urls` too.
    A facet: the article must have one of the `codes`.
    A condition on other tables: `condition`, for "cites" with the `identifier` or the `text_cited`; `text` is then the
    condition as typed, for callers that only have the full-text index. For "references" `numbers` are the least and the
    largest number of them, both inclusive; None: at least one. For "evidence" the field and its value are in
    `evidence`, for "author" the words of the name in `author`.
    """

    text: str = ""
    spelled: str = ""
    field: str | None = None
    prefix: bool = False
    identifier: "Identifier | None" = None
    codes: tuple[str, ...] = ()
    condition: ConditionName | None = None
    text_cited: str = ""
    numbers: tuple[int, int] | None = None
    evidence: tuple[str, str] | None = None
    author: str = ""
    urls: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()

    @property
    def expression(self) -> str:
        """The term as an FTS5 expression for the index of pairs."""
        if self.codes:
            return f"facets : ({' OR '.join(self.codes)})"
        # In an article a single character at the end may be the first of a pair.
        spellings = [self.spelled, *(spelled for _, spelled in self.others)]
        return self._phrase(spellings, prefix=self.is_begun)

    @property
    def phrases(self) -> list[str]:
        """The spellings of a word or phrase in the index of pairs, each as an FTS5 expression of its own."""
        spellings = [self.spelled, *(spelled for _, spelled in self.others)]
        return [self._phrase([spelling], prefix=self.is_begun) for spelling in spellings]

    @property
    def literal(self) -> str:
        """A word or phrase as an FTS5 expression, unit by unit, for an index of single characters."""
        return self._phrase([self.text, *(text for text, _ in self.others)], prefix=self.prefix)

    @property
    def character(self) -> str | None:
        """The single character that the term consists of, which the index holds in pairs only; else None."""
        return self.text if is_character(self.text) and not (self.field or self.codes or self.condition) else None

    @property
    def is_plain(self) -> bool:
        """Whether all units are characters or numbers, which have no stems and accents."""
        return all(is_character(unit) or unit.isdecimal() for unit in self.text.split())

    @property
    def is_begun(self) -> bool:
        """Whether the index is asked for all words with a beginning: also where a character at the end is alone."""
        return self.prefix or is_character(self.spelled.rpartition(" ")[2])

    @property
    def indexed(self) -> bool:
        """Whether the full-text index alone decides which articles match."""
        return not (self.identifier or self.urls or self.condition)

    def shortened(self, number: int) -> "Term":
        """Return the term with the first `number` units of its phrase."""
        text, spelled = (" ".join(words.split()[:number]) for words in (self.text, self.spelled))
        return replace(self, text=text, spelled=spelled, others=())

    def _phrase(self, spellings: list[str], *, prefix: bool) -> str:
        columns = self.field or "{title text}"
        phrases = [f'"{words}"' + (" *" if prefix else "") for words in spellings]
        return f"{columns} : {phrases[0]}" if len(spellings) == 1 else f"{columns} : ({' OR '.join(phrases)})"


@dataclass(frozen=True, slots=True)
class Clause:
    """Terms of which at least one must match, or with `negative` none."""

    terms: tuple[Term, ...]
    negative: bool = False

    @property
    def expression(self) -> str:
        """The terms as an FTS5 expression, without the negation."""
        return "(" + " OR ".join(term.expression for term in self.terms) + ")"

    @property
    def indexed(self) -> bool:
        """Whether the full-text index alone decides for which articles the clause holds."""
        return all(term.indexed for term in self.terms)

    @property
    def narrows(self) -> bool:
        """Whether the clause consists of facets only."""
        return all(term.codes for term in self.terms)

    @property
    def filters(self) -> bool:
        """Whether the clause consists of filters only: facets and conditions on other tables."""
        return all(term.codes or term.condition for term in self.terms)


def wanted_terms(clauses: Iterable[Clause]) -> list[Term]:
    """Return the terms of all clauses that are not negative: those that hits are marked by."""
    return [term for clause in clauses if not clause.negative for term in clause.terms]


def expression(clauses: Iterable[Clause]) -> str:
    """Return the clauses as one FTS5 expression; one that matches nothing if no clause is positive."""
    clauses = list(clauses)
    required = " AND ".join(clause.expression for clause in clauses if not clause.negative)
    forbidden = " OR ".join(clause.expression for clause in clauses if clause.negative)
    return f"({required}) NOT ({forbidden})" if required and forbidden else required or '""'


def phrase(text: str, field: str | None = None, *, prefix: bool = False) -> Term | None:
    """Return `text` as a word or phrase; None if it has no letter or digit."""
    text = _trimmed(fold(clean(text)).replace('"', " "))
    units = _units(split(text))
    if not units:
        return None
    spelled = _units(pair(text))
    if len(spelled) > 1 and len(spelled[-2]) == 2 and is_character(spelled[-1]) and spelled[-2].endswith(spelled[-1]):
        del spelled[-1]  # in an article it may begin another pair; the pair before it is enough
    others = tuple(zip(other_joints(units), other_joints(spelled), strict=True))
    return Term(" ".join(units), " ".join(spelled), field, prefix, others=others)


def of_site(name: str) -> Term:
    """Return the facet of a site."""
    return Term(codes=(facet_codes.of_site(clean(name)),))


def of_language(tag: str) -> Term:
    """Return the facet of a language; `zh` includes all its scripts."""
    return Term(codes=(facet_codes.of_language(clean(tag)),))


def of_period(since: date | str | None, until: date | str | None, years: tuple[int, int] = YEARS) -> Term | None:
    """Return the facet of publication from `since` to `until`, both inclusive, each a day, month or year.

    The first or last of `years` bounds the period where one of them is None. None for text that is not a date.
    """
    first = facet_codes.first_day(f"{years[0]:04}" if since is None else since)
    last = facet_codes.last_day(f"{years[1]:04}" if until is None else until)
    if first is None or last is None:
        return None
    first, last = max(first, f"{years[0]:04}-01-01"), min(last, f"{years[1]:04}-12-31")
    codes = tuple(map(facet_codes.of_period, facet_codes.periods(first, last)))
    return Term(codes=codes or (NOTHING,))


def of_evidence(field: str, value: str) -> Term:
    """Return the condition that an article says this of its study, such as `design` and `trial`."""
    return Term(condition="evidence", evidence=(field, clean(value).strip().lower()))


def of_author(name: str) -> Term:
    """Return the condition that a name of an article's authors holds these words."""
    return Term(condition="author", author=clean(name).strip())


def parse_range(text: object) -> tuple[int, int] | None:
    """Return the least and the largest number of `5`, `5-19` (also with a dash), `20-` or `20+`; None for no range."""
    match = _RANGE.fullmatch(text) if isinstance(text, str) else None
    if not match:
        return None
    first = int(match[1])
    last = int(match[3]) if match[3] else MOST_COUNTED if match[2] else first
    return (first, last) if first <= last else None


def _trimmed(text: str) -> str:
    """Return the text without trailing punctuation, so that its last pair of characters is known."""
    end = next((place for place in range(len(text), 0, -1) if text[place - 1].isalnum()), 0)
    return text[:end]


def _units(spelled: str) -> list[str]:
    return [unit.strip() for unit in spelled.split(BOUNDARY) if has_alphanumeric(unit)]
