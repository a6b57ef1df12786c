"""Finding a stored article by URL or id, and everything the archive knows of it."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from archive.article import Article
from archive.records import from_json, load_article, to_json
from archive.retractions import Flag, flags

FACTS = ("id", "site", "revision", "first_seen", "last_changed", "extractor")


class NotStoredError(LookupError):
    """What was asked for is not in the archive; the message is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An article as the archive holds it; `flags` warn of its references (of the newest revision's only)."""

    id: int
    site: str
    revision: int
    first_seen: str
    last_changed: str
    extractor: str
    article: Article
    flags: tuple[Flag, ...] = ()

    def as_object(self) -> dict[str, Any]:
        """For JSON: the archive's facts, the article with the field names of the types, and the flags."""
        facts = {name: getattr(self, name) for name in FACTS}
        content: dict[str, Any] = json.loads(to_json(self.article))
        return facts | content | {"flags": [asdict(flag) for flag in self.flags]}


def find_article(db: Database, wanted: str) -> int:
    """The id of the article with that id or URL, aliases followed. Raises NotStoredError."""
    if wanted.isdecimal():
        row = db.execute("select id from articles where id = ?", [int(wanted)]).fetchone()
        if row:
            return int(row[0])
        raise NotStoredError(f"No article has the id {wanted}.")
    row = db.execute("select id, state, reason, alias_of from pages where url = ?", [wanted]).fetchone()
    if row is None:
        raise NotStoredError(f"{wanted} is not in the archive: crawl it first.")
    page_id, state, reason, alias_of = row
    article = db.execute("select id from articles where page_id = ?", [alias_of or page_id]).fetchone()
    if article is None:
        why = f"{state}, {reason}" if reason else state
        raise NotStoredError(f"{wanted} is known, but no article is stored of it ({why}).")
    return int(article[0])


def load(db: Database, article_id: int, revision: int | None = None) -> Stored:
    """The article with that id, as of `revision` (None: the newest). Raises NotStoredError."""
    row = db.execute(f"select {', '.join(FACTS)} from articles where id = ?", [article_id]).fetchone()  # noqa: S608
    if row is None:
        raise NotStoredError(f"No article has the id {article_id}.")
    facts = dict(zip(FACTS, row, strict=True))
    if revision is None or revision == facts["revision"]:
        return Stored(**facts, article=load_article(db, article_id), flags=flags(db, article_id))
    old = db.execute(
        "select content from revisions where article_id = ? and number = ?", [article_id, revision]
    ).fetchone()
    if old is None:
        raise NotStoredError(f"The article has revisions 1 to {facts['revision']}, not {revision}.")
    return Stored(**(facts | {"revision": revision}), article=from_json(old[0]))
