"""Find the papers that stored articles report on, and store the links: see paper_links.py."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from datetime import date

from sqlite_utils import Database

from archive.literature import Candidate, LiteratureIndex, link
from archive.literature.linking.model import method
from archive.literature.linking.reporting import reports_on_study
from archive.storage.connection import transaction
from archive.storage.sql import compose, placeholders
from archive.text.characters import comparison_key

AROUND = 30  # characters of the article around a passage that are quoted with it


def link_articles(
    db: Database,
    index: LiteratureIndex,
    now: str,
    *,
    sites: Iterable[str] = (),
    progress: Callable[[Counter[str], int], None] = lambda _counts, _all: None,
) -> Counter[str]:
    """Look for the paper behind each article, or those of `sites`, that mentions literature or reports on a study.

    An article that did not change since it was linked by this method with this state of the index is left as it is.
    A paper that the article prints is no link. Returns the number of articles by result: this paper, candidates,
    printed (the paper is among the references), nothing, no study, as before.
    """
    names = json.dumps(list(sites))
    rows = db.execute(
        "select id, content_hash from articles "
        "where ?1 = '[]' or site in (select value from json_each(?1)) order by id",
        [names],
    ).fetchall()
    counts: Counter[str] = Counter()
    used = f"{method()} {index.state}"
    for article_id, content_hash in rows:
        counts[_link_article(db, index, article_id, f"{content_hash} {used}", now)] += 1
        progress(counts, len(rows))
    return counts


def _link_article(db: Database, index: LiteratureIndex, article_id: int, state: str, now: str) -> str:
    known = db.execute("select state from paper_linkings where article_id = ?", [article_id]).fetchone()
    if known == (state,):
        return "as before"
    title, text, published, mentions = db.execute(
        "select title, text, published, exists ("
        "select 1 from bibliography where article_id = a.id and kind = 'mention') from articles a where id = ?",
        [article_id],
    ).fetchone()
    is_report = bool(mentions) or reports_on_study(title, text)
    day = date.fromisoformat(published) if published else None
    found = link(index, title, text, day) if is_report else []
    printed = _printed(db, article_id)
    result = _result(found, printed) if is_report else "no study"
    found = [each for each in found if not _names(each) & printed] if result != "printed" else []
    with transaction(db):
        _store(db, article_id, found, title, text, now)
        db.conn.execute(
            "insert into paper_linkings values (?, ?) on conflict do update set state = excluded.state",
            [article_id, state],
        )
    return result


def _result(found: Sequence[Candidate], printed: AbstractSet[str]) -> str:
    if not found:
        return "nothing"
    if _names(found[0]) & printed:
        return "printed"
    return "this paper" if found[0].is_answer else "candidates"


def _names(candidate: Candidate) -> set[str]:
    """Return what a paper may be printed as: its identifiers and the letters of its title."""
    return {candidate.doi, candidate.pmid, comparison_key(candidate.record.title)} - {""}


def _printed(db: Database, article_id: int) -> set[str]:
    """Return the identifiers of an article's references, and the letters of their titles."""
    rows = db.execute("select doi, pmid, title from bibliography where article_id = ?", [article_id]).fetchall()
    return {value for doi, pmid, title in rows for value in (doi, pmid, title and comparison_key(title)) if value}


def _store(db: Database, article_id: int, found: Sequence[Candidate], title: str, text: str, now: str) -> None:
    """Replace the links of an article that no reader decided on. The caller holds a transaction."""
    db.conn.execute("delete from paper_links where article_id = ? and decision is null", [article_id])
    for at, candidate in enumerate(found):
        record = candidate.record
        paper = (
            f"doi:{record.doi}" if record.doi
            else f"pmid:{record.pmid}" if record.pmid
            else f"title:{comparison_key(record.title)}"
        )  # fmt: skip
        evidence = [
            asdict(each) | {"quote": _quote(title if each.part == "title" else text, each.start, each.end)}
            for each in candidate.evidence
        ]
        values = {
            "article_id": article_id,
            "paper": paper,
            "doi": record.doi or None,
            "pmid": record.pmid or None,
            "title": record.title,
            "authors": json.dumps(record.authors, ensure_ascii=False),
            "container_title": record.journal or record.abbreviation or None,
            "published": record.published or None,
            "probability": candidate.probability,
            "is_answer": at == 0 and candidate.is_answer,
            "evidence": json.dumps(evidence, ensure_ascii=False),
            "link_method": method(),
            "linked_at": now,
        }
        names = tuple(values)
        sql = compose(
            "insert into paper_links ({names}) values ({values}) on conflict (article_id, paper) do update "
            "set (probability, is_answer, evidence, link_method, linked_at) = "
            "(excluded.probability, excluded.is_answer, excluded.evidence, excluded.link_method, excluded.linked_at)",
            names=names,
            values=placeholders(len(names)),
        )
        db.conn.execute(sql, list(values.values()))


def _quote(source: str, start: int, end: int) -> str:
    return " ".join(source[max(0, start - AROUND) : end + AROUND].split())
