"""The charts of an archive: each is one query, drawn by Vega-Lite on the start page and by datasette-dashboards.

All charts have the type `vega-lite`: other types of datasette-dashboards write stored titles into the page as HTML.
Kept counts answer the queries (archive.storage.kept_counts): counted from an index of 1,000,000 articles with 2,800,000
references PER_MONTH took 320 ms, LANGUAGES 70 and MOST_CITED 270.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.storage.sql import Fragment, compose
from archive.web.stored_words import word
from archive.web.translation import gettext
from archive.web.translation import gettext_noop as _
from archive.works.naming import NAME

TITLE = "Health News Archive"  # of the instance
SLUG = "health-news"  # of the dashboard, /-/dashboards/health-news
MONTHS = 60
MONTH = "%Y-%m"  # in charts, whatever the language
MONTHLY = {"field": "month", "type": "temporal", "timeUnit": "utcyearmonth"}
UNKNOWN = "unknown"  # the language of articles without one
NAMES = (_("other sites"), _("single pages"), _("unknown"))  # what the queries call what has no name
SITES = 8  # with a colour of their own; the others share one

# Of the present month, whose later days may be stated by mistake, only those up to now are counted.
PER_MONTH = compose(
    """
with past as (
  select value as month, site, number as articles from counts
  where name = 'articles' and value < strftime('%Y-%m', 'now') and number > 0
  union all
  select strftime('%Y-%m', 'now'), site, count(*) from articles indexed by articles_published
  where published between date('now', 'start of month') and date('now') group by site
), recent as (
  select month, site, articles from past
  where month >= strftime('%Y-%m', (select max(published) from articles where published <= date('now')),
    'start of month', '-{months} months')
), largest as (
  select site, row_number() over (order by sum(articles) desc, site) as place from recent group by site
  order by place limit {sites}
)
select month,
  case when place is null then 'other sites' when site = '' then 'single pages' else site end as site,
  sum(articles) as articles,
  coalesce(place, {sites} + 1) as place
from recent left join largest using (site) group by month, 4 order by month, 4
""",
    months=Fragment(MONTHS - 1),
    sites=Fragment(SITES),
)

LANGUAGES = """
select case value when '' then 'unknown' else value end as language, number as articles
from counts where name = 'languages' and number > 0 order by 2 desc, 1 limit 12
"""

# Works with the same name get their id, or a chart would draw them as one.
MOST_CITED = compose(
    """
with counted as (
  select work_id, articles from cited where articles > 0 order by articles desc, work_id limit 10
), named as (
  select w.id, w.year, counted.articles, {name} as name
  from counted join works w on w.id = counted.work_id
)
select case when count(*) over (partition by name) > 1 then name || ' #' || id else name end as work,
  articles, year, id as work_id
from named order by articles desc, id
""",
    name=NAME,
)

# A crawl writes its counts when it ends. For one that runs or was killed the fetches are counted, under the names of
# archive.monitoring.crawl_reports.COUNT_NAMES. Early versions wrote `stored` for new, changed and unchanged articles.
CRAWLS = """
with last as (
  select id, started_at, finished_at, counts from crawls order by id desc limit 20
), counted as (
  select last.id, name.key as outcome, sum(name.value) as pages
  from last, json_each(last.counts) site, json_each(site.value) name where finished_at is not null group by 1, 2
  union all
  select last.id, case
    when p.kind = 'image' then iif(f.outcome in ('read', 'unchanged'), 'images', 'images not kept')
    when f.outcome = 'unchanged' and p.kind <> 'article' then 'read'
    when f.outcome = 'stored' and f.content = 'same' then 'unchanged'
    when f.outcome = 'stored' then coalesce(f.content, 'stored')
    else f.outcome end, count(*)
  from last join fetches f on f.crawl_id = last.id join pages p on p.id = f.page_id
  where finished_at is null group by 1, 2
)
select '#' || last.id || '  ' || replace(substr(started_at, 1, 16), 'T', ' ') as started, outcome, pages
from counted join last using (id) where pages > 0 order by last.id desc, outcome
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart: its SQL, its Vega-Lite specification, and the headings of the table below it."""

    slug: str
    title: str
    sql: str
    columns: dict[str, str]
    display: dict[str, Any] = field(default_factory=dict)
    wide: bool = False


def _counts(field: str, title: str, axis: str) -> dict[str, Any]:
    """Return an axis of whole numbers; Vega's default ticks have halves when numbers are small."""
    ticks = {"expr": f"min(6, ceil(domain('{axis}')[1]))"}
    return {"field": field, "type": "quantitative", "title": title, "axis": {"tickCount": ticks, "format": ",d"}}


def _bars(y: str, heading: str, title: str) -> dict[str, Any]:
    """Return horizontal bars of numbers of articles, in the order of the rows."""
    return {
        "height": {"step": 22},
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": _counts("articles", title, "x"),
            "y": names_axis(y),
            "tooltip": [{"field": y, "title": heading}, tooltip_number("articles", title)],
        },
    }


def tooltip_number(field: str, title: str) -> dict[str, Any]:
    """Return a whole number of a tooltip."""
    return {"field": field, "type": "quantitative", "title": title, "format": ",d"}


def names_axis(field: str) -> dict[str, Any]:
    """Return an axis of names that leaves half of a narrow screen to the bars."""
    axis = {"labelLimit": {"expr": "containerSize()[0] * 0.45"}, "grid": False}
    return {"field": field, "type": "nominal", "sort": None, "title": None, "axis": axis}


def colours(field: str, **more: Any) -> dict[str, Any]:
    """Return colours with a legend in as many columns as fit."""
    columns = {"expr": "max(1, floor(containerSize()[0] / 130))"}
    legend = {"orient": "bottom", "columns": columns, "labelLimit": 110}
    return {"field": field, "type": "nominal", "title": None, "legend": legend, **more}


OUTCOME_COLOURS = {
    "new": "#2f8f9d", "changed": "#4f7fc4", "unchanged": "#8fbcc2", "stored": "#5aa6a0", "read": "#a3a8c9",
    "alias": "#9aa1a6", "no article": "#c2ae4e", "gone": "#cf8a4a", "refused": "#b5659a", "failed": "#c8453b",
    "blocked": "#8c5fb0", "images": "#7d9c5a", "images not kept": "#a88f7a",
}  # fmt: skip


CHARTS = (
    Chart(
        slug="months",
        title=_("Articles per month, by site"),
        sql=PER_MONTH,
        columns={"month": _("Month"), "site": _("Site"), "articles": _("Articles")},
        display={
            "height": 220,
            "mark": {"type": "bar"},
            "encoding": {
                "x": {**MONTHLY, "title": None, "axis": {"grid": False, "format": MONTH}},
                "y": _counts("articles", _("articles"), "y"),
                "color": colours("site", sort={"field": "place", "op": "min"}),
                "order": {"field": "place"},
                "tooltip": [
                    {**MONTHLY, "title": _("Month"), "format": MONTH},
                    {"field": "site", "title": _("Site")},
                    tooltip_number("articles", _("articles")),
                ],
            },
        },
        wide=True,
    ),
    Chart(
        slug="languages",
        title=_("Languages"),
        sql=LANGUAGES,
        columns={"language": _("Language"), "articles": _("Articles")},
        display=_bars("language", _("Language"), _("articles")),
    ),
    Chart(
        slug="works",
        title=_("Most cited works"),
        sql=MOST_CITED,
        columns={"work": _("Work"), "year": _("Year"), "articles": _("Articles")},
        display=_bars("work", _("Work"), _("articles that cite it")),
    ),
    Chart(
        slug="crawls",
        title=_("The last crawls"),
        sql=CRAWLS,
        columns={"started": _("Crawl, started (UTC)"), "outcome": _("Outcome"), "pages": _("Pages")},
        display={
            "height": {"step": 22},
            "mark": {"type": "bar"},
            "encoding": {
                "x": _counts("pages", _("pages"), "x"),
                "y": names_axis("started"),
                "color": colours(
                    "outcome", scale={"domain": list(OUTCOME_COLOURS), "range": list(OUTCOME_COLOURS.values())}
                ),
                "tooltip": [
                    {"field": "started", "title": _("Crawl, started (UTC)")},
                    {"field": "outcome", "title": _("Outcome")},
                    tooltip_number("pages", _("pages")),
                ],
            },
        },
        wide=True,
    ),
)


def figure_data(display: dict[str, Any], rows: Sequence[dict[str, Any]]) -> str:
    """Return the data for charts.js, as JSON that is safe in a script element: `<` is escaped.

    The titles in the specification are translated, and outcomes of its scale.
    """
    return json.dumps({"display": _translated(display), "rows": rows}, ensure_ascii=False).replace("<", "\\u003c")


def _translated(value: Any) -> Any:
    """Return a part of a specification with its titles in the current language."""
    if isinstance(value, list):
        return [_translated(each) for each in value]
    if not isinstance(value, dict):
        return value
    shown = {name: _translated(each) for name, each in value.items()}
    title = value.get("title")
    if isinstance(title, str):
        shown["title"] = gettext(title)
    if value.get("field") == "outcome" and "scale" in value:
        shown["scale"] = value["scale"] | {"domain": [word(outcome) for outcome in value["scale"]["domain"]]}
    return shown


def metadata(database: str) -> dict[str, Any]:
    """Return Datasette's metadata for an archive: the charts as a dashboard of datasette-dashboards."""
    charts = {
        chart.slug: {
            "title": chart.title,
            "db": database,
            "query": chart.sql.strip(),
            "library": "vega-lite",
            "display": chart.display,
        }
        for chart in CHARTS
    }
    dashboard = {
        "title": "What the archive holds",
        "description": "Every chart can be opened as SQL.",
        "charts": charts,
    }
    return {"title": TITLE, "plugins": {"datasette-dashboards": {SLUG: dashboard}}}
