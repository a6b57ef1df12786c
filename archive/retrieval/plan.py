"""Plan a query: choose the full-text index, its FTS5 expression, and the conditions on other tables."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.retrieval.terms import Clause, Term, expression
from archive.storage import gone_pages
from archive.storage.sql import Fragment, Reader, compose
from archive.works.doubts import DOUBTFUL_ARTICLE

if TYPE_CHECKING:
    from archive.references.identifiers import Identifier

WORDS, CHARACTERS = "articles_fts", "articles_fts_characters"

# Up to so many articles every hit is ranked, at about 4 µs each.
SMALL = 20_000
# Share of the articles above which a single character is queried in the index of characters. Below it, all pairs that
# begin with the character are queried: in 100,000 articles 1 ms for 病 (6 % of them), 0.4 s for 的 (40 %; in the index
# of characters 2 ms).
COMMON_CHARACTER = 0.02

_AUTHOR = "exists (select 1 from articles a where a.id = {id} and instr(lower(a.authors), lower(?)))"
_AT_URL = """{id} in (select a.id from pages p join articles a on a.page_id = coalesce(p.alias_of, p.id)
where p.url in (select value from json_each(?)))"""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on an article in SQL, where `{id}` stands for the article's id, and the values of its parameters."""

    sql: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The full-text index to query (None: no index is needed), the expression, and further conditions."""

    index: str | None
    expression: str = ""
    clauses: tuple[Clause, ...] = ()  # the clauses of the expression
    conditions: tuple[Condition, ...] = ()

    @property
    def words(self) -> tuple[Term, ...]:
        """The words and phrases that articles must have; articles are ranked by them."""
        clauses = (clause for clause in self.clauses if not clause.negative)
        return tuple(term for clause in clauses for term in clause.terms if not term.codes)

    def within(self, code: str) -> str:
        """Return the expression, limited to the facet with that code."""
        return (
            f"({self.expression}) AND {code}"
            if self.index == CHARACTERS
            else f"({self.expression}) AND facets : {code}"
        )


def make_plan(db: Reader, clauses: Sequence[Clause], archives: Sequence[Reader] = ()) -> Plan:
    """Return the plan for clauses that must all hold. `archives`: all that are searched, if `db` is one of several."""
    common = _common_characters(archives or [db], clauses)
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
        single = (*characters, *inside)
        return Plan(CHARACTERS, _characters(single), single, tuple(conditions))
    conditions += [_condition(db, clause, common) for clause in characters]
    if any(not clause.negative for clause in words):
        return Plan(WORDS, expression(words), tuple(words), tuple(conditions))
    return Plan(None, conditions=(*conditions, *(_condition(db, clause, common) for clause in words)))


def some(db: Reader, plan: Plan, limit: int) -> list[int]:
    """Return up to `limit` (-1: no limit) articles that match the plan, in no defined order."""
    if plan.index:
        return matches(db, plan, limit)
    where, values = conjunction(plan.conditions, None, "articles.id")
    sql = compose("select id from articles where {where} limit ?", where=Fragment(where))
    return [row[0] for row in db.execute(sql, [*values, limit])]


def count(db: Reader, plan: Plan, limit: int) -> int:
    """Return how many articles match the plan, at most `limit`."""
    conditions = [Condition("{index} match ?", (plan.expression,))] if plan.index else []
    article, table = (f"+{plan.index}.rowid", plan.index) if plan.index else ("articles.id", "articles")
    where, values = conjunction([*conditions, *plan.conditions], plan.index, article)
    sql = compose(
        "select count(*) from (select 1 from {table} where {where} limit ?)", table=table, where=Fragment(where)
    )
    return int(db.execute(sql, [*values, limit]).fetchone()[0])


def matches(db: Reader, plan: Plan, limit: int, code: str = "") -> list[int]:
    """Return up to `limit` (-1: no limit) articles that match the plan (and the facet `code`), last archived first."""
    conditions = [Condition("{index} match ?", (plan.within(code) if code else plan.expression,)), *plan.conditions]
    where, values = conjunction(conditions, plan.index, f"+{plan.index}.rowid")
    sql = compose(
        "select rowid from {index} where {where} order by rowid desc limit ?",
        index=plan.index or "",
        where=Fragment(where),
    )
    return [row[0] for row in db.execute(sql, [*values, limit])]


def conjunction(conditions: Iterable[Condition], index: str | None, article: str) -> tuple[str, list[Any]]:
    """Return the conditions joined by `and`, with `article` as the article's id in SQL, and their values."""
    conditions = list(conditions)
    where = " and ".join(condition.sql.format(id=article, index=index) for condition in conditions)
    return where or "true", [value for condition in conditions for value in condition.values]


def article_count(archives: Sequence[Reader]) -> int:
    """Return about how many articles there are: the sum of the largest ids."""
    sql = "select coalesce(max(id), 0) from articles"
    return sum(int(db.execute(sql).fetchone()[0]) for db in archives)


def _common_characters(archives: Sequence[Reader], clauses: Iterable[Clause]) -> frozenset[str | None]:
    alone = {term.character for clause in clauses for term in clause.terms if term.character}
    if not alone or (number := article_count(archives)) <= SMALL:
        return frozenset()
    most = int(number * COMMON_CHARACTER)
    return frozenset(one for one in alone if _has_more(archives, one, most))


def _has_more(archives: Sequence[Reader], character: str, most: int) -> bool:
    """Whether more than so many articles have the character."""
    sql = compose("select count(*) from (select 1 from {index} where {index} match ? limit ?)", index=CHARACTERS)
    return sum(int(db.execute(sql, [f'"{character}"', most + 1]).fetchone()[0]) for db in archives) > most


def _characters(clauses: Iterable[Clause]) -> str:
    """Return clauses of characters and facets as an expression for the index of characters."""
    words_of = {clause: " OR ".join(f'"{word}"' for word in _in_characters(clause)) for clause in clauses}
    required = " AND ".join(f"({words})" for clause, words in words_of.items() if not clause.negative)
    forbidden = " OR ".join(f"({words})" for clause, words in words_of.items() if clause.negative)
    return f"({required}) NOT ({forbidden})" if forbidden else required


def _in_characters(clause: Clause) -> list[str]:
    return [word for term in clause.terms for word in (term.codes or (term.text,))]


def _condition(db: Reader, clause: Clause, common: frozenset[str | None]) -> Condition:
    """Return the condition of a clause; each term queries the index or table that holds it."""
    return disjunction([_term(db, term, common) for term in clause.terms], negative=clause.negative)


def disjunction(parts: Sequence[Condition], *, negative: bool) -> Condition:
    """Return the condition that at least one of the parts holds, or with `negative` that none does."""
    sql = " or ".join(part.sql for part in parts)
    values = tuple(value for part in parts for value in part.values)
    return Condition(f"{'not ' if negative else ''}({sql})", values)


def table_condition(db: Reader, term: Term) -> Condition:
    """Return the condition of a term on tables other than the index: references, works, pages."""
    if term.condition == "references" and term.numbers:
        return Condition(
            "(select count(*) from bibliography b where b.article_id = {id}) between ? and ?", term.numbers
        )
    if term.condition == "references":
        return Condition("exists (select 1 from bibliography b where b.article_id = {id})")
    if term.condition == "retracted":
        return _retracted(db)
    if term.condition == "evidence" and term.evidence:
        return Condition("{id} in (select article_id from evidence where field = ? and value = ?)", term.evidence)
    if term.condition == "doubtful":
        return Condition(DOUBTFUL_ARTICLE)
    if term.condition == "gone":
        return Condition(gone_pages.CONDITION)
    if term.condition == "author":
        return Condition(_AUTHOR, (term.author,))
    return _cites(term.identifier) if term.identifier else _prints(term.text_cited)


def _term(db: Reader, term: Term, common: frozenset[str | None]) -> Condition:
    if term.condition:
        return table_condition(db, term)
    index, query = (CHARACTERS, f'"{term.text}"') if term.character in common else (WORDS, term.expression)
    sql = compose("{{id}} in (select rowid from {index} where {index} match ?)", index=index)
    matched = Condition(sql, (query,))
    if term.identifier:
        other = _cites(term.identifier)
    elif term.urls:
        other = Condition(_AT_URL, (json.dumps(term.urls),))
    else:
        return matched
    return Condition(f"{matched.sql} or {other.sql}", (*matched.values, *other.values))


def _cites(identifier: "Identifier") -> Condition:
    """Match articles that print the identifier, or that cite a work which has it from another reference."""
    sql = compose(
        "{{id}} in (select article_id from bibliography where {kind} = ? "
        "union select b.article_id from work_identifiers w join bibliography b on b.work_id = w.work_id "
        "where w.value = ? and w.kind = ?)",
        kind=identifier.kind,
    )
    return Condition(sql, (identifier.value, identifier.value, identifier.kind))


def _prints(words: str) -> Condition:
    sql = "exists (select 1 from bibliography b where b.article_id = {id} and instr(lower(b.raw), ?))"
    return Condition(sql, (words,))


def _retracted(db: Reader) -> Condition:
    from archive.works.retractions import WARNED_OF, retraction_states  # which few searches need

    works = [work for work, standing in retraction_states(db).items() if standing.status in WARNED_OF]
    sql = "{id} in (select article_id from bibliography where work_id in (select value from json_each(?)))"
    return Condition(sql, (json.dumps(works),))
