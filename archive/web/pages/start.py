"""The start page: the archive in numbers, charts and tables, and its newest articles."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response
from datasette.views.index import IndexView
from sqlite_utils import Database

from archive.retrieval.engine import Results, search
from archive.retrieval.hits import Hit
from archive.storage.kept_counts import total
from archive.web.charts import CHARTS, NAMES, SLUG, UNKNOWN, Chart, figure_data
from archive.web.pages.search import JOINT
from archive.web.responses import ArchiveRequest, archive_request, archive_view, is_archive
from archive.web.stored_words import word
from archive.web.translation import gettext
from archive.web.wording import language_name

if TYPE_CHECKING:  # Datasette loads its plugins while it is being imported itself
    from datasette.app import Datasette

NEWEST = 8  # articles
LARGEST = 8  # sites
VEGA = ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js")  # of datasette-dashboards

NUMBERS = ("articles", "references", "works", "pages")
SPAN = "select (select min(published) from articles), (select max(published) from articles)"  # an index has each
SITES = """
select site, sum(number), (select max(published) from articles where site = counts.site) from counts
where name = 'articles' group by site having sum(number) > 0 order by 2 desc, 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """The content of the page.

    `charts` are pairs of a chart and its rows. `sites` are tuples of site, articles and date of the newest. `retracted`
    is the search for articles that cite a retracted work.
    """

    numbers: dict[str, int]
    first: str | None
    last: str | None
    sites: list[tuple[str, int, str | None]]
    retracted: Results
    newest: tuple[Hit, ...]
    charts: list[tuple[Chart, list[dict[str, Any]]]]


async def start_page(request: ArchiveRequest) -> Response:
    """Return the start page of the archive."""
    datasette = request.datasette
    dashboards = datasette.plugin_config("datasette-dashboards") or {}
    context = {
        "here": "start",
        "holdings": await request.read(read_holdings),
        "shown": LARGEST,
        "data": chart_data,
        "cell": cell,
        "vega": [datasette.urls.static_plugins("datasette_dashboards", file) for file in VEGA],
        "dashboard": datasette.urls.path(f"/-/dashboards/{SLUG}") if SLUG in dashboards else None,
        "others": [name for name in datasette.databases if name not in (request.database.name, "_internal")],
        "joint_search": datasette.urls.path(JOINT),
        "all_databases": datasette.urls.path("/-/databases-and-tables"),
    }
    return await request.html("start.html", context)


async def home(request: Request, datasette: "Datasette") -> Response:
    """Return the page at `/`: the start page of the first archive, or Datasette's own list if there is no archive."""
    for database in list(datasette.databases.values()):
        if await database.execute_fn(is_archive):
            return await start_page(await archive_request(request, datasette, database))
    return await databases_and_tables(request, datasette)


async def databases_and_tables(request: Request, datasette: "Datasette") -> Response:
    """Return Datasette's own list of databases, which is usually at `/`."""
    response: Response = await IndexView(datasette).dispatch_request(request)
    return response


def read_holdings(db: Database) -> Holdings:
    """Read everything that the page shows."""
    first, last = db.execute(SPAN).fetchone()
    return Holdings(
        numbers={name: total(db, name) for name in NUMBERS},
        first=first,
        last=last,
        sites=[tuple(row) for row in db.execute(SITES).fetchall()],
        retracted=search(db, "", retracted=True, copies=True, sort="date", limit=1),
        newest=search(db, "", sort="date", limit=NEWEST).hits,
        charts=[(chart, rows(db, chart)) for chart in CHARTS],
    )


def rows(db: Database, chart: Chart) -> list[dict[str, Any]]:
    """Return the rows of a chart, as dictionaries by column."""
    cursor = db.execute(chart.sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def chart_data(chart: Chart, figures: list[dict[str, Any]]) -> str:
    """Return the data of a chart for charts.js."""
    return figure_data(chart.display, [{name: cell(name, value) for name, value in row.items()} for row in figures])


def cell(column: str, value: Any) -> Any:
    """Return a value as it is shown: a language by its name, and the program's words in the current language."""
    if column == "language" and value != UNKNOWN:
        return language_name(value)
    if value in NAMES:
        return gettext(value)
    return word(value) if column == "outcome" else value


ROUTES = [
    (r"^/(?P<format>)$", home),
    (r"^/-/databases-and-tables(?P<format>)$", databases_and_tables),
    (r"^/(?P<database>[^/]+)/-/start$", archive_view(start_page)),
]
