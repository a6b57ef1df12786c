"""The tdmrep.json files of a crawl: fetched after articles of their origin were stored, once a day at most.

Most sites have none: that there is none is remembered for a week.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.articles.tdmrep import MalformedError, Rule, read_rules
from archive.storage.connection import timestamp
from archive.storage.hosts import TdmrepFile, load_tdmrep, save
from archive.urls.canonical import host_of
from crawler.policy.robots import FRESH, origin_of
from crawler.politeness.outcomes import Outcome

LARGEST = 1024 * 1024  # bytes, decompressed
MISSING = ("http 404", "http 410")  # reasons that say that there is no file …
MISSING_FRESH = timedelta(days=7)  # … and how long that is believed
WITHOUT_RULES = (*MISSING, "too large")  # reasons for which the rules that were read before are dropped


class TdmrepFiles:
    """Which files are to be fetched, and what was received."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._articles: dict[str, Counter[str]] = {}  # by host: articles stored by origin since its file was looked at
        self._fetching: set[str] = set()

    def count_article(self, url: str) -> None:
        """Note that an article with that URL was stored."""
        self._articles.setdefault(host_of(url), Counter())[origin_of(url)] += 1

    def hosts(self) -> list[str]:
        """Return the hosts with articles stored whose file was not looked at since."""
        return list(self._articles)

    def next_origin(self, host: str, now: datetime, articles: int) -> str | None:
        """Return an origin of the host whose file is to be fetched: so many articles of it were stored, and the
        last answer for its file is too old."""
        counted = self._articles.get(host, Counter())
        for origin in [origin for origin, number in counted.items() if number >= articles]:
            del counted[origin]
            if not counted:
                del self._articles[host]
            if origin not in self._fetching and not self._is_fresh(origin, now):
                return origin
        return None

    def begin_fetch(self, origin: str) -> tuple[str | None, str | None]:
        """Note that the origin's file is being fetched; return the stored file's ETag and Last-Modified."""
        self._fetching.add(origin)
        file = load_tdmrep(self.db, origin)
        return (file.etag, file.last_modified) if file and file.reason is None else (None, None)

    def abandon(self, origin: str) -> None:
        """Note that the request for the origin's file was not sent."""
        self._fetching.discard(origin)

    def store_response(
        self,
        origin: str,
        status: int,
        body: bytes,
        headers: Mapping[str, str | None],
        outcome: Outcome | None,
        now: datetime,
    ) -> None:
        """Store a response; `outcome` is that of its status, None where the body is the file."""
        before = load_tdmrep(self.db, origin)
        if status == 304 and before and before.reason is None:
            before.fetched_at, before.status = timestamp(now), status
            self._save(before)
        elif outcome:
            self.store_failure(origin, outcome._replace(reason=outcome.reason or f"http {status}"), now, status)
        else:
            self._save(_read(origin, status, body, headers, now))

    def store_failure(self, origin: str, outcome: Outcome, now: datetime, status: int | None = None) -> None:
        """Store that the file was not read: its last rules stay, unless there is no file any more."""
        file = load_tdmrep(self.db, origin) or TdmrepFile(origin=origin, fetched_at="")
        file.fetched_at, file.status, file.reason = timestamp(now), status, outcome.reason
        if outcome.reason in WITHOUT_RULES:
            file.rules, file.etag, file.last_modified = "[]", None, None
        self._save(file)

    def _is_fresh(self, origin: str, now: datetime) -> bool:
        file = load_tdmrep(self.db, origin)
        if file is None:
            return False
        age = now - datetime.fromisoformat(file.fetched_at)  # negative where the clock was wrong
        return timedelta() <= age < (MISSING_FRESH if file.reason in MISSING else FRESH)

    def _save(self, file: TdmrepFile) -> None:
        self._fetching.discard(file.origin)
        save(self.db, file)


def _read(origin: str, status: int, body: bytes, headers: Mapping[str, str | None], now: datetime) -> TdmrepFile:
    rules, reason = list[Rule](), None
    try:
        rules = read_rules(body)
    except MalformedError:
        reason = "malformed"
    return TdmrepFile(
        origin=origin,
        fetched_at=timestamp(now),
        status=status,
        reason=reason,
        rules=json.dumps(rules),
        etag=headers["ETag"],
        last_modified=headers["Last-Modified"],
    )
