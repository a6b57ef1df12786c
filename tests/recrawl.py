"""A loopback site whose pages are others from one job to the next, and the archive that the jobs make of it."""

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from tests.clocks import VirtualClock
from tests.commands import run, run_under
from tests.loopback import NOWHERE, Asked, Loopback, Reply, site_file
from tests.year.site import words

Page = Reply | Callable[[Asked], Reply]
HTML = {"Content-Type": "text/html; charset=utf-8"}


def prose(name: str) -> list[str]:
    """Four paragraphs of their own for each name."""
    return [words(f"{name} {number}", 30) for number in range(4)]


def page(name: str, *more: str, title: str | None = None, head: str = "", menu: str = "", **headers: str) -> Reply:
    """An article's page, whose text and title come from `name`, with further paragraphs; `menu` is its navigation."""
    title = title or words(name, 5).rstrip(".")
    text = "".join(f"<p>{paragraph}</p>" for paragraph in (*prose(name), *more))
    nav = f"<nav><ul><li><a href='/x'>Home</a></li><li><a href='/y'>{menu}</a></li></ul></nav>" if menu else ""
    body = f"<html><head><title>{title}</title>{head}</head><body>{nav}<article><h1>{title}</h1>{text}</article></body>"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(body=f"{body}</html>".encode(), headers=HTML | named)


def to(status: int, where: str) -> Reply:
    """A redirect."""
    return Reply(status, headers={"Location": where})


def conditional(asked: Asked, reply: Reply) -> Reply:
    """304 in place of the reply, where the request's validators say that it is known."""
    tag, date = reply.headers.get("ETag"), reply.headers.get("Last-Modified")
    known, since = asked.headers.get("If-None-Match"), asked.headers.get("If-Modified-Since")
    if known is not None:
        same = known == tag
    else:
        same = bool(date and since) and parsedate_to_datetime(date or "") <= parsedate_to_datetime(since or "")
    kept = {name: value for name, value in (("ETag", tag), ("Last-Modified", date)) if value}
    return Reply(304, headers=kept) if same else reply


@dataclass(kw_only=True)
class World:
    """A site, at `stage` of its pages' stories, and a folder with an archive; `base` is the site's address.
    `elsewhere` is what it answers for all other paths but robots.txt.

    `pages` has for each path what it answers at each stage, the last one from then on. The listing /list/1 leads to
    all pages below /a/ that are there.
    """

    folder: Path
    pages: Mapping[str, Sequence[Page]]
    stage: int = 0
    base: str = ""
    clock: VirtualClock | None = None
    elsewhere: Reply = NOWHERE
    done: list[subprocess.CompletedProcess[str]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def seconds(self) -> float:
        """Return the time of the jobs in seconds."""
        return self.clock.seconds() if self.clock else time.monotonic()

    def respond(self, asked: Asked) -> Reply:
        story = self.pages.get(asked.path)
        if story is None and asked.path == "/robots.txt":
            return NOWHERE
        if story is None:
            return self._listing() if asked.path == "/list/1" else self.elsewhere
        now = story[min(self.stage, len(story) - 1)]
        return now(asked) if callable(now) and not isinstance(now, Reply) else conditional(asked, now)

    def configure(self, site: Loopback, **keys: object) -> None:
        """Writes the site's file."""
        self.base = site.url
        (self.folder / "sites").mkdir(exist_ok=True)
        (self.folder / "sites" / "loop.toml").write_text(site_file(site.url, **keys))

    def crawl(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run one job; under a virtual clock, a second after the last one."""
        if self.clock:
            self.clock.moment += timedelta(seconds=1)
        done = run_under(self.clock, "crawl", *arguments, "--sites", "sites", cwd=self.folder, **environment)
        assert "Traceback" not in done.stderr, done.stderr
        self.done.append(done)
        return done

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What the archive says; the site's address is left out of it."""
        db = sqlite3.connect(self.folder / "healthnews.db")
        found = db.execute(sql, values).fetchall()
        db.close()
        return [tuple(v.replace(self.base, "") if isinstance(v, str) else v for v in row) for row in found]

    def state(self, path: str) -> tuple[Any, ...]:
        """State and reason of a page."""
        [found] = self.rows("select state, reason from pages where url = ?", self.base + path)
        return found

    def fates(self, path: str) -> list[tuple[Any, ...]]:
        """Outcome, reason and content of each visit to a page."""
        sql = "select outcome, f.reason, content from fetches f join pages p on p.id = page_id where p.url = ?"
        return self.rows(f"{sql} order by f.id", self.base + path)

    def shown(self, path: str) -> dict[str, Any]:
        """What `show --json` says of a URL."""
        done = run("show", self.base + path, "--json", cwd=self.folder)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def shown_revision(self, path: str, number: int) -> dict[str, Any]:
        """What `show --json` says of a revision."""
        done = run("show", self.base + path, "--revision", str(number), "--json", cwd=self.folder)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def records(self, path: str) -> list[tuple[str, dict[str, str], bytes]]:
        """The answers of a path in the WARC files in their order: type, headers, body as received."""
        found = []
        for file in sorted((self.folder / "healthnews-warc").glob("*.warc.gz")):
            with file.open("rb") as stream:
                for record in ArchiveIterator(stream):
                    headers = dict(record.rec_headers.headers)
                    if headers.get("WARC-Target-URI") == self.base + path and record.rec_type != "request":
                        found.append((record.rec_type, headers, record.raw_stream.read()))
        return found

    def _listing(self) -> Reply:
        links = "".join(f'<a href="{path}">{path}</a>' for path in self.pages if path.startswith("/a/"))
        return Reply(body=f"<html><body>{links}</body></html>".encode())


@contextmanager
def crawled(
    folder: Path, pages: Mapping[str, Sequence[Page]], jobs: int, *, clock: VirtualClock | None = None, **keys: object
) -> Iterator[World]:
    """Run a job over all pages at each stage of their stories; `keys` go to the site's file. The site stays up.

    Under a clock, with a delay, a page is stored before the next one is fetched.
    """
    world = World(folder=folder, pages=pages, clock=clock)
    with Loopback(respond=world.respond, seconds=world.seconds) as site:
        world.configure(site, **keys)
        for stage in range(jobs):
            world.stage = stage
            world.crawl("--all")
        world.asked = site.asked
        yield world
