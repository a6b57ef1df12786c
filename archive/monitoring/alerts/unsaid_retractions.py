"""Alert on pages of one's own sites that lean on a retracted or doubted work and do not say so.

Own sites are those whose file has `own = true`. A page has GRACE from the notice, and from when it was first seen.
"""

from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alert, site_label
from archive.works.retraction_pages import leaning_pages

KIND = "retraction not said"
GRACE = timedelta(days=14)

OWN = "select site from site_rules where json_extract(rules, '$.own') order by site"


def alerts(db: Database, now: datetime) -> list[Alert]:
    """Return an alert for each own site with such pages."""
    last = (now - GRACE).date().isoformat()
    found = []
    for (site,) in db.execute(OWN).fetchall():
        pages = [page for page in leaning_pages(db, site=site) if page.said_at is None]
        late = [page for page in pages if (page.noticed or "") <= last and page.first_seen <= last]
        if late:
            found.append(_alert(site, len(late), late[0].url))
    return found


def _alert(site: str, number: int, url: str) -> Alert:
    pages = "1 page leans on a work that was" if number == 1 else f"{number:,} pages lean on works that were"
    says = "does" if number == 1 else "do"
    return Alert(
        kind=KIND, site=site, host=None, before=None, now=number,
        sentence=f"{site_label(site)}: {pages} retracted or doubted, and {says} not say so, such as {url}: see "
        f"healthnews retractions --pages --site {site}.",
    )  # fmt: skip
