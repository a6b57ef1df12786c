"""The page of trends: how often one or two searches are met, as charts and tables; the same as JSON."""

from typing import Any

from datasette.utils.asgi import Response

from archive.retrieval.trends import BUCKETS, DATES, Trend, trend
from archive.web.charts import figure_data
from archive.web.pages.start import VEGA
from archive.web.responses import ArchiveRequest, archive_view
from archive.web.search_params import SearchParams, invalid_value, parse_params
from archive.web.translation import gettext
from archive.web.translation import gettext_noop as _
from archive.web.trend_charts import by_site, over_time
from archive.web.wording import FILTER_NAMES, filter_name, value_name

OWN = {"by": BUCKETS, "date": DATES}


async def trend_page(request: ArchiveRequest) -> Response:
    """Return the charts and tables; without a query the form only."""
    params, second, own, complaints = _parse(request.args)
    found = await request.read(lambda db: _find(db, params, second, own)) if params.q or second else None
    charts = [
        (slug, gettext(title), figure_data(*chart(found)))
        for slug, title, chart in (("time", _("Over time"), over_time), ("sites", _("By site"), by_site))
        if found and found.periods + found.sites
    ]
    query = params.query(page=1) | ({"q2": second} if second else {}) | own
    context = {
        "here": "trend",
        "params": params,
        "second": second,
        "own": own,
        "found": found,
        "charts": charts,
        "complaints": complaints,
        "filters": [(filter_name(name), value_name(name, value)) for name, value in params.filters.items()],
        "kept": params.filters,
        "json": request.link("trend.json", query),
        "vega": [request.datasette.urls.static_plugins("datasette_dashboards", file) for file in VEGA],
    }
    return await request.html("trend.html", context)


async def trend_json(request: ArchiveRequest) -> Response:
    """Return the same as JSON; docs/browsing.md describes the fields."""
    params, second, own, complaints = _parse(request.args)
    found = await request.read(lambda db: _find(db, params, second, own))
    return request.json(found.as_object() | {"filters": params.filters, "complaints": complaints})


def _find(db: Any, params: SearchParams, second: str, own: dict[str, str]) -> Trend:
    queries = [query for query in (params.q, second) if query]
    return trend(db, queries, params.to_filters(), by=own.get("by"), date=own.get("date", DATES[0]))


def _parse(parameters: Any) -> tuple[SearchParams, str, dict[str, str], list[str]]:
    """Return the search, the second query, the parameters of a trend that are set, and complaints on invalid ones."""
    params = parse_params({name: parameters.get(name) or "" for name in ("q", *FILTER_NAMES)})
    second = (parameters.get("q2") or "").strip()
    complaints, own = list(params.complaints), {}
    for name, values in OWN.items():
        if (text := (parameters.get(name) or "").strip()) in values:
            own[name] = text
        elif text:
            complaints.append(invalid_value(name, text, values))
    return params, second, own, complaints


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/trend$", archive_view(trend_page)),
    (r"^/(?P<database>[^/]+)/-/trend\.json$", archive_view(trend_json)),
]
