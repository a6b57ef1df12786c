"""An Atom feed (RFC 4287) of the articles that a search finds, those stored last first."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.literature.checking.verdicts import Check
from archive.retrieval.engine import matching
from archive.storage.connection import timestamp
from archive.web.responses import POLICY, SAFE, ArchiveRequest, archive_view
from archive.web.search_params import SearchParams, parse_params
from archive.web.translation import gettext, translated
from archive.web.wording import filter_name, value_name
from archive.works.doubt_words import sentence
from archive.works.paper_links import PaperLink, paper_links
from archive.works.reference_checks import reference_checks

ENTRIES = 50
CANDIDATES = 10_000  # hits, newest by publication date, of which those stored last are taken
SUMMARY = 400  # characters of the beginning of a text
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2

COLUMNS = (
    "id", "url", "title", "site", "source", "authors", "published", "language", "first_seen", "last_changed",
    "description", "beginning",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An article in a feed; its texts have no characters that XML forbids."""

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
    papers: tuple[tuple[str, str], ...]  # what is said of each paper that it probably reports on, and its URL
    doubts: tuple[tuple[str, str], ...]  # the method of a check of a printed reference, and what contradicts


async def feed(request: ArchiveRequest) -> Response:
    """Return the feed of a search; its paging and order are ignored."""
    params = parse_params(request.args)
    if params.export_errors:
        return request.bad_request(params.export_errors)
    found = await request.read(lambda db: feed_entries(db, params))
    query = params.query_string(sort="rank", size=SearchParams().size)
    context: dict[str, Any] = {
        "entries": found,
        "title": feed_title(params),
        "updated": max((entry.updated for entry in found), default=None),
        "address": request.absolute(request.link("search.atom") + query),
        "page": request.absolute(request.link("search") + query),
    }
    return await feed_response(request, "search_feed.xml", context)


async def feed_response(request: ArchiveRequest, template: str, context: dict[str, Any]) -> Response:
    """Render the template of a feed. A feed that was never updated, `updated` None, is from now."""
    common = {"absolute": request.absolute, "link": request.link, "database": request.database.name}
    updated = context["updated"] or timestamp(datetime.now(UTC))
    body = await request.datasette.render_template(
        template, {**common, **context, "updated": updated}, request=request.raw
    )
    headers = {"Content-Security-Policy": POLICY, **SAFE}
    return Response(body, headers=headers, content_type="application/atom+xml; charset=utf-8")


def feed_entries(db: Database, params: SearchParams) -> list[FeedEntry]:
    """Return the articles that were stored last among those that the search finds."""
    ids = matching(db, params.q, copies=params.all_copies, limit=CANDIDATES, **params.to_filters())
    rows = db.execute(
        "select id, url, title, site, source, authors, published, language, first_seen, last_changed, description, "
        "substr(text, 1, ?) from articles where id in (select value from json_each(?)) "
        "order by first_seen desc, id desc limit ?",
        [SUMMARY + 1, json.dumps(ids), ENTRIES],
    ).fetchall()
    return [
        _feed_entry(dict(zip(COLUMNS, row, strict=True)), paper_links(db, row[0]), reference_checks(db, row[0]))
        for row in rows
    ]


def feed_title(params: SearchParams) -> str:
    """Return a title that names the query and the filters."""
    filters = [f"{filter_name(name)}: {value_name(name, value)}" for name, value in params.filters.items()]
    return _xml(" · ".join([params.q or gettext("New articles"), *filters]))


def _feed_entry(row: dict[str, Any], links: Sequence[PaperLink], checks: Mapping[int, Check]) -> FeedEntry:
    beginning, is_cut = row["beginning"][:SUMMARY], len(row["beginning"]) > SUMMARY
    summary = row["description"] or " ".join(beginning.split()) + ("…" if is_cut else "")
    return FeedEntry(
        id=row["id"],
        urn=uuid5(NAMESPACE_URL, row["url"]).urn,  # the same on every host that serves the archive
        url=_xml(row["url"]),
        title=_xml(row["title"]),
        site=_xml(row["site"]),
        source=row["source"] and _xml(row["source"]),
        authors=tuple(_xml(author) for author in json.loads(row["authors"])),
        published=f"{row['published']}T00:00:00Z" if row["published"] else row["first_seen"],
        updated=row["last_changed"],
        language=row["language"],
        summary=_xml(summary),
        papers=tuple(
            (
                _xml(
                    gettext("%(said)s, not printed there: %(title)s", said=translated(each.sentence), title=each.title)
                ),
                each.url,
            )
            for each in links
            if each.url and each.decision != "rejected" and (each.is_answer or each.decision)
        ),
        doubts=tuple(
            (
                each.method,
                _xml(gettext("Reference %(number)s: %(said)s", number=position + 1, said=translated(sentence(each)))),
            )
            for position, each in checks.items()
            if each.verdict == "contradicts"
        ),
    )


def _xml(text: str) -> str:
    return NOT_XML.sub("", text)


ROUTES = [(r"^/(?P<database>[^/]+)/-/search\.atom$", archive_view(feed))]
