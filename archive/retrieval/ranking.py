"""Articles that a plan finds, best first, by FTS5's bm25: all of them where that is quick, and else the likeliest.

bm25 costs about 4 µs for each article that it weighs, and reads through every word's list once to see how rare the
word is. So at most MOST articles are weighed; and in a large archive words that stand in more than a quarter of the
articles, which tell little, are not.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from archive.retrieval.plan import CHARACTERS, SMALL, Plan, matches, size
from archive.retrieval.terms import Clause, Term, expression
from archive.text.folding import fold

MOST = 10_000  # articles that are weighed; also the number up to which hits are counted
IN_TITLE = 5_000  # of them, those that have the words in the title: it counts ten times
COMMON = 0.25  # share of the articles above which a word is not weighed
TOGETHER = 0.5  # sum of the shares of all words that are weighed, the rarest first: what bounds a long query
TITLES = 2_000  # hits of a single common character whose titles are looked at
SLICES, SLICE = 16, 250  # ids in a row, evenly spread, in which a word's share is estimated


@dataclass(frozen=True, slots=True)
class Ranked:
    """Ids, best first; `note` says in a sentence what was not done by the book."""

    ids: list[int]
    note: str | None = None


def rank(db: Database, plan: Plan, found: Sequence[int]) -> Ranked:
    """The articles in `found`, which a plan with words finds (MOST + 1 of them where there are more), best first.

    Of equally good ones, and where nothing is to be weighed, those archived last come first.
    """
    many = len(found) > MOST
    weighed = _weighed(db, plan, many=many)
    candidates = _candidates(db, plan, found[:MOST]) if many else list(found)
    if weighed:
        scores = _scores(db, plan, weighed, candidates, everything=not many)
        candidates.sort(key=lambda number: (scores.get(number, 0.0), -number))
    elif not many:
        candidates = _candidates(db, plan, found)
    return Ranked(candidates, _note(many=many, weighed=len(weighed), words=len(plan.words)))


def _note(*, many: bool, weighed: int, words: int) -> str | None:
    """What was not done by the book."""
    if not weighed:
        return "Words that so many articles have are not weighed: titles come first, then what was archived last."
    left = ", without the words that very many have" if weighed < words else ""
    if many:
        return f"Of more than {MOST:,} articles those with the words in the title or archived last were ranked{left}."
    return f"The articles were ranked{left}." if left else None


def _weighed(db: Database, plan: Plan, *, many: bool) -> list[Term]:
    """The words by which articles are ranked, rarest first where some must be left out."""
    words = list(dict.fromkeys(plan.words))
    if plan.index == CHARACTERS:
        return []
    number = size(db)
    if number <= SMALL and not many:
        return words
    shares = {word: _share(db, word, number) for word in words}
    kept: list[Term] = []
    for word in sorted(words, key=lambda word: shares[word]):
        if shares[word] <= COMMON and sum(shares[other] for other in kept) + shares[word] <= TOGETHER:
            kept.append(word)
    return kept


def _share(db: Database, word: Term, number: int) -> float:
    """In what share of the articles the word stands, by a sample."""
    sql = "select count(*) from articles_fts where articles_fts match ? and rowid between ? and ?"
    step = max(SLICE, number // SLICES)
    starts = range(1, number + 1, step)
    ranges = [(start, min(start + SLICE - 1, number)) for start in starts]
    found = sum(db.execute(sql, [word.expression, *each]).fetchone()[0] for each in ranges)
    return float(found / sum(last - first + 1 for first, last in ranges))


def _candidates(db: Database, plan: Plan, found: Sequence[int]) -> list[int]:
    """As many of the articles in `found`, those that have the words in the title first."""
    if plan.index == CHARACTERS:
        titled = _titled(db, plan, found)
    else:
        clauses = map(_in_title, plan.clauses)
        titled = matches(db, replace(plan, expression=expression(clauses)), IN_TITLE)
    return list(dict.fromkeys([*titled, *found]))[: max(len(found), len(titled))]


def _in_title(clause: Clause) -> Clause:
    if clause.negative:
        return clause
    return replace(clause, terms=tuple(replace(term, field=term.field or "title") for term in clause.terms))


def _titled(db: Database, plan: Plan, found: Sequence[int]) -> list[int]:
    """Those of the articles whose titles have one of the characters asked for."""
    sql = "select id, title from articles where id in (select value from json_each(?)) order by id desc"
    characters = {term.text for term in plan.words}
    rows = db.execute(sql, [json.dumps(found[:TITLES])])
    return [number for number, title in rows if characters & set(fold(title))]


def _scores(
    db: Database, plan: Plan, weighed: Iterable[Term], candidates: Sequence[int], *, everything: bool
) -> dict[int, float]:
    """Article -> bm25 for the candidates that have the words that are weighed; the lower the better."""
    asked = _asked(plan, set(weighed))
    if everything and asked == plan.expression and not plan.conditions:
        return dict(db.execute("select rowid, rank from articles_fts where articles_fts match ?", [asked]).fetchall())
    sql = (
        "select rowid, rank from articles_fts where articles_fts match ? and +rowid in (select value from json_each(?))"
    )
    return dict(db.execute(sql, [asked, json.dumps(candidates)]).fetchall())


def _asked(plan: Plan, weighed: set[Term]) -> str:
    """The expression by whose words the candidates, which the plan finds, are weighed."""
    clauses = [clause for clause in plan.clauses if not (clause.negative or clause.narrows)]
    if weighed.issuperset(plan.words) and len(clauses) == len(plan.clauses):
        return plan.expression
    whole = [clause for clause in clauses if weighed.issuperset(clause.terms)]
    return expression(whole or [Clause(tuple(weighed))])
