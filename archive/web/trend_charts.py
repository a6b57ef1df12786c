"""The charts of a trend: the shares over time and by site, for Vega-Lite."""

from typing import Any

from archive.retrieval.trends import Trend, TrendRow
from archive.web.charts import MONTH, colours, names_axis, tooltip_number
from archive.web.translation import gettext
from archive.web.translation import gettext_noop as _

SITES = 12  # that the chart shows; the table has all
_SHARE: dict[str, Any] = {
    "field": "share", "type": "quantitative", "title": _("share of articles"),
    "axis": {"format": ".1~%", "tickCount": 5},
}  # fmt: skip
_TOOLTIP = [
    {"field": "query", "title": _("search")}, tooltip_number("hits", _("hits")),
    tooltip_number("archived", _("articles")), {"field": "share", "title": _("share"), "format": ".2%"},
]  # fmt: skip


def over_time(found: Trend) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the specification and the rows of the lines of shares over time."""
    unit, shown, title = ("utcyearmonth", MONTH, _("Month")) if found.by == "month" else ("utcyear", "%Y", _("Year"))
    period = {"field": "name", "type": "temporal", "timeUnit": unit}
    display = {
        "height": 240,
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {**period, "title": None, "axis": {"grid": False, "format": shown}},
            "y": _SHARE,
            "color": colours("query", scale={"domain": list(dict.fromkeys(found.queries))}),
            "tooltip": [{**period, "title": title, "format": shown}, *_TOOLTIP],
        },
    }
    return display, _rows(found, found.periods)


def by_site(found: Trend) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the specification and the rows of the bars of shares by site."""
    display = {
        "height": {"step": 14 if len(found.queries) > 1 else 22},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": _SHARE,
            "y": names_axis("name"),
            "yOffset": {"field": "query", "sort": None},
            "color": colours("query", scale={"domain": list(dict.fromkeys(found.queries))}),
            "tooltip": [{"field": "name", "title": _("Site")}, *_TOOLTIP],
        },
    }
    return display, _rows(found, found.sites[:SITES])


def _rows(found: Trend, rows: tuple[TrendRow, ...]) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name or gettext("single pages"),
            "query": query,
            "hits": hits,
            "archived": row.archived,
            "share": round(share, 5),
        }
        for row in rows
        for query, hits, share in zip(found.queries, row.hits, row.shares, strict=True)
    ]
