"""The rules of site files from one job to the next: pages that a changed rule kept out are due at once."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from archive.storage.connection import timestamp, transaction

DISCOVERY = frozenset({"home", "feeds", "sitemaps", "listings", "listing_pages", "articles", "exclude"})

REREAD = """
update pages set due_at = :now, digest = null, payload = null, etag = null, last_modified = null
where site = :site and kind not in ('article', 'image') and optout_id is null
"""
# By key of the site file: the pages whose state or due time it decided.
DUE: dict[str, str] = {
    "allow_private": "state = 'refused' and reason = 'private address'",
    "noarchive": "kind = 'article' and state in ('stored', 'refused') and coalesce(directives, '') like '%noarchive%'",
    "discover_hours": "kind not in ('article', 'image')",
    "image_megabytes": "kind = 'image' and state = 'refused' and reason = 'too large'",
    "feeds": "reason = 'redirect to listing'",
    "listings": "reason = 'redirect to listing'",
}
MAKE_DUE = "update pages set due_at = :now where site = :site and optout_id is null and "
# Images that wait are fetched only while the site's file asks for images.
WAITING_IMAGES = """
update pages set due_at = iif(:wanted, :now, null) where site = :site and kind = 'image' and optout_id is null
  and state in ('new', 'failed', 'blocked')
"""
LOOK_AGAIN = """
update pages set due_at = max(:now, strftime('%Y-%m-%dT%H:%M:%f000Z', fetched_at, :days))
where site = :site and kind = 'article' and state = 'stored'
  and due_at > max(:now, strftime('%Y-%m-%dT%H:%M:%f000Z', fetched_at, :days))
"""


def apply_rules(db: Database, site: str, rules: Mapping[str, Any], now: datetime) -> list[str]:
    """Store the rules of a site file (JSON values by key); return the keys that changed since the last job.

    Pages that a changed rule refused or kept from being found are due at `now`: lists are read again in full, pages
    refused for a private address or `noarchive` are fetched again. Shorter intervals hold from the last fetch on. Of a
    site that is new, and of rules that this version added, nothing changed.
    """
    text = json.dumps(rules, ensure_ascii=False, sort_keys=True)
    with transaction(db):
        row = db.execute("select rules from site_rules where site = ?", [site]).fetchone()
        if row and row[0] == text:
            return []
        sql = (
            "insert into site_rules (site, rules, changed_at) values (?, ?, ?) on conflict (site) "
            "do update set rules = excluded.rules, changed_at = excluded.changed_at"
        )
        db.conn.execute(sql, [site, text, timestamp(now)])
        before: dict[str, Any] = json.loads(row[0]) if row else {}
        new: dict[str, Any] = json.loads(text)
        changed = [key for key in new if key in before and before[key] != new[key]]
        _make_due(db, site, frozenset(changed), new, timestamp(now))
    return changed


def _make_due(db: Database, site: str, changed: frozenset[str], rules: Mapping[str, Any], now: str) -> None:
    values = {"site": site, "now": now}
    if changed & DISCOVERY:
        db.conn.execute(REREAD, values)
    for key in sorted(changed & DUE.keys()):
        db.conn.execute(MAKE_DUE + DUE[key], values)
    if "images" in changed:
        db.conn.execute(WAITING_IMAGES, values | {"wanted": rules["images"]})
    if "look_again" in changed:
        longest = timedelta(days=max(rules["look_again"]))
        db.conn.execute(LOOK_AGAIN, values | {"days": f"+{int(longest.total_seconds())} seconds"})
