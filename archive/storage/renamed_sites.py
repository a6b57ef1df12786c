"""Sites whose file was renamed between two jobs: what the archive has under the old name goes on under the new one."""

import json
from collections.abc import Mapping

from sqlite_utils import Database

from archive.storage.connection import transaction
from archive.storage.sql import compose
from archive.urls.canonical import canonical_url

KNOWN = "select site, json_extract(rules, '$.home') from site_rules where json_extract(rules, '$.home') is not null"
TABLES = ("pages", "articles", "blocks", "site_rules")  # a trigger of `articles` keeps `superseded` in step
# A finished crawl's counts by site: what its report and the site's show.
COUNTS = """
update crawls set counts = json_remove(json_set(counts, :new, json_extract(counts, :old)), :old)
where json_type(counts, :old) is not null
"""


def adopt_renamed(db: Database, homes: Mapping[str, str]) -> dict[str, str]:
    """Rename the sites whose file has another name than at the last job; return the new names by the old ones.

    `homes` are the home pages of all configured sites by name. A site is renamed if no file has its name any more, and
    exactly one file of a name without pages has its home page.
    """
    left = {site: canonical_url(home) for site, home in db.execute(KNOWN).fetchall() if site not in homes}
    came = {site: canonical_url(home) for site, home in homes.items() if left and not _has_pages(db, site)}
    names = {}
    for home in {*left.values()}:
        olds, news = ([site for site, its in group.items() if its == home] for group in (left, came))
        if len(olds) == len(news) == 1:
            names[olds[0]] = news[0]
    with transaction(db):
        for old, new in names.items():
            _rename(db, old, new)
    return names


def _has_pages(db: Database, site: str) -> bool:
    return db.execute("select 1 from pages where site = ? limit 1", [site]).fetchone() is not None


def _rename(db: Database, old: str, new: str) -> None:
    db.conn.execute("delete from site_rules where site = ?", [new])
    for table in TABLES:
        db.conn.execute(compose("update {table} set site = ? where site = ?", table=table), [new, old])
    db.conn.execute(COUNTS, {"old": f"$.{json.dumps(old)}", "new": f"$.{json.dumps(new)}"})
