"""Rank the articles that match a plan by FTS5's bm25: all of them where that is fast, else a selection.

bm25 costs about 4 µs for each article, and reads each word's posting list once to learn how rare the word is. At most
MOST articles are therefore ranked. In a large archive, words that more than a quarter of the articles have, which say
little, are left out of the score.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from archive.retrieval.plan import CHARACTERS, SMALL, Plan, article_count, matches
from archive.retrieval.terms import Clause, Term, expression
from archive.storage.sql import Reader
from archive.text.folding import fold
from archive.text.messages import message

MOST = 10_000  # articles that are ranked; hits are counted up to the same number
IN_TITLE = 5_000  # of these, articles with the words in the title, which weighs ten times as much as the text
COMMON = 0.25  # share of the articles above which a word does not count
TOTAL_SHARE = 0.5  # maximum sum of the shares of all words that count, rarest first: bounds the cost of a long query
TITLES = 2_000  # hits of a single common character whose titles are read
SLICES, SLICE = 16, 250  # a word's share is estimated in so many evenly spread ranges of so many ids


@dataclass(frozen=True, slots=True)
class Ranked:
    """Article ids, best first. `note`: a sentence on what was left out of the ranking, if anything."""

    ids: list[int]
    note: str | None = None


def rank(db: Reader, plan: Plan, found: Sequence[int]) -> Ranked:
    """Return the articles in `found` that match the plan, best first.

    found: the ids of all matching articles, or MOST + 1 of them where there are more. Of equally good
        articles, and where no word counts, those archived last come first.
    """
    many = len(found) > MOST
    weighed = weighed_words([db], plan, many=many)
    ids = candidates(db, plan, found[:MOST]) if many else list(found)
    if weighed:
        scores = _scores(db, plan, weighed, ids, everything=not many)
        ids.sort(key=lambda number: (scores.get(number, 0.0), -number))
    elif not many:
        ids = candidates(db, plan, found)
    return Ranked(ids, note(many=many, weighed=len(weighed), words=len(plan.words)))


def note(*, many: bool, weighed: int, words: int) -> str | None:
    """Return a sentence on what was left out of the ranking; None if nothing was."""
    if not weighed:
        return message(
            "Words that so many articles have are not ranked: hits in titles come first, then articles archived last."
        )
    if many and weighed < words:
        return message(
            "Of more than %(most)s articles only those with the words in the title or archived last were ranked, "
            "ignoring the words that very many articles have.",
            most=MOST,
        )
    if many:
        return message(
            "Of more than %(most)s articles only those with the words in the title or archived last were ranked.",
            most=MOST,
        )
    if weighed < words:
        return message("The articles were ranked, ignoring the words that very many articles have.")
    return None


def weighed_words(archives: Sequence[Reader], plan: Plan, *, many: bool) -> list[Term]:
    """Return the words that count in the ranking of articles of the archives, rarest first where some are left out."""
    words = list(dict.fromkeys(plan.words))
    if plan.index == CHARACTERS:
        return []
    if article_count(archives) <= SMALL and not many:
        return words
    shares = {word: _share(archives, word) for word in words}
    kept: list[Term] = []
    for word in sorted(words, key=lambda word: shares[word]):
        if shares[word] <= COMMON and sum(shares[other] for other in kept) + shares[word] <= TOTAL_SHARE:
            kept.append(word)
    return kept


def _share(archives: Sequence[Reader], word: Term) -> float:
    """Return the share of the articles that have the word, estimated on a sample of each archive."""
    sql = "select count(*) from articles_fts where articles_fts match ? and rowid between ? and ?"
    found = sampled = 0
    for db in archives:
        number = article_count([db])
        step = max(SLICE, number // SLICES)
        for start in range(1, number + 1, step):
            end = min(start + SLICE - 1, number)
            found += db.execute(sql, [word.expression, start, end]).fetchone()[0]
            sampled += end - start + 1
    return found / sampled if sampled else 0.0


def candidates(db: Reader, plan: Plan, found: Sequence[int]) -> list[int]:
    """Return as many articles as in `found`, those with the words in the title first."""
    if plan.index == CHARACTERS:
        titled = titled_ids(db, plan, found)
    else:
        clauses = map(_in_title, plan.clauses)
        titled = matches(db, replace(plan, expression=expression(clauses)), IN_TITLE)
    return list(dict.fromkeys([*titled, *found]))[: max(len(found), len(titled))]


def _in_title(clause: Clause) -> Clause:
    if clause.negative:
        return clause
    return replace(clause, terms=tuple(replace(term, field=term.field or "title") for term in clause.terms))


def titled_ids(db: Reader, plan: Plan, found: Sequence[int]) -> list[int]:
    """Return those of the articles whose titles have one of the characters of the query."""
    sql = "select id, title from articles where id in (select value from json_each(?)) order by id desc"
    characters = {term.text for term in plan.words}
    rows = db.execute(sql, [json.dumps(found[:TITLES])])
    return [number for number, title in rows if characters & set(fold(title))]


def _scores(
    db: Reader, plan: Plan, weighed: Iterable[Term], candidates: Sequence[int], *, everything: bool
) -> dict[int, float]:
    """Return article -> bm25 for the candidates that have the words that count; lower is better."""
    query = expression(scored_clauses(plan, set(weighed)))
    if everything and query == plan.expression and not plan.conditions:
        return dict(db.execute("select rowid, rank from articles_fts where articles_fts match ?", [query]).fetchall())
    sql = (
        "select rowid, rank from articles_fts where articles_fts match ? and +rowid in (select value from json_each(?))"
    )
    return dict(db.execute(sql, [query, json.dumps(candidates)]).fetchall())


def scored_clauses(plan: Plan, weighed: set[Term]) -> list[Clause]:
    """Return the clauses of the words that count: those of which all words do, else all these words as one clause."""
    clauses = [clause for clause in plan.clauses if not (clause.negative or clause.narrows)]
    whole = [clause for clause in clauses if weighed.issuperset(clause.terms)]
    return whole or [Clause(tuple(weighed))]
