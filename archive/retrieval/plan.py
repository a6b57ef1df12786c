"""How a query is answered: which index is asked what, and what is asked of the other tables."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.references.identifiers import Identifier
from archive.retrieval.terms import Clause, Term, expression
from archive.storage import gone_pages
from archive.works.retractions import WARNED_OF, retraction_states

WORDS, CHARACTERS = "articles_fts", "articles_fts_characters"

# Articles up to which everything is ranked by the book, at about 4 µs a hit.
SMALL = 20_000
# Share of the articles above which a single character is looked up as such: below, all the pairs that begin with it
# are put together. In 100,000 articles that took 1 ms for 病 (6 % of them) and 0.4 s for 的 (40 %); looked up, 2 ms.
COMMON_CHARACTER = 0.02


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL that holds for an article's id, which it has as `{id}`, and the values of its parameters."""

    sql: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What `index` is asked (None: there is nothing for it), and the conditions that must hold besides."""

    index: str | None
    expression: str = ""
    clauses: tuple[Clause, ...] = ()  # what the expression is made of
    conditions: tuple[Condition, ...] = ()

    @property
    def words(self) -> tuple[Term, ...]:
        """The words and phrases that must be found, by which articles are ranked."""
        clauses = (clause for clause in self.clauses if not clause.negative)
        return tuple(term for clause in clauses for term in clause.terms if not term.codes)

    def narrowed(self, code: str) -> str:
        """The expression, within a facet."""
        return (
            f"({self.expression}) AND {code}"
            if self.index == CHARACTERS
            else f"({self.expression}) AND facets : {code}"
        )


def make(db: Database, clauses: Sequence[Clause]) -> Plan:
    """The plan for clauses that must all hold."""
    common = _common_characters(db, clauses)
    words, characters, others = [], [], []
    for clause in clauses:
        if not clause.indexed:
            others.append(clause)
        elif not any(term.character in common for term in clause.terms):
            words.append(clause)
        elif all(term.character or term.codes for term in clause.terms):
            characters.append(clause)
        else:
            others.append(clause)
    conditions = [_condition(db, clause, common) for clause in others]
    if any(not (clause.negative or clause.narrows) for clause in words):
        conditions += [_condition(db, clause, common) for clause in characters]
        return Plan(WORDS, expression(words), tuple(words), tuple(conditions))
    if any(not clause.negative for clause in characters):
        inside = [clause for clause in words if clause.narrows]
        conditions += [_condition(db, clause, common) for clause in words if not clause.narrows]
        wanted = (*characters, *inside)
        return Plan(CHARACTERS, _characters(wanted), wanted, tuple(conditions))
    conditions += [_condition(db, clause, common) for clause in characters]
    if any(not clause.negative for clause in words):
        return Plan(WORDS, expression(words), tuple(words), tuple(conditions))
    return Plan(None, conditions=(*conditions, *(_condition(db, clause, common) for clause in words)))


def some(db: Database, plan: Plan, limit: int) -> list[int]:
    """Up to `limit` (-1: no limit) of the articles that the plan finds, in no order that means anything."""
    if plan.index:
        return matches(db, plan, limit)
    where, values = holding(plan.conditions, None, "articles.id")
    return [row[0] for row in db.execute(f"select id from articles where {where} limit ?", [*values, limit])]  # noqa: S608


def count(db: Database, plan: Plan, limit: int) -> int:
    """How many articles the plan finds, at most `limit`."""
    conditions = [Condition("{index} match ?", (plan.expression,))] if plan.index else []
    article, table = (f"+{plan.index}.rowid", plan.index) if plan.index else ("articles.id", "articles")
    where, values = holding([*conditions, *plan.conditions], plan.index, article)
    sql = f"select count(*) from (select 1 from {table} where {where} limit ?)"  # noqa: S608
    return int(db.execute(sql, [*values, limit]).fetchone()[0])


def matches(db: Database, plan: Plan, limit: int, code: str = "") -> list[int]:
    """Up to `limit` (-1: no limit) of the articles that the plan finds (within a facet), those archived last first."""
    conditions = [Condition("{index} match ?", (plan.narrowed(code) if code else plan.expression,)), *plan.conditions]
    where, values = holding(conditions, plan.index, f"+{plan.index}.rowid")
    sql = f"select rowid from {plan.index} where {where} order by rowid desc limit ?"  # noqa: S608
    return [row[0] for row in db.execute(sql, [*values, limit])]


def holding(conditions: Iterable[Condition], index: str | None, article: str) -> tuple[str, list[Any]]:
    """The conditions as one, `article` being the article's id in SQL, and their values."""
    conditions = list(conditions)
    where = " and ".join(condition.sql.format(id=article, index=index) for condition in conditions)
    return where or "true", [value for condition in conditions for value in condition.values]


def size(db: Database) -> int:
    """How many articles there are, as far as the largest id tells."""
    return int(db.execute("select coalesce(max(id), 0) from articles").fetchone()[0])


def _common_characters(db: Database, clauses: Iterable[Clause]) -> frozenset[str | None]:
    alone = {term.character for clause in clauses for term in clause.terms if term.character}
    if not alone or (number := size(db)) <= SMALL:
        return frozenset()
    most = int(number * COMMON_CHARACTER)
    sql = f"select count(*) from (select 1 from {CHARACTERS} where {CHARACTERS} match ? limit ?)"  # noqa: S608
    return frozenset(one for one in alone if db.execute(sql, [f'"{one}"', most + 1]).fetchone()[0] > most)


def _characters(clauses: Iterable[Clause]) -> str:
    """Clauses of characters and facets for the index of characters, which has both in one column."""
    made = {clause: " OR ".join(f'"{word}"' for word in _in_characters(clause)) for clause in clauses}
    required = " AND ".join(f"({words})" for clause, words in made.items() if not clause.negative)
    forbidden = " OR ".join(f"({words})" for clause, words in made.items() if clause.negative)
    return f"({required}) NOT ({forbidden})" if forbidden else required


def _in_characters(clause: Clause) -> list[str]:
    return [word for term in clause.terms for word in (term.codes or (term.text,))]


def _condition(db: Database, clause: Clause, common: frozenset[str | None]) -> Condition:
    """A clause in SQL, each of its terms where it can be looked up."""
    return either([_term(db, term, common) for term in clause.terms], negative=clause.negative)


def either(parts: Sequence[Condition], *, negative: bool) -> Condition:
    """That one of the conditions holds, or with `negative` none."""
    sql = " or ".join(part.sql for part in parts)
    values = tuple(value for part in parts for value in part.values)
    return Condition(f"{'not ' if negative else ''}({sql})", values)


def asked(db: Database, term: Term) -> Condition:
    """The condition that a term makes which asks other tables than the index."""
    if term.asked == "references":
        return Condition("exists (select 1 from bibliography b where b.article_id = {id})")
    if term.asked == "retracted":
        return _retracted(db)
    if term.asked == "gone":
        return Condition(gone_pages.CONDITION)
    return _citing(term.identifier) if term.identifier else _printed(term.wanted)


def _term(db: Database, term: Term, common: frozenset[str | None]) -> Condition:
    if term.asked:
        return asked(db, term)
    index, wanted = (CHARACTERS, f'"{term.text}"') if term.character in common else (WORDS, term.expression)
    found = Condition(f"{{id}} in (select rowid from {index} where {index} match ?)", (wanted,))  # noqa: S608
    if not term.identifier:
        return found
    cited = _citing(term.identifier)
    return Condition(f"{found.sql} or {cited.sql}", (*found.values, *cited.values))


def _citing(identifier: Identifier) -> Condition:
    """Articles that print the identifier, or cite the work that another article's reference gives it to."""
    sql = (
        f"{{id}} in (select article_id from bibliography where {identifier.kind} = ? "  # noqa: S608 a fixed word
        "union select b.article_id from work_identifiers w join bibliography b on b.work_id = w.work_id "
        f"where w.value = ? and w.kind = '{identifier.kind}')"
    )
    return Condition(sql, (identifier.value, identifier.value))


def _printed(words: str) -> Condition:
    sql = "exists (select 1 from bibliography b where b.article_id = {id} and instr(lower(b.raw), ?))"
    return Condition(sql, (words,))


def _retracted(db: Database) -> Condition:
    works = [work for work, standing in retraction_states(db).items() if standing.status in WARNED_OF]
    sql = "{id} in (select article_id from bibliography where work_id in (select value from json_each(?)))"
    return Condition(sql, (json.dumps(works),))
