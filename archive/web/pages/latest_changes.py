"""The page of what changed lately, with the changed passages; the same as JSON and as an Atom feed."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from datasette.utils.asgi import Response
from markupsafe import Markup, escape
from sqlite_utils import Database

from archive.articles.change_log import Change, ChangeList, latest_changes
from archive.text.diff import Piece
from archive.web.atom import NOT_XML, feed_response
from archive.web.change_params import PAGE_SIZE, ChangeParams, parse_change_params
from archive.web.responses import ArchiveRequest, archive_view
from archive.web.translation import gettext
from archive.web.translation import gettext_noop as _
from archive.web.wording import FILTER_NAMES, value_name

ENTRIES = 50  # of the feed
NAMES = {**FILTER_NAMES, "since": _("Changed since"), "until": _("Changed until"), "year": _("Published in")}
MARKS = {"removed": Markup("<del>{}</del>"), "added": Markup("<ins>{}</ins>"), "same": Markup("{}")}


async def changes_page(request: ArchiveRequest) -> Response:
    """Return a page of the changes."""
    params = parse_change_params(request.args)
    found = await request.read(lambda db: find(db, params))
    here = request.link("changes")
    context = {
        "here": "changes",
        "params": params,
        "search": params.search,
        "found": found,
        "chips": chips(params, here),
        "kept": {
            name: value
            for name, value in params.query().items()
            if name not in ("q", "since", "until", "min_size", "claims")
        },
        "page_size": PAGE_SIZE,
        "json": request.link("changes.json") + params.query_string(page=params.search.page),
        "feed": request.link("changes.atom") + params.query_string(sort="date"),
        "change_path": change_path,
    }
    return await request.html("latest_changes.html", context)


async def changes_json(request: ArchiveRequest) -> Response:
    """Return the same as JSON; docs/browsing.md describes the fields."""
    params = parse_change_params(request.args)
    found = await request.read(lambda db: find(db, params))
    next_url = request.link("changes.json") + params.query_string(page=params.search.page + 1)
    return request.json(
        {
            "query": params.search.q,
            "filters": params.search.filters,
            "min_size": params.min_size,
            "claims": params.claims,
            "sort": params.sort,
            "page": params.search.page,
            "size": PAGE_SIZE,
            "total": found.total,
            "note": found.note,
            "complaints": list(params.search.complaints),
            "changes": [
                change.as_object() | {"archive_url": request.absolute(request.link(change_path(change)))}
                for change in found.changes
            ],
            "next": request.absolute(next_url) if found.more else None,
        }
    )


async def changes_feed(request: ArchiveRequest) -> Response:
    """Return the latest changes as an Atom feed; order and paging are ignored."""
    params = parse_change_params(request.args)
    if params.search.complaints:
        return request.bad_request(params.search.complaints)
    found = await request.read(
        lambda db: latest_changes(
            db, params.search.q, params.filters, limit=ENTRIES, **(params.wanted() | {"sort": "date"})
        )
    )
    query = params.query_string(sort="date")
    context = {
        "title": feed_title(params),
        "entries": [entry(change) for change in found.changes],
        "updated": max((change.at for change in found.changes), default=None),
        "address": request.absolute(request.link("changes.atom") + query),
        "page": request.absolute(request.link("changes") + query),
    }
    return await feed_response(request, "changes_feed.xml", context)


def find(db: Database, params: ChangeParams) -> ChangeList:
    """Return the page of changes that the parameters ask for."""
    return latest_changes(db, params.search.q, params.filters, limit=PAGE_SIZE, offset=params.offset, **params.wanted())


def change_path(change: Change) -> str:
    """Return the path of the page that shows the change as a whole: the comparison, or the article if its page went."""
    if change.before is None:
        return f"article/{change.id}"
    return f"article/{change.id}/changes?from={change.before}&to={change.revision}"


def chips(params: ChangeParams, here: str) -> list[tuple[str, str, str]]:
    """Return the filters that are set, as tuples of name, value and the URL of the list without it."""
    found = [
        (gettext(NAMES[name]), value_name(name, value), here + params.query_string(**{name: ""}))
        for name, value in params.search.filters.items()
    ]
    if params.min_size:
        found.append(
            (
                gettext("Size from"),
                gettext("%(number)s characters", number=params.min_size),
                here + params.query_string(min_size=0),
            )
        )
    if params.claims:
        found.append((gettext("Claims"), gettext("touched"), here + params.query_string(claims="")))
    return found


def feed_title(params: ChangeParams) -> str:
    """Return a title that names the query and the filters."""
    filters = [f"{gettext(NAMES[name])}: {value_name(name, value)}" for name, value in params.search.filters.items()]
    first = gettext("Changes: %(query)s", query=params.search.q) if params.search.q else gettext("Changes")
    return _xml(" · ".join([first, *filters]))


def entry(change: Change) -> dict[str, Any]:
    """Return a change for the feed; its texts have no characters that XML forbids."""
    title = change.title if change.kind == "changed" else gettext("Page gone: %(title)s", title=change.title)
    return {
        "urn": uuid5(NAMESPACE_URL, f"{change.url}#{change.at}").urn,  # the same on every host that serves the archive
        "title": _xml(title),
        "url": _xml(change.url),
        "site": _xml(change.site),
        "at": change.at,
        "language": change.language,
        "path": change_path(change),
        "html": _xml(str(passages_html(change))),
    }


def passages_html(change: Change) -> Markup:
    """Return the changed passages as HTML for feed readers: removed words in <del>, added ones in <ins>."""
    paragraphs = [change.title_pieces] if change.title_pieces else []
    paragraphs += [paragraph for passage in change.passages for paragraph in passage.paragraphs]
    return Markup("").join(Markup("<p>{}</p>").format(_marked(paragraph)) for paragraph in paragraphs)


def _marked(pieces: tuple[Piece, ...]) -> Markup:
    return Markup("").join(MARKS[piece.kind].format(escape(piece.text)) for piece in pieces)


def _xml(text: str) -> str:
    return NOT_XML.sub("", text)


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/changes$", archive_view(changes_page)),
    (r"^/(?P<database>[^/]+)/-/changes\.json$", archive_view(changes_json)),
    (r"^/(?P<database>[^/]+)/-/changes\.atom$", archive_view(changes_feed)),
]
