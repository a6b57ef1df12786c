"""Keep the verdicts on printed references: by the page alone with the article, and against an index on request."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import cast

from sqlite_utils import Database

from archive.article import Article, Reference
from archive.literature.checker import Source, check_against, check_alone
from archive.literature.checking.page_alone import printed_years
from archive.literature.checking.verdicts import METHOD, Check, Contradiction, Verdict
from archive.storage.connection import transaction
from archive.storage.row_mapping import PARTS, load_parts
from archive.storage.sql import Fragment, Reader, compose
from archive.works.doubt_words import contradiction

_UPDATED = 3  # references after the date of a page that show that the page was updated without saying so
_BATCH = 50  # articles of a transaction

# The verdicts of an article's references: of several indexes the one that was added to last.
READ = """
select b.position, c.source, c.verdict, c.contradictions, c.record, c.as_of, c.method
from bibliography b join reference_checks c on c.reference_id = b.id where b.article_id = ? order by b.position, c.as_of
"""
DOUBTFUL = """
select b.id, b.article_id, a.site, a.url, a.title, b.position, b.raw,
  c.source, c.verdict, c.contradictions, c.record, c.as_of, c.method
from reference_checks c join bibliography b on b.id = c.reference_id join articles a on a.id = b.article_id
where c.verdict = 'contradicts' and {narrowed} order by a.published desc, a.id desc, b.position, c.as_of
"""
OF_WORKS = """
select b.work_id, c.source, c.verdict, c.contradictions, c.record, c.as_of, c.method
from bibliography b join reference_checks c on c.reference_id = b.id
where c.verdict = 'contradicts' and b.work_id in (select value from json_each(?)) order by b.id, c.source
"""
PUT = """
insert into reference_checks (reference_id, source, verdict, contradictions, record, as_of, method)
values (?, ?, ?, ?, ?, ?, ?) on conflict (reference_id, source) do update set
  (verdict, contradictions, record, as_of, method) = (
    excluded.verdict, excluded.contradictions, excluded.record, excluded.as_of, excluded.method
  )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulReference:
    """A reference that contradicts itself or a record, with the article that prints it."""

    article_id: int
    site: str
    url: str
    title: str
    position: int
    printed: str
    check: Check


def check_references(db: Database, article_id: int, article: Article) -> None:
    """Write what the page alone tells of the references of an article, as a difference to what is stored.

    The caller holds a transaction.
    """
    page = _last_change(db, article_id, article)
    sql = "select id from bibliography where article_id = ? order by position"
    ids = [row_id for (row_id,) in db.execute(sql, [article_id]).fetchall()]
    checks = dict(zip(ids, (check_alone(reference, page) for reference in article.references), strict=True))
    wanted = {
        reference_id: ("contradicts", _to_json(each.contradictions), METHOD)
        for reference_id, each in checks.items()
        if each.contradictions
    }
    sql = (
        "select reference_id, verdict, contradictions, c.method from reference_checks c "
        "where source = '' and reference_id in (select id from bibliography where article_id = ?)"
    )
    stored = {reference_id: tuple(rest) for reference_id, *rest in db.execute(sql, [article_id]).fetchall()}
    gone = [(reference_id,) for reference_id in stored if reference_id not in wanted]
    db.conn.executemany("delete from reference_checks where source = '' and reference_id = ?", gone)
    rows = [
        (reference_id, "", verdict, contradictions, "", "", method)
        for reference_id, (verdict, contradictions, method) in wanted.items()
        if stored.get(reference_id) != (verdict, contradictions, method)
    ]
    db.conn.executemany(PUT, rows)


def check_archive(
    db: Database,
    source: Source,
    *,
    progress: Callable[[Counter[str], int], None],
) -> Counter[str]:
    """Check the references of all articles against an index, in batches; return the number of each verdict.

    Opens a transaction for each batch. `progress` is called after each with the numbers so far and the number of all
    references that can have a verdict.
    """
    sql = "select distinct article_id from bibliography where kind <> 'mention' order by 1"
    ids = [article_id for (article_id,) in db.execute(sql).fetchall()]
    (total,) = db.execute("select count(*) from bibliography where kind <> 'mention'").fetchone()
    counts: Counter[str] = Counter()
    for start in range(0, len(ids), _BATCH):
        with transaction(db):
            for article_id in ids[start : start + _BATCH]:
                counts.update(_check_article(db, article_id, source))
        progress(counts, total)
    return counts


def _check_article(db: Database, article_id: int, source: Source) -> list[Verdict]:
    verdicts: list[Verdict] = []
    rows = []
    references: list[tuple[int, Reference]] = load_parts(db, *PARTS["references"], article_id)
    for reference_id, reference in references:
        if reference.kind == "mention":
            continue
        found = check_against(reference, source)
        verdicts.append(found.verdict)
        rows.append(
            (
                reference_id,
                source.name,
                found.verdict,
                _to_json(found.contradictions),
                found.record,
                source.as_of,
                METHOD,
            )
        )
    db.conn.executemany(PUT, rows)
    return verdicts


def reference_checks(db: Reader, article_id: int) -> dict[int, Check]:
    """Return the verdicts on the references of an article by their position, where there is one."""
    found: dict[int, Check] = {}
    for position, *row in db.execute(READ, [article_id]).fetchall():
        found[position] = _joined(found.get(position), _check(row))
    return found


def doubtful_references(db: Reader, *, site: str | None = None, limit: int = 0) -> list[DoubtfulReference]:
    """Return the references that contradict, those of the newest articles first; with `limit` at most so many."""
    sql = compose(DOUBTFUL, narrowed=Fragment("true" if site is None else "a.site = ?"))
    found: dict[int, DoubtfulReference] = {}
    for reference_id, article_id, of_site, url, title, position, raw, *row in db.execute(
        sql, [] if site is None else [site]
    ).fetchall():
        before = found[reference_id].check if reference_id in found else None
        found[reference_id] = DoubtfulReference(
            article_id=article_id, site=of_site, url=url, title=title, position=position, printed=raw,
            check=_joined(before, _check(row)),
        )  # fmt: skip
    return list(found.values())[: limit or None]


def doubts_of_works(db: Reader, work_ids: Sequence[int]) -> dict[int, str]:
    """Return for works with doubtful references what contradicts in them, with the method, as a note for exports."""
    rows = db.execute(OF_WORKS, [json.dumps(work_ids)]).fetchall()
    found: dict[int, dict[str, None]] = {}
    for work_id, *row in rows:
        found.setdefault(work_id, {}).update(dict.fromkeys(map(contradiction, _check(row).contradictions)))
    return {work_id: f"Doubtful as printed ({METHOD}): {'; '.join(sentences)}." for work_id, sentences in found.items()}


def _check(row: Sequence[str]) -> Check:
    source, verdict, contradictions, record, as_of, method = row
    found = tuple(Contradiction(**each) for each in json.loads(contradictions))
    return Check(cast(Verdict, verdict), found, source, as_of, record, method)


def _joined(before: Check | None, other: Check) -> Check:
    """Return one verdict of two on the same reference: what either contradicts; else the later one."""
    if before is None or not before.contradictions:
        return other
    fields = {each.field for each in before.contradictions}
    both = (*before.contradictions, *(each for each in other.contradictions if each.field not in fields))
    return Check("contradicts", both, other.source, other.as_of, other.record, other.method)


def _last_change(db: Database, article_id: int, article: Article) -> date | None:
    """Return the day on which a page was last changed, as far as it is known.

    None where several references are later than that: then the page was updated without saying so.
    """
    sql = "select substr(last_changed, 1, 10), revision from articles where id = ?"
    seen, revision = db.execute(sql, [article_id]).fetchone()
    stated = [day for day in (article.published, article.modified) if day]
    if revision > 1 or not stated:
        stated.append(date.fromisoformat(seen))
    last = max(stated)
    later = sum(min(printed_years(each), default=0) > last.year for each in article.references)
    return None if later >= _UPDATED else last


def _to_json(contradictions: Sequence[Contradiction]) -> str:
    return json.dumps([asdict(each) for each in contradictions], ensure_ascii=False)
