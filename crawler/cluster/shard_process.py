"""The crawl of one shard, in a process of its own: Twisted's reactor cannot be started twice.

`python -m crawler.cluster.shard_process FILE` reads what to do from the JSON file and writes how it ended beside it. It
ends with the process that started it: standard input is a pipe that closes then.
"""

import json
import os
import signal
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from crawler.clock import SystemClock

RESULT = ".result"  # the ending of the file that says how the crawl ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to crawl. `offset` is what the clock of the store is ahead of this machine's, in seconds, `only` the sites.

    `urls` are crawled in their place, if there are any, on hosts of the shards `borrowed` too. `timeout` is that of a
    request, in seconds.
    """

    archive: str
    place: str
    shard: int
    fences: tuple[str, ...]
    borrowed: tuple[int, ...]
    only: tuple[str, ...]
    urls: tuple[str, ...]
    refetch: bool
    minutes: float
    timeout: float
    offset: float
    sites: str | None
    contact: str | None
    allow_private: bool
    workers: int | None
    command: str

    def write(self, path: Path) -> None:
        """Write the job to a file."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the job from a file."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


class StoreClock(SystemClock):
    """The clock of the store, which all machines share: this machine's may be off."""

    def __init__(self, offset: float) -> None:
        self._offset = timedelta(seconds=offset)

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return super().now() + self._offset


def main(file: str) -> None:
    """Crawl as the file says."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from archive.errors import ArchiveError, BusyError
    from crawler.identity import ContactError
    from crawler.sites.site import SiteError

    job = Job.read(Path(file))
    try:
        result = _crawl(job)
    except (ArchiveError, BusyError, ContactError, SiteError) as error:
        result = {"problem": str(error)}
    Path(file + RESULT).write_text(json.dumps(result), encoding="utf-8")


def _crawl(job: Job) -> dict[str, object]:
    from crawler.run import crawl, settings

    made = settings(
        Path(job.archive),
        HEALTHNEWS_SITES=job.sites,
        HEALTHNEWS_MINUTES=job.minutes,
        HEALTHNEWS_CONTACT=job.contact,
        HEALTHNEWS_ALLOW_PRIVATE=job.allow_private or None,
        HEALTHNEWS_WORKERS=job.workers,
        HEALTHNEWS_COMMAND=job.command,
        HEALTHNEWS_SHARDS=job.place,
        HEALTHNEWS_SHARD=job.shard,
        HEALTHNEWS_BORROWED=list(job.borrowed),
        HEALTHNEWS_FENCES=list(job.fences),
        HEALTHNEWS_CLOCK=lambda: StoreClock(job.offset),
        DOWNLOAD_TIMEOUT=job.timeout,
        DOWNLOAD_HANDLERS=dict.fromkeys(("http", "https"), "crawler.shards.fence.FencedHandler"),
    )
    only = {"only": ",".join(job.only), "all": "1" if job.refetch else ""}
    outcome = crawl("urls", made, urls=" ".join(job.urls)) if job.urls else crawl("sites", made, **only)
    return {
        "warnings": outcome.warnings,
        "is_unfinished": outcome.is_unfinished,
        "waiting": outcome.waiting,
    }


def _end_with_parent() -> None:
    """Stop the crawl when the process that started it is gone."""
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1])
