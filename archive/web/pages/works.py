"""The list of cited works, most cited first, with a search box."""

from dataclasses import asdict

from datasette.utils.asgi import Response

from archive.web.formatting import text_language, work_identifiers
from archive.web.paging import Paging, page_number
from archive.web.responses import Served, archive_view
from archive.works.citing import WorkList, list_works

SIZE = 25  # works on a page
LONGEST = 400  # characters of a query that are looked at


async def works_page(served: Served) -> Response:
    """A page of the works that the query and the filter mean."""
    query, retracted, found, paging = await _read(served)
    context = {
        "here": "works",
        "query": query,
        "retracted": retracted,
        "works": [(work, work_identifiers(work.identifiers)) for work in found.works],
        "paging": paging,
        "text_language": text_language,
    }
    return await served.html("works.html", context)


async def works_json(served: Served) -> Response:
    """The same for programs."""
    query, retracted, found, paging = await _read(served)
    answer = {"query": query, "retracted": retracted, **paging.as_object(), "works": list(map(asdict, found.works))}
    return served.json(answer)


async def _read(served: Served) -> tuple[str, bool, WorkList, Paging]:
    args = served.request.args
    query, retracted = (args.get("q") or "")[:LONGEST], args.get("retracted") == "yes"
    page = page_number(args.get("page"))
    found = await served.read(
        lambda db: list_works(db, query, retracted=retracted, limit=SIZE, offset=(page - 1) * SIZE)
    )
    return query, retracted, found, Paging(page, SIZE, found.total)


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/works$", archive_view(works_page)),
    (r"^/(?P<database>[^/]+)/-/works\.json$", archive_view(works_json)),
]
