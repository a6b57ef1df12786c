"""An Atom feed (RFC 4287) of the articles that a search finds, those newest in the archive first."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.retrieval.engine import matching
from archive.storage.connection import timestamp
from archive.web.responses import POLICY, SAFE, Served, archive_view
from archive.web.search_params import Asked, read
from archive.web.wording import NAMES, value_name

ENTRIES = 50
CONSIDERED = 10_000  # hits, newest by publication, among which those that came last into the archive are looked for
SUMMARY = 400  # characters of the beginning of a text
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2

COLUMNS = (
    "id", "url", "title", "site", "source", "authors", "published", "language", "first_seen", "last_changed",
    "description", "beginning",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a feed; texts hold no character that XML has no way to write."""

    id: int
    urn: str
    url: str
    title: str
    site: str
    source: str | None
    authors: tuple[str, ...]
    published: str
    updated: str
    language: str | None
    summary: str


async def feed(served: Served) -> Response:
    """The feed of a search: paging and order of the page do not matter."""
    asked = read(served.request.args)
    if asked.misfits:
        return served.refusal(asked.misfits)
    found = await served.read(lambda db: entries(db, asked))
    query = asked.query_string(sort="rank", size=Asked().size)
    context: dict[str, Any] = {
        "entries": found,
        "title": feed_title(asked),
        "updated": max((entry.updated for entry in found), default=timestamp(datetime.now(UTC))),
        "address": served.absolute(served.link("search.atom") + query),
        "page": served.absolute(served.link("search") + query),
        "absolute": served.absolute,
        "link": served.link,
        "database": served.database.name,
    }
    body = await served.datasette.render_template("search_feed.xml", context, request=served.request)
    headers = {"Content-Security-Policy": POLICY, **SAFE}
    return Response(body, headers=headers, content_type="application/atom+xml; charset=utf-8")


def entries(db: Database, asked: Asked) -> list[Entry]:
    """The articles that the archive got last, of those that the search finds."""
    ids = matching(db, asked.q, copies=asked.every_copy, limit=CONSIDERED, **asked.narrowing())
    rows = db.execute(
        "select id, url, title, site, source, authors, published, language, first_seen, last_changed, description, "
        "substr(text, 1, ?) from articles where id in (select value from json_each(?)) "
        "order by first_seen desc, id desc limit ?",
        [SUMMARY + 1, json.dumps(ids), ENTRIES],
    ).fetchall()
    return [_entry(dict(zip(COLUMNS, row, strict=True))) for row in rows]


def feed_title(asked: Asked) -> str:
    """What the feed is about, in a line."""
    narrowed = [f"{NAMES[name]}: {value_name(name, value)}" for name, value in asked.filters.items()]
    return _xml(" · ".join([asked.q or "New articles", *narrowed]))


def _entry(row: dict[str, Any]) -> Entry:
    beginning, goes_on = row["beginning"][:SUMMARY], len(row["beginning"]) > SUMMARY
    summary = row["description"] or " ".join(beginning.split()) + ("…" if goes_on else "")
    return Entry(
        id=row["id"],
        urn=uuid5(NAMESPACE_URL, row["url"]).urn,  # the same on whatever host the archive is served
        url=_xml(row["url"]),
        title=_xml(row["title"]),
        site=_xml(row["site"]),
        source=row["source"] and _xml(row["source"]),
        authors=tuple(_xml(author) for author in json.loads(row["authors"])),
        published=f"{row['published']}T00:00:00Z" if row["published"] else row["first_seen"],
        updated=row["last_changed"],
        language=row["language"],
        summary=_xml(summary),
    )


def _xml(text: str) -> str:
    return NOT_XML.sub("", text)


ROUTES = [(r"^/(?P<database>[^/]+)/-/search\.atom$", archive_view(feed))]
