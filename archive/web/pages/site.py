"""The sites, and a page on each: what is held of it, how its crawls went, what failed and why."""

from dataclasses import asdict
from datetime import UTC, datetime

from datasette.utils import tilde_decode
from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.monitoring.alerts import current_alerts
from archive.monitoring.alerts.alert import Alert
from archive.monitoring.crawl_reports import HEADINGS, nonzero_names
from archive.monitoring.site_reports import SiteReport, site_report, sites
from archive.web.formatting import web_link
from archive.web.responses import Served, archive_view
from archive.web.wording import language_name

SINGLE = "Single pages"  # how the site '' is called: pages that were crawled one by one


async def sites_page(served: Served) -> Response:
    """The list of sites."""
    context = {"here": "sites", "sites": await served.read(sites), "single": SINGLE}
    return await served.html("sites.html", context)


async def sites_json(served: Served) -> Response:
    """The same for programs."""
    return served.json([asdict(site) for site in await served.read(sites)])


async def site_page(served: Served) -> Response:
    """The report on one site."""
    name = tilde_decode(served.request.url_vars["site"])
    report, found = await served.read(lambda db: _look(db, name))
    context = {
        "here": "sites",
        "report": report,
        "alerts": found,
        "name": name or SINGLE,
        "languages": [(language_name(tag) or "unknown", tag, number) for tag, number in report.languages.items()],
        "columns": [
            (name, HEADINGS.get(name, name)) for name in nonzero_names(crawl.counts for crawl in report.crawls)
        ],
        "web_link": web_link,
    }
    return await served.html("site.html", context)


async def site_json(served: Served) -> Response:
    """The same for programs."""
    name = tilde_decode(served.request.url_vars["site"])
    report, found = await served.read(lambda db: _look(db, name))
    return served.json(asdict(report) | {"warnings": [asdict(alert) for alert in found]})


def _look(db: Database, name: str) -> tuple[SiteReport, tuple[Alert, ...]]:
    """The site's report, and what needs a look on it now. Raises NotStoredError."""
    return site_report(db, name), current_alerts(db, datetime.now(UTC), site=name)


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/sites$", archive_view(sites_page)),
    (r"^/(?P<database>[^/]+)/-/sites\.json$", archive_view(sites_json)),
    (r"^/(?P<database>[^/]+)/-/site/(?P<site>[^/]*)\.json$", archive_view(site_json)),
    (r"^/(?P<database>[^/]+)/-/site/(?P<site>[^/]*)$", archive_view(site_page)),
]
