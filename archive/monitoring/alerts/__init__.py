"""What an operator should look at: sites gone quiet or redesigned, certificates, robots rules, hosts that wait, crawls
that died. One sentence each, with what was and what is, and what to do.

Each kind is a function of the archive and a time in a module of its own; this is the list of them.
"""

from datetime import datetime

from sqlite_utils import Database

from archive.monitoring.alerts import (
    discovery,
    failing_articles,
    hosts,
    jobs,
    mass_disappearance,
    no_new_articles,
    yield_drop,
)
from archive.monitoring.alerts.alert import Alarm

MODULES = (jobs, discovery, failing_articles, no_new_articles, yield_drop, mass_disappearance, hosts)
FOLLOWS = ("discovery fails", "articles fail")  # from a host that waits or is closed: one cause is one alarm


def alarms(db: Database, now: datetime, *, site: str | None = None) -> tuple[Alarm, ...]:
    """Everything that should be looked at `now` (aware); with `site`, what concerns that site only."""
    found = [alarm for module in MODULES for alarm in module.alarms(db, now)]
    causes = {(alarm.site, alarm.host) for alarm in found if alarm.kind == "host waits"}
    return tuple(
        alarm
        for alarm in found
        if site in (None, alarm.site) and not (alarm.kind in FOLLOWS and (alarm.site, alarm.host) in causes)
    )
