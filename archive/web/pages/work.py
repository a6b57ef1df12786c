"""The page of a work: its metadata, retraction notices, and the articles that cite it, by year."""

from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.web.formatting import text_language, work_identifiers, work_notices
from archive.web.paging import Paging, page_number
from archive.web.responses import ArchiveRequest, archive_view
from archive.works.citing import citing_years, find_work
from archive.works.models import author_line
from archive.works.queries import Citing, ListedWork, citing
from archive.works.retraction_pages import LeaningPage, leaning_pages

SIZE = 20  # articles on a page
MOST_LEANING = 100  # pages of a retracted work that are shown with whether they say so


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkView:
    """A work with a page of its citing articles. `years` maps years to numbers of articles, '' for undated ones."""

    work: ListedWork
    years: dict[str, int]
    year: str | None
    citing: list[Citing]
    paging: Paging
    leaning: list[LeaningPage]


async def work_page(request: ArchiveRequest) -> Response:
    """Return the page of the work, with a page of the articles that cite it."""
    view = await _read(request)
    work = view.work
    context = {
        "here": "works",
        "view": view,
        "work": work,
        "identifiers": work_identifiers(work.identifiers),
        "notices": work_notices(work.standing),
        "most": max(view.years.values()),
        "longest": max((page.days or 0 for page in view.leaning), default=0),
        "citing": by_year(view.citing),
        "text_language": text_language,
        "author_line": author_line,
    }
    return await request.html("work.html", context)


async def work_json(request: ArchiveRequest) -> Response:
    """Return the same as JSON: the fields of `healthnews works --json`, with the number of articles by year."""
    view = await _read(request)
    return request.json(as_object(view))


def by_year(references: list[Citing]) -> list[tuple[str, list[list[Citing]]]]:
    """Group references to a work by year ('' for undated), then by article."""
    articles = [list(each) for _, each in groupby(references, key=lambda reference: reference.id)]
    years = groupby(articles, key=lambda article: (article[0].published or "")[:4])
    return [(year, list(each)) for year, each in years]


def as_object(view: WorkView) -> dict[str, Any]:
    """Return the content of /-/work/<id>.json."""
    return asdict(view.work) | {
        "years": view.years,
        "year": view.year,
        **view.paging.as_object(),
        "cited_by": [asdict(reference) for reference in view.citing],
        "pages_on_retraction": [asdict(page) for page in view.leaning],
    }


def read_work(db: Database, work_id: int, year: str | None, page: int) -> WorkView:
    """Read everything for the page. Raises NotStoredError."""
    work = find_work(db, work_id)
    years = citing_years(db, work_id)
    total = sum(years.values()) if year is None else years.get(year, 0)
    paging = Paging(page, SIZE, total)
    references = citing(db, work_id, year=year, limit=SIZE, offset=paging.offset)
    leaning = leaning_pages(db, work_ids=[work_id])[:MOST_LEANING]
    return WorkView(work=work, years=years, year=year, citing=references, paging=paging, leaning=leaning)


async def _read(request: ArchiveRequest) -> WorkView:
    args, work_id = request.args, int(request.url_vars["id"])
    year = "" if args.get("year") == "undated" else args.get("year") or None
    return await request.read(lambda db: read_work(db, work_id, year, page_number(args.get("page"))))


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/work/(?P<id>[0-9]{1,18})$", archive_view(work_page)),
    (r"^/(?P<database>[^/]+)/-/work/(?P<id>[0-9]{1,18})\.json$", archive_view(work_json)),
]
