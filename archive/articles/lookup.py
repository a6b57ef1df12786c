"""Finding a stored article by URL or id, and everything the archive knows of it."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from archive.article import Article
from archive.errors import NotStoredError
from archive.storage.exclusions import OptOuts
from archive.storage.row_mapping import from_json, load_article, to_json
from archive.works.retractions import Flag, flags

FACTS = ("id", "site", "revision", "first_seen", "last_changed", "extractor")
PAGE = ("state", "reason", "gone_since", "missing_since")  # of the page it was understood from


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An article as the archive holds it; `flags` warn of its references (of the newest revision's only).

    `missing_since` is when its page was first found gone, and `gone_since` the same once a second look agreed; both
    are None while the page is there.
    """

    id: int
    site: str
    revision: int
    first_seen: str
    last_changed: str
    extractor: str
    state: str
    reason: str | None
    gone_since: str | None
    missing_since: str | None
    article: Article
    flags: tuple[Flag, ...] = ()

    def as_object(self) -> dict[str, Any]:
        """For JSON: the archive's facts, the article with the field names of the types, and the flags."""
        facts = {name: getattr(self, name) for name in (*FACTS, *PAGE)}
        content: dict[str, Any] = json.loads(to_json(self.article))
        return facts | content | {"flags": [asdict(flag) for flag in self.flags]}


def find_article(db: Database, wanted: str) -> int:
    """The id of the article with that id or URL, aliases followed. Raises NotStoredError."""
    if wanted.isdecimal():
        row = db.execute("select id from articles where id = ?", [int(wanted)]).fetchone()
        if row:
            return int(row[0])
        raise NotStoredError(f"No article has the id {wanted}.")
    row = db.execute("select id from pages where url = ?", [wanted]).fetchone()
    if row is None:
        why = _opted_out(db, wanted, "is opted out since") or f"{wanted} is not in the archive: crawl it first."
        raise NotStoredError(why)
    page_id = _followed(db, row[0])
    article = db.execute("select id from articles where page_id = ?", [page_id]).fetchone()
    if article is None:
        state, reason = db.execute("select state, reason from pages where id = ?", [page_id]).fetchone()
        why = f"{wanted} is known, but no article is stored of it ({f'{state}, {reason}' if reason else state})."
        raise NotStoredError(_opted_out(db, wanted, "was removed on") or why)
    return int(article[0])


def load(db: Database, article_id: int, revision: int | None = None) -> Stored:
    """The article with that id, as of `revision` (None: the newest). Raises NotStoredError."""
    names = (*(f"a.{name}" for name in FACTS), *(f"p.{name}" for name in PAGE))
    sql = f"select {', '.join(names)} from articles a join pages p on p.id = a.page_id where a.id = ?"  # noqa: S608
    row = db.execute(sql, [article_id]).fetchone()
    if row is None:
        raise NotStoredError(f"No article has the id {article_id}.")
    facts = dict(zip((*FACTS, *PAGE), row, strict=True))
    if revision is None or revision == facts["revision"]:
        return Stored(**facts, article=load_article(db, article_id), flags=flags(db, article_id))
    old = db.execute(
        "select content, seen_at from revisions where article_id = ? and number = ?", [article_id, revision]
    ).fetchone()
    if old is None:
        raise NotStoredError(f"The article has revisions 1 to {facts['revision']}, not {revision}.")
    content, seen_at = old
    return Stored(**(facts | {"revision": revision, "last_changed": seen_at}), article=from_json(content))


def _followed(db: Database, page_id: int) -> int:
    """The page that an alias leads to in the end, whatever number of aliases is between; where they go round in a
    circle, one of them."""
    seen = set()
    while page_id not in seen:
        seen.add(page_id)
        (target,) = db.execute("select coalesce(alias_of, id) from pages where id = ?", [page_id]).fetchone()
        page_id = int(target)
    return page_id


def _opted_out(db: Database, url: str, what: str) -> str | None:
    """A sentence with `what` and the date, when the list of what was removed says so of a URL."""
    number = OptOuts.load(db).match(url)
    row = db.execute("select date(added_at), reason from optouts where id = ?", [number]).fetchone()
    return row and f"{url} {what} {row[0]}{f' ({row[1]})' if row[1] else ''}."
