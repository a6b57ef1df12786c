"""What a query is made of: terms, and clauses of which all must hold."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from archive.references.identifiers import Identifier
from archive.storage.fulltext import facet_codes
from archive.text.characters import clean, is_unit
from archive.text.folding import BOUNDARY, fold, is_character, pair, split
from archive.text.greek import other_joints

NOTHING = "none0"  # a facet's code that no article has
YEARS = (1900, 2100)  # between which open periods end where the archive's own are not known

# What is asked of other tables, not of the index: of the references the work or words that are cited, whether there
# are any, and whether a cited work is retracted or has an expression of concern; of the page whether it is gone.
Asked = Literal["cites", "references", "retracted", "gone"]


@dataclass(frozen=True, slots=True)
class Term:
    """Something to be found.

    A word or phrase: `text` has its units parted by spaces, folded, `spelled` has them as the index does (see
    folding.py), `others` are other ways to write it, as (text, spelled); `field` limits it to a column. Or facets:
    `codes`, of which one must be there. Or a condition on other tables: `asked`, with the `identifier` or the words
    that are `wanted` for `cites`; `text` is then what was typed, for an index that knows nothing of it. A word that is
    an `identifier` is looked for in the text and among the references.
    """

    text: str = ""
    spelled: str = ""
    field: str | None = None
    prefix: bool = False
    identifier: Identifier | None = None
    codes: tuple[str, ...] = ()
    asked: Asked | None = None
    wanted: str = ""
    others: tuple[tuple[str, str], ...] = ()

    @property
    def expression(self) -> str:
        """The term in FTS5's syntax, as the index spells it."""
        if self.codes:
            return f"facets : ({' OR '.join(self.codes)})"
        # A character alone at the end may in an article be the first of a pair.
        alone = is_character(self.spelled.rpartition(" ")[2])
        ways = [self.spelled, *(spelled for _, spelled in self.others)]
        return self._phrase(ways, prefix=self.prefix or alone)

    @property
    def literal(self) -> str:
        """A word or phrase in FTS5's syntax, unit by unit, for an index of single characters."""
        return self._phrase([self.text, *(text for text, _ in self.others)], prefix=self.prefix)

    @property
    def character(self) -> str | None:
        """The character that the term is, if it is one that the index only has in pairs."""
        return self.text if is_character(self.text) and not (self.field or self.codes or self.asked) else None

    @property
    def indexed(self) -> bool:
        """Whether the index alone can say which articles the term finds."""
        return not (self.identifier or self.asked)

    def shortened(self, number: int) -> "Term":
        """The first units of a phrase."""
        text, spelled = (" ".join(words.split()[:number]) for words in (self.text, self.spelled))
        return replace(self, text=text, spelled=spelled, others=())

    def _phrase(self, ways: list[str], *, prefix: bool) -> str:
        columns = self.field or "{title text}"
        phrases = [f'"{words}"' + (" *" if prefix else "") for words in ways]
        return f"{columns} : {phrases[0]}" if len(ways) == 1 else f"{columns} : ({' OR '.join(phrases)})"


@dataclass(frozen=True, slots=True)
class Clause:
    """Terms of which one must be found, or with `negative` none."""

    terms: tuple[Term, ...]
    negative: bool = False

    @property
    def expression(self) -> str:
        """What is to be found (or not) in FTS5's syntax."""
        return "(" + " OR ".join(term.expression for term in self.terms) + ")"

    @property
    def indexed(self) -> bool:
        """Whether the index alone can say which articles the clause holds for."""
        return all(term.indexed for term in self.terms)

    @property
    def narrows(self) -> bool:
        """Whether the clause is of facets only, and says nothing of words."""
        return all(term.codes for term in self.terms)

    @property
    def filters(self) -> bool:
        """Whether the clause is of filters only: facets, and what is asked of other tables."""
        return all(term.codes or term.asked for term in self.terms)


def expression(clauses: Iterable[Clause]) -> str:
    """The clauses, of which one at least is positive, in FTS5's syntax; what finds nothing if there is none."""
    clauses = list(clauses)
    required = " AND ".join(clause.expression for clause in clauses if not clause.negative)
    forbidden = " OR ".join(clause.expression for clause in clauses if clause.negative)
    return f"({required}) NOT ({forbidden})" if required and forbidden else required or '""'


def phrase(text: str, field: str | None = None, *, prefix: bool = False) -> Term | None:
    """`text` as a word or phrase, None if it has no letter or digit."""
    text = _trimmed(fold(clean(text)).replace('"', " "))
    units = _units(split(text))
    if not units:
        return None
    spelled = _units(pair(text))
    if len(spelled) > 1 and len(spelled[-2]) == 2 and is_character(spelled[-1]) and spelled[-2].endswith(spelled[-1]):
        del spelled[-1]  # in an article it may be the first of another pair; the pair before says it all
    others = tuple(zip(other_joints(units), other_joints(spelled), strict=True))
    return Term(" ".join(units), " ".join(spelled), field, prefix, others=others)


def of_site(name: str) -> Term:
    """Articles of the site with that name."""
    return Term(codes=(facet_codes.of_site(clean(name)),))


def of_language(tag: str) -> Term:
    """Articles in that language, `zh` standing for all its scripts."""
    return Term(codes=(facet_codes.of_language(clean(tag)),))


def of_period(since: date | str | None, until: date | str | None, years: tuple[int, int] = YEARS) -> Term | None:
    """Articles published from `since` to `until`, both included, each a date or the beginning of one; one of them may
    be None, and the period ends with `years` then. None for what is no date."""
    first = facet_codes.first_day(f"{years[0]:04}" if since is None else since)
    last = facet_codes.last_day(f"{years[1]:04}" if until is None else until)
    if first is None or last is None:
        return None
    first, last = max(first, f"{years[0]:04}-01-01"), min(last, f"{years[1]:04}-12-31")
    codes = tuple(map(facet_codes.of_period, facet_codes.periods(first, last)))
    return Term(codes=codes or (NOTHING,))


def _trimmed(text: str) -> str:
    """Without the marks at the end, so that the last pair of characters is known to be the last."""
    end = next((place for place in range(len(text), 0, -1) if text[place - 1].isalnum()), 0)
    return text[:end]


def _units(spelled: str) -> list[str]:
    return [unit.strip() for unit in spelled.split(BOUNDARY) if is_unit(unit)]
