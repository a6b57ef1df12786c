"""Archives made from lists of events, whole or split into shards, to be merged."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.article import Article
from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.operations.canonical import canonical_lines
from archive.operations.merge import merge
from archive.operations.takedown import remove
from archive.storage.connection import timestamp, transaction
from archive.storage.crawls import finish_crawl, start_crawl
from archive.storage.database import open_archive
from archive.storage.exclusions import Exclusion
from archive.storage.frontier import NewPage, add_pages
from archive.storage.hosts import Host, RobotsFile, save
from archive.storage.redaction import redact_pending
from tests.archives import a_reference, an_article, due_page, make_archive, titled

WHEN = datetime(2024, 6, 1, tzinfo=UTC)
SENTENCES = (
    "IL-10 rose in both patients of the trial. ",
    "干细胞治疗硬皮病的研究表明两例患者好转。",
    "A third text of its own words. ",
)


@dataclass(frozen=True)
class Event:
    """What a crawl meets: at a time (seconds), on page `number` of a host; `variant` is which content it has."""

    at: int
    host: int
    number: int
    kind: str
    variant: int = 0

    @property
    def url(self) -> str:
        """The page's address."""
        return url_of(self.host, self.number)

    @property
    def time(self) -> str:
        """The time as the archive stores it."""
        return timestamp(WHEN + timedelta(seconds=self.at))


def url_of(host: int, number: int) -> str:
    """The address of a page."""
    return f"https://h{host}.example/{number}"


def article_of(event: Event) -> Article:
    """The article of a page: some hosts share texts, and all share works."""
    text = "\n\n".join(SENTENCES[(event.variant + event.number) % 3] * 20 + f"Line {line}." for line in range(2))
    references = (
        a_reference(doi=f"10.5555/{event.variant}", pmid=None, pmcid=None, raw=f"[1] Work {event.variant}."),
        titled(title=f"A title that several pages print {event.number}", doi=f"10.5555/t{event.number}"),
        titled(title=f"A title that several pages print {event.number}"),
    )
    return an_article(
        url=event.url, title=f"Article {event.number} of {event.variant}", text=text, references=references,
        citations=(), views=event.at,
    )  # fmt: skip


def apply(db: Database, crawl_id: int, event: Event) -> None:
    """Record the event as a crawl does."""
    new = partial(NewPage, host=f"h{event.host}.example", site=f"site{event.host % 2}")
    add_pages(db, [new(url=event.url)], event.time)
    (page_id,) = db.execute("select id from pages where url = ?", [event.url]).fetchone()
    page = replace(due_page(page_id, event.url), site=f"site{event.host % 2}")
    later = timestamp(WHEN + timedelta(days=1, seconds=event.at))
    base: dict[str, Any] = {
        "page": page, "url": event.url, "fetched_at": event.time, "due_at": later, "status": 200, "seconds": 0.5,
        "outcome": event.kind,
    }  # fmt: skip
    if event.kind == "stored":
        digest = f"d{event.number}{event.variant}"
        article = article_of(event)
        base |= {"article": article, "digest": digest, "payload": digest, "etag": f'"{digest}"', "size": 100}
    elif event.kind == "moved":
        target = new(url=url_of(event.host, event.number + 10))
        article = article_of(replace(event, number=event.number + 10))
        base |= {"outcome": "stored", "article": article, "url": target.url, "target": target, "alias_due_at": later}
    elif event.kind == "read":
        links = [new(url=url_of(event.host, number), link_title=f"Link {number}", due_at=later) for number in range(4)]
        base |= {"discovered": tuple(links)}
    elif event.kind == "gone":
        base |= {"status": 404, "reason": "http 404"}
    elif event.kind == "failed":
        base |= {"status": None, "reason": "timeout", "detail": "It took too long."}
    elif event.kind == "no article":
        base |= {"reason": "no text", "digest": f"n{event.number}"}
    record(db, crawl_id, FetchResult(**base))
    with transaction(db):
        host = f"h{event.host}.example"
        save(db, Host(host=host, ready_at=event.time, day=event.time[:10], asked=event.at))
        save(db, RobotsFile(origin=f"https://{host}", fetched_at=event.time, body=f"# {event.at // 100}"))


def make(path: Path, events: Iterable[Event], excluded: Sequence[Exclusion] = ()) -> Path:
    """Make an archive of the events, in the order of time, by one crawl; then remove what is excluded."""
    make_archive(path)
    with closing(open_archive(path)) as db:
        crawl_id = start_crawl(db, now=timestamp(WHEN), pid=1, command="crawl")
        for event in sorted(events, key=lambda event: event.at):
            apply(db, crawl_id, event)
        finish_crawl(db, crawl_id, now=timestamp(WHEN + timedelta(days=1)), outcome="finished", counts={})
        if excluded:
            folder = path.with_name(f"{path.stem}-warc")
            later = timestamp(WHEN + timedelta(days=2))
            remove(db, folder, excluded, reason="On request", now=later, progress=lambda *_: None)
            redact_pending(db, folder)
    return path


def merged(path: Path, *sources: Path) -> Path:
    """Merge the archives into a new one."""
    merge(path, sources)
    return path


def lines(path: Path) -> list[str]:
    """What the archive holds."""
    with closing(open_archive(path)) as db:
        return canonical_lines(db)


def differences(expected: list[str], found: list[str]) -> list[str]:
    """What only one of the two has."""
    return [f"- {line}" for line in expected if line not in found] + [
        f"+ {line}" for line in found if line not in expected
    ]
