"""A cited publication: what is known of it, what became of it, and every article that cites it, by year."""

from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.web.formatting import text_language, work_identifiers, work_notices
from archive.web.paging import Paging, page_number
from archive.web.responses import Served, archive_view
from archive.works.citing import citing_years, find_work
from archive.works.queries import Citing, Listed, citing

SIZE = 20  # articles on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReading:
    """A work with a page of those who cite it. `years` counts the articles by year, '' the undated."""

    work: Listed
    years: dict[str, int]
    year: str | None
    citing: list[Citing]
    paging: Paging


async def work_page(served: Served) -> Response:
    """The work, and a page of the articles that cite it."""
    reading = await _read(served)
    work = reading.work
    context = {
        "here": "works",
        "reading": reading,
        "work": work,
        "identifiers": work_identifiers(work.identifiers),
        "notices": work_notices(work.standing),
        "most": max(reading.years.values()),
        "citing": by_year(reading.citing),
        "text_language": text_language,
    }
    return await served.html("work.html", context)


async def work_json(served: Served) -> Response:
    """The same for programs: the fields of `healthnews works --json`, with the number of articles by year."""
    reading = await _read(served)
    return served.json(as_object(reading))


def by_year(references: list[Citing]) -> list[tuple[str, list[list[Citing]]]]:
    """References to a work by year ('' without), and those of one article together."""
    articles = [list(each) for _, each in groupby(references, key=lambda reference: reference.id)]
    years = groupby(articles, key=lambda article: (article[0].published or "")[:4])
    return [(year, list(each)) for year, each in years]


def as_object(reading: WorkReading) -> dict[str, Any]:
    """The answer of /-/work/<id>.json."""
    return asdict(reading.work) | {
        "years": reading.years,
        "year": reading.year,
        **reading.paging.as_object(),
        "cited_by": [asdict(reference) for reference in reading.citing],
    }


def read_work(db: Database, work_id: int, year: str | None, page: int) -> WorkReading:
    """Everything for the page. Raises NotStoredError."""
    work = find_work(db, work_id)
    years = citing_years(db, work_id)
    total = sum(years.values()) if year is None else years.get(year, 0)
    paging = Paging(page, SIZE, total)
    references = citing(db, work_id, year=year, limit=SIZE, offset=paging.offset)
    return WorkReading(work=work, years=years, year=year, citing=references, paging=paging)


async def _read(served: Served) -> WorkReading:
    args, work_id = served.request.args, int(served.request.url_vars["id"])
    year = "" if args.get("year") == "undated" else args.get("year") or None
    return await served.read(lambda db: read_work(db, work_id, year, page_number(args.get("page"))))


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/work/(?P<id>[0-9]{1,18})$", archive_view(work_page)),
    (r"^/(?P<database>[^/]+)/-/work/(?P<id>[0-9]{1,18})\.json$", archive_view(work_json)),
]
