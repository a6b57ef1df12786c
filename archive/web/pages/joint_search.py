"""The search page of all archives that are served together, and the same as JSON."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.utils.asgi import NotFound, Request, Response

from archive.retrieval.advice import complaints
from archive.retrieval.engine import Results
from archive.retrieval.facets import Facets
from archive.retrieval.several_archives import Archive, facets_of_several, search_several
from archive.storage.connection import snapshot
from archive.text.messages import message
from archive.web.pages.search import JOINT, as_object, hit_object, shown_search
from archive.web.responses import MAX_SECONDS, ArchiveRequest, archive_request, connect_to_read, is_archive
from archive.web.search_params import SearchParams, parse_params
from archive.web.sql_limits import time_limit

if TYPE_CHECKING:  # Datasette loads its plugins while it is being imported itself
    from datasette.app import Datasette

ONE_BY_ONE = message("Text that is no longer there is searched in one archive at a time.")


async def joint_search_page(request: Request, datasette: "Datasette") -> Response:
    """Return a page of the results of a query in all archives; with one archive, that of its own search."""
    archives = await archives_of(request, datasette)
    first = next(iter(archives.values()))
    params = parse_params(request.args)
    if len(archives) == 1:
        return Response.redirect(first.link("search") + params.query_string(page=params.page))
    results, counted, unknown = await asyncio.to_thread(find, list(archives.values()), params)
    here = datasette.urls.path(JOINT)

    def link(path: str, query: Mapping[str, str] | None = None) -> str:
        if path != "search":
            return first.link(path, query)
        return f"{here}?{urlencode(query)}" if query else here

    context = {
        **shown_search(params, results, counted, here, datasette.urls.path(f"{JOINT}.json")),
        "link": link,
        "joint": True,
        "link_of": lambda hit: archives[hit.archive].link,
        "unknown": unknown,
        "offers": [],
        "collections": None,
    }
    return await first.html("search.html", context)


async def joint_search_json(request: Request, datasette: "Datasette") -> Response:
    """Return the same as JSON; each hit has the name of its archive."""
    archives = await archives_of(request, datasette)
    first = next(iter(archives.values()))
    params = parse_params(request.args)
    results, counted, _ = await asyncio.to_thread(find, list(archives.values()), params)
    hits = [hit_object(archives[hit.archive or ""], hit) for hit in results.hits]
    return first.json(as_object(first, params, results, counted, hits, datasette.urls.path(f"{JOINT}.json")))


async def archives_of(request: Request, datasette: "Datasette") -> dict[str, ArchiveRequest]:
    """Return requests for the archives that are served, by their names. Raises NotFound, or Forbidden for one that the
    user may not see."""
    databases = [each for each in datasette.databases.values() if await each.execute_fn(is_archive)]
    if not databases:
        raise NotFound(message("This database is no health-news archive."))
    return {each.name: await archive_request(request, datasette, each) for each in databases}


def find(requests: Sequence[ArchiveRequest], params: SearchParams) -> tuple[Results, Facets, list[str]]:
    """Return a page of hits in all archives, their facets, and sentences on what no archive has."""
    filters: Any = params.to_filters()
    with ExitStack() as stack:
        archives = []
        for request in requests:
            connection = stack.enter_context(closing(connect_to_read(request.database)))
            stack.enter_context(time_limit(connection, MAX_SECONDS))
            stack.enter_context(snapshot(connection))
            archives.append(Archive(request.database.name, connection))
        results = search_several(
            archives, params.q, copies=params.all_copies, sort=params.sort, limit=params.size, offset=params.offset,
            **filters,
        )  # fmt: skip
        counted = facets_of_several(archives, params.q, **filters)
        first, *others = [complaints(each.db, params.q, filters) for each in archives]
    unknown = [sentence for sentence in first if all(sentence in other for other in others)]
    return results, counted, [*([ONE_BY_ONE] if params.past_revisions else []), *unknown]


ROUTES = [
    (rf"^{JOINT}$", joint_search_page),
    (rf"^{JOINT}\.json$", joint_search_json),
]
