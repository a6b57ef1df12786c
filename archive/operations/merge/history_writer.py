"""Write the joined history of a page to the archive, as the difference to the one that is stored."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

from sqlite_utils import Database

from archive.articles.writer import forget_article, insert, save_article, update
from archive.duplicates.groups import regroup
from archive.operations.merge.history import ARTICLE, PAGE, Crawl, Fetch, FetchKey, History
from archive.storage.row_mapping import from_json
from archive.storage.sql import compose
from archive.storage.warc.files import WarcError
from archive.storage.warc.records import read_record

FETCH_ID = """
select min(f.id) from fetches f join pages p on p.id = f.page_id
where p.url = ? and f.fetched_at = ? and f.url = ? and f.outcome = ?
"""


class HistoryWriter:
    """Writes histories of known pages. `folder` has the archive's WARC files. The caller holds a transaction."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db, self._folder = db, folder

    def write(self, page_id: int, before: History, after: History) -> Counter[str]:
        """Bring a known page from one history to the other; return numbers of what came."""
        db, counts = self._db, Counter[str]()
        row = {name: after.page[name] for name in PAGE} | {
            name: self._page_id(after.page[name]) for name in ("alias_of", "found_on")
        }
        if after.exclusion:
            (row["optout_id"],) = db.execute(
                "select id from optouts where pattern = ?", [after.exclusion.pattern]
            ).fetchone()
        update(db, "pages", page_id, row)
        counts["fetches"] += self._write_fetches(page_id, after)
        if after.article and (after.article, after.revisions) != (before.article, before.revisions):
            self._write_article(page_id, before, after)
            counts["revisions"] += len(after.revisions) - len(before.revisions)
            counts["changed articles" if before.article else "new articles"] += 1
        elif before.article and not after.article:
            forget_article(db, page_id)
        return counts

    def _page_id(self, url: str | None) -> int | None:
        row = self._db.execute("select id from pages where url = ?", [url]).fetchone() if url else None
        return row[0] if row else None

    def _fetch_id(self, key: FetchKey | None) -> int | None:
        return self._db.execute(FETCH_ID, key).fetchone()[0] if key else None

    def _write_fetches(self, page_id: int, after: History) -> int:
        """Write the fetches of a page, with ids in the order of time; return how many are new."""
        db = self._db
        sql = "select fetched_at, url, outcome, id from fetches where page_id = ? order by id desc"
        ids = {key: row_id for *key_values, row_id in db.execute(sql, [page_id]) for key in [tuple(key_values)]}
        new = 0
        for fetch in after.fetches:
            row_id = ids.get((fetch.fetched_at, fetch.url, fetch.outcome))
            file, offset = self._place(row_id, fetch)
            row = {**fetch.facts, "warc_file": file, "warc_offset": offset, "crawl_id": self._crawl_id(fetch.crawl)}
            if row_id is None:
                names = {"page_id": page_id, "fetched_at": fetch.fetched_at, "url": fetch.url, "outcome": fetch.outcome}
                insert(db, "fetches", names | row)
                new += 1
            else:
                update(db, "fetches", row_id, row)
        if new:
            self._order_fetches(page_id)
        return new

    def _place(self, row_id: int | None, fetch: Fetch) -> tuple[str | None, int | None]:
        """Return where the record of the fetch is, if it is still there: it may have been overwritten here."""
        if fetch.place is None:
            return None, None
        if row_id is not None:
            sql = "select warc_file, warc_offset from fetches where id = ?"
            if self._db.execute(sql, [row_id]).fetchone() == fetch.place:
                return fetch.place
        file, offset = fetch.place
        try:
            with (self._folder / file).open("rb") as read:
                found = read_record(read, offset).kind in ("response", "revisit")
        except (WarcError, OSError):
            found = False
        return fetch.place if found else (None, None)

    def _crawl_id(self, crawl: Crawl | None) -> int | None:
        if crawl is None:
            return None
        sql = "select min(id) from crawls where (started_at, pid, command) = (?, ?, ?)"
        row_id: int | None = self._db.execute(sql, crawl).fetchone()[0]
        return row_id

    def _order_fetches(self, page_id: int) -> None:
        """Give the fetches of a page ids in the order of time: the last id is the latest fetch."""
        db = self._db
        rows = db.execute("select id from fetches where page_id = ? order by fetched_at, id", [page_id]).fetchall()
        ids = [row_id for (row_id,) in rows]
        start = next((at for at, (one, two) in enumerate(pairwise(ids)) if one > two), None)
        if start is None:
            return
        (last,) = db.execute("select max(id) from fetches").fetchone()
        db.conn.execute("pragma defer_foreign_keys = on")  # until the transaction ends
        for new, old in enumerate(ids[ids.index(min(ids[start:])) :], last + 1):
            db.conn.execute("update fetches set id = ? where id = ?", [new, old])
            for table in ("articles", "revisions"):
                sql = compose("update {table} set fetch_id = ? where fetch_id = ?", table=table)
                db.conn.execute(sql, [new, old])

    def _write_article(self, page_id: int, before: History, after: History) -> None:
        """Write the article of a page and its revisions, as the writer does, with what the join made of them."""
        db = self._db
        assert after.article is not None
        newest, fetch_id = after.revisions[-1], self._fetch_id(after.article["fetch"])
        if not before.revisions or before.revisions[-1]["content"] != newest["content"]:
            content = from_json(newest["content"])
            save_article(db, page_id, fetch_id, content, after.article["first_seen"], revise=False)
        (article_id,) = db.execute("select id from articles where page_id = ?", [page_id]).fetchone()
        row = {name: after.article[name] for name in ARTICLE if name != "fetch"} | {"fetch_id": fetch_id}
        update(db, "articles", article_id, row)
        self._write_revisions(article_id, after)
        regroup(db, article_id)

    def _write_revisions(self, article_id: int, after: History) -> None:
        db = self._db
        sql = "select number, id from revisions where article_id = ?"
        ids: dict[int, int] = dict(db.execute(sql, [article_id]).fetchall())
        surplus = [(row_id,) for number, row_id in ids.items() if number > len(after.revisions)]
        db.conn.executemany("delete from revisions where id = ?", surplus)
        for revision in after.revisions:
            row = {**revision, "fetch_id": self._fetch_id(revision["fetch"])}
            del row["fetch"]
            if revision["number"] in ids:
                update(db, "revisions", ids[revision["number"]], row)
            else:
                insert(db, "revisions", row | {"article_id": article_id})
