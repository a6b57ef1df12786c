"""Alerts: what an operator should check, such as expiring certificates, failing sites and crawls that died.

Each kind of alert is a module of this package with a function `alerts(db, now) -> list[Alert]`. To add one, write the
module and add its name to MODULES.
"""

from datetime import datetime
from importlib import import_module

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alert

# In the order in which a report shows them.
MODULES = (
    "jobs",
    "blocked",
    "discovery",
    "failing_articles",
    "no_article_yet",
    "no_new_articles",
    "yield_drop",
    "mass_disappearance",
    "hosts",
    "unsaid_retractions",
)
# With one of the first kinds for a host, those of the second are left out: one cause gives one alert.
HOST_UNAVAILABLE = ("host waits", "blocked", "rate limited")
CAUSED_BY_HOST = ("discovery fails", "articles fail", "no article yet")
# And a site that another alert of these kinds speaks of is not said to have no article.
EXPLAINS = ("discovery fails", "lists nothing", "articles fail", *HOST_UNAVAILABLE)


def current_alerts(db: Database, now: datetime, *, site: str | None = None) -> tuple[Alert, ...]:
    """Return the alerts at `now` (aware), in the order of MODULES; with `site`, only those of that site."""
    found: list[Alert] = [alert for name in MODULES for alert in import_module(f"{__name__}.{name}").alerts(db, now)]
    unavailable = {(alert.site, alert.host) for alert in found if alert.kind in HOST_UNAVAILABLE}
    explained = {alert.site for alert in found if alert.kind in EXPLAINS}
    return tuple(
        alert
        for alert in found
        if not (alert.kind == "no article yet" and alert.site in explained)
        and site in (None, alert.site)
        and not (alert.kind in CAUSED_BY_HOST and (alert.site, alert.host) in unavailable)
    )
