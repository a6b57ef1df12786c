"""The list of cited works, most cited first, with a search box."""

from dataclasses import asdict

from datasette.utils.asgi import Response

from archive.web.formatting import text_language, work_identifiers
from archive.web.paging import Paging, page_number
from archive.web.responses import ArchiveRequest, archive_view
from archive.works.citing import WorkList, list_works
from archive.works.models import author_line

SIZE = 25  # works on a page
MAX_QUERY = 400  # characters of a query that are used


async def works_page(request: ArchiveRequest) -> Response:
    """Return a page of the works that match the query and the filter."""
    query, retracted, found, paging = await _read(request)
    context = {
        "here": "works",
        "query": query,
        "retracted": retracted,
        "works": [(work, work_identifiers(work.identifiers)) for work in found.works],
        "paging": paging,
        "text_language": text_language,
        "author_line": author_line,
    }
    return await request.html("works.html", context)


async def works_json(request: ArchiveRequest) -> Response:
    """Return the same as JSON."""
    query, retracted, found, paging = await _read(request)
    content = {"query": query, "retracted": retracted, **paging.as_object(), "works": list(map(asdict, found.works))}
    return request.json(content)


async def _read(request: ArchiveRequest) -> tuple[str, bool, WorkList, Paging]:
    args = request.args
    query, retracted = (args.get("q") or "")[:MAX_QUERY], args.get("retracted") == "yes"
    page = page_number(args.get("page"))
    found = await request.read(
        lambda db: list_works(db, query, retracted=retracted, limit=SIZE, offset=(page - 1) * SIZE)
    )
    return query, retracted, found, Paging(page, SIZE, found.total)


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/works$", archive_view(works_page)),
    (r"^/(?P<database>[^/]+)/-/works\.json$", archive_view(works_json)),
]
