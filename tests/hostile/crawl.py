"""One crawl of hostile sites beside good ones, in a process of its own whose memory is sampled."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

from crawler.settings import DOWNLOADER_MIDDLEWARES
from tests import impatience
from tests.commands import environment
from tests.hostile.case import Case
from tests.hostile.server import RawSite, reply, site_of_paths
from tests.loopback import linked_site, site_file

ROOT = Path(__file__).parent.parent.parent
INTERVAL = 0.05  # seconds between two samples of memory
GOOD = 40  # articles of the good site


class Result(NamedTuple):
    """What a crawl left: the folder, its output, the sites by name, and the most memory of all its processes in MB."""

    folder: Path
    output: str
    sites: dict[str, RawSite]
    peak: float
    seconds: float

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Return what the archive says."""
        with closing(sqlite3.connect(self.folder / "healthnews.db")) as db:
            return db.execute(sql, values).fetchall()

    def outcome(self, case: str, path: str) -> tuple[object, ...]:
        """Return outcome and reason of the last visit to a page; empty where it was never visited."""
        sql = (
            "select f.outcome, f.reason from pages p join fetches f on f.page_id = p.id where p.url = ? "
            "order by f.id desc limit 1"
        )
        found = self.rows(sql, self.sites[case].url + path)
        if not found:
            found = self.rows("select state, reason from pages where url = ?", self.sites[case].url + path)
        return found[0] if found else ()


def crawl(folder: Path, cases: Sequence[Case], *, good: int = GOOD, endless: bool = False) -> Result:
    """Crawl the cases and a good site of so many articles. With `endless` the answers of the cases never end."""
    (folder / "sites").mkdir()
    with ExitStack() as stack:
        sites = {}
        for number, case in enumerate(cases):
            address = f"127.0.{2 + number // 250}.{1 + number % 250}"
            site = stack.enter_context(RawSite(address, site_of_paths(case.pages, robots=case.robots)))
            keys = {key: value.replace("{url}", site.url) for key, value in case.keys.items()}
            name = f"case-{number}"
            (folder / "sites" / f"{name}.toml").write_text(site_file(site.url, **{"name": f'"{name}"', **keys}))
            sites[case.name] = site
        if good:
            answer = linked_site(good)

            def send(path: str) -> list[bytes]:
                status, body, _ = answer(path)
                return reply(body, status="200 OK" if status == 200 else "404 Not Found")

            site = stack.enter_context(RawSite("127.0.1.1", send))
            (folder / "sites" / "good.toml").write_text(site_file(site.url, name='"good"', concurrency="1"))
            sites["good"] = site
        never = [sites[case.name].url + path for case in cases for path in _own_paths(case)] if endless else []
        values = {
            "HEALTHNEWS_ARCHIVE": folder / "healthnews.db",
            "HEALTHNEWS_SITES": folder / "sites",
            "DOWNLOADER_MIDDLEWARES": json.dumps({**DOWNLOADER_MIDDLEWARES, impatience.NAME: impatience.PLACE}),
            impatience.SETTING: ",".join(never),
        }
        command = [sys.executable, "-m", "scrapy", "crawl", "sites"]
        for name, value in values.items():
            command += ["-s", f"{name}={value}"]
        started = time.monotonic()
        with (folder / "output").open("w+") as output:
            process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT)
            peak = _sample_until_end(process)
            output.seek(0)
            return Result(folder, output.read(), sites, peak, time.monotonic() - started)


def _own_paths(case: Case) -> Iterable[str]:
    """Return the paths at which a site is not as others are."""
    return ["/robots.txt"] if case.robots else case.pages


def _sample_until_end(process: "subprocess.Popen[bytes]") -> float:
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        time.sleep(INTERVAL)
    return peak


def memory(pid: int) -> float:
    """Return the memory of a process and all below it in MB; pages that several share count once (PSS)."""
    return sum(_proportional(process) for process in _tree(pid)) / 1024


def _tree(pid: int) -> Iterable[int]:
    yield pid
    try:
        children = "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:  # it has ended
        return
    for child in map(int, children.split()):
        yield from _tree(child)


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
