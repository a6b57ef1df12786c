"""No crawl waits for Scrapy's heartbeat, which calls the engine every five seconds: it is told when there is something
to do."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import PATIENCE, environment
from tests.loopback import Loopback, Reply
from tests.recrawl import Page, World, page, to

WITHOUT_HEARTBEAT = """
from scrapy.core.engine import ExecutionEngine
ExecutionEngine._SLOT_HEARTBEAT_INTERVAL = 1e6
from crawler.cli.main import main
main()
"""
ROBOTS = "/robots.txt"
RULES = Reply(body=b"User-agent: *\nDisallow: /b/\n", headers={"Content-Type": "text/plain"})
ARTICLES: dict[str, list[Page]] = {f"/a/{number}": [page(f"article {number}")] for number in range(3)}

STORIES: dict[str, dict[str, list[Page]]] = {
    "rules that move on their host": {ROBOTS: [to(302, "/rules.txt")], "/rules.txt": [RULES], **ARTICLES},
    "rules that cannot be read": {ROBOTS: [Reply(500)], **ARTICLES},
    "rules that cannot be read any more": {ROBOTS: [RULES, Reply(503)], **ARTICLES},
    "redirects that are not followed": {**ARTICLES, "/a/home": [to(302, "/")], "/a/forbidden": [to(302, "/b/1")]},
    "a host that asks for patience": {**ARTICLES, "/a/busy": [Reply(429, headers={"Retry-After": "7200"})]},
    "pages that are gone": {path: [*story, Reply(404)] for path, story in ARTICLES.items()},
    "pages that may be gone": {path: [*story, page("an error")] for path, story in ARTICLES.items()},
}


QUICK = ("rules that move on their host", "rules that cannot be read")


CASES = [pytest.param(name, id=name, marks=[] if name in QUICK else pytest.mark.slow) for name in STORIES]


@pytest.mark.parametrize("story", CASES)
def test_a_crawl_ends_without_the_heartbeat(tmp_path: Path, story: str) -> None:
    world = World(folder=tmp_path, pages=STORIES[story])
    command = [sys.executable, "-c", WITHOUT_HEARTBEAT, "crawl", "--all", "--sites", "sites"]
    with Loopback(respond=world.respond, seconds=world.seconds) as site:
        world.configure(site)
        for stage in range(max(map(len, world.pages.values()))):
            world.stage = stage
            # The time is more than a slow machine needs: a crawl that waits for the heartbeat does not end.
            done = subprocess.run(
                command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=PATIENCE
            )
            assert "Traceback" not in done.stderr, done.stderr
    assert world.rows("select distinct outcome from crawls") == [("finished",)]
