"""What a crawl on a cluster is to do, and how it ended."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to crawl, and how.

    `place` is that of the shards, `turn` the minutes that a worker crawls a shard before it gives it back, `minutes`
    those of all (None: until nothing is due), `seconds` those of a lease. `shards` is their number where there are none
    yet; None: by the number of workers. `only` are the names of the sites, None for all.
    """

    archive: Path
    place: str
    sites_folder: Path | None = None
    only: tuple[str, ...] | None = None
    refetch: bool = False
    minutes: float | None = None
    turn: float = 10.0
    seconds: float = 120.0
    shards: int | None = None
    contact: str | None = None
    allow_private: bool = False
    workers: int | None = None
    command: str = ""


@dataclass(slots=True, kw_only=True)
class Result:
    """How a crawl ended: the number of shards and of turns, what the merges counted, and sentences about problems.

    `is_unfinished` says that pages are due that were not crawled.
    """

    shards: int = 0
    turns: int = 0
    pages: Counter[str] = field(default_factory=Counter)
    articles: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    interrupted: bool = False
    is_unfinished: bool = False
