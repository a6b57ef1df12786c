"""The list of sites, and a page on each: its articles, its crawls, and what failed and why."""

from dataclasses import asdict
from datetime import UTC, datetime

from datasette.utils import tilde_decode
from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.monitoring.alerts import current_alerts
from archive.monitoring.alerts.alert import Alert
from archive.monitoring.crawl_reports import HEADINGS, nonzero_names
from archive.monitoring.site_comparison import SORTS, SiteComparison, compare_sites
from archive.monitoring.site_reports import SiteReport, site_report, sites
from archive.web.formatting import web_link
from archive.web.responses import ArchiveRequest, archive_view
from archive.web.search_params import invalid_value
from archive.web.stored_words import word
from archive.web.translation import gettext
from archive.web.translation import gettext_noop as _
from archive.web.wording import language_name

SINGLE = _("Single pages")  # the name of the site '': pages crawled as single URLs


async def sites_page(request: ArchiveRequest) -> Response:
    """Return the list of sites, and how they compare."""
    sort = request.args.get("sort") or "articles"
    chosen = sort if sort in SORTS else "articles"
    found, compared = await request.read(lambda db: (sites(db), compare_sites(db, chosen)))
    context = {
        "here": "sites",
        "sites": found,
        "compared": compared,
        "sort": chosen,
        "orders": SORTS,
        "complaint": None if sort == chosen else invalid_value("sort", sort, tuple(SORTS)),
        "single": gettext(SINGLE),
    }
    return await request.html("sites.html", context)


async def sites_json(request: ArchiveRequest) -> Response:
    """Return the same as JSON, those with most articles first."""
    found, compared = await request.read(lambda db: (sites(db), compare_sites(db)))
    figures = {each.site: each for each in compared}
    return request.json(
        [asdict(site) | asdict(figures.get(site.site, SiteComparison(site=site.site, articles=0))) for site in found]
    )


async def site_page(request: ArchiveRequest) -> Response:
    """Return the page on one site."""
    name = tilde_decode(request.url_vars["site"])
    report, found = await request.read(lambda db: _read(db, name))
    context = {
        "here": "sites",
        "report": report,
        "alerts": found,
        "name": name or gettext(SINGLE),
        "languages": [(language_name(tag), tag, number) for tag, number in report.languages.items()],
        "columns": [
            (name, word(HEADINGS.get(name, name))) for name in nonzero_names(crawl.counts for crawl in report.crawls)
        ],
        "web_link": web_link,
    }
    return await request.html("site.html", context)


async def site_json(request: ArchiveRequest) -> Response:
    """Return the same as JSON."""
    name = tilde_decode(request.url_vars["site"])
    report, found = await request.read(lambda db: _read(db, name))
    return request.json(asdict(report) | {"warnings": [asdict(alert) for alert in found]})


def _read(db: Database, name: str) -> tuple[SiteReport, tuple[Alert, ...]]:
    """Return the site's report and its current alerts. Raises NotStoredError."""
    return site_report(db, name), current_alerts(db, datetime.now(UTC), site=name)


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/sites$", archive_view(sites_page)),
    (r"^/(?P<database>[^/]+)/-/sites\.json$", archive_view(sites_json)),
    (r"^/(?P<database>[^/]+)/-/site/(?P<site>[^/]*)\.json$", archive_view(site_json)),
    (r"^/(?P<database>[^/]+)/-/site/(?P<site>[^/]*)$", archive_view(site_page)),
]
