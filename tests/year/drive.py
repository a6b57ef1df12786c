"""A year of hourly jobs in one process: `python -c "from tests.year.drive import main; main(FOLDER)"`.

Prints what a test needs as JSON. Hours in which nothing is due and no host is ready are passed over: a job would ask
for nothing then (tests/test_crawl.py shows that).
"""

import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from tests.clocks import VirtualClock
from tests.commands import PATIENCE
from tests.year.script import YEAR, Script, SiteFile, write
from tests.year.site import BEGIN, YearSite, day_of, moment_of

HOUR = timedelta(hours=1)


def next_hour(archive: Path, now: datetime, script: Script) -> datetime:
    """The next full hour at which a job would find something due, or the site's file edited."""
    db = sqlite3.connect(archive)
    (due,) = db.execute("select min(due_at) from pages where due_at is not null").fetchone()
    (ready,) = db.execute("select max(ready_at) from hosts").fetchone()
    db.close()
    edits = [moment_of(file.day) for file in script.files if moment_of(file.day) > now]
    first = min([datetime.fromisoformat(due), *edits])
    moment = max(now, first, *(datetime.fromisoformat(text) for text in (ready,) if text))
    hours = (moment - BEGIN) // HOUR
    return max(BEGIN + HOUR * (hours + 1), BEGIN + HOUR * ((now - BEGIN) // HOUR + 1))


def write_file(folder: Path, file: SiteFile, url: str) -> None:
    """Writes the site's file in place of the one that is there."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    (folder / f"{file.name}.toml").write_text(
        f"""
name = "{file.name}"
home = "{url}/"
feeds = ["{url}/feed.xml"]
sitemaps = ["{url}/sitemap.xml"]
articles = ['{file.articles}']
noarchive = "{file.noarchive}"
delay = {file.delay}
quiet = ["{file.quiet[0]:02}:00-{file.quiet[1]:02}:00"]
timezone = "Asia/Shanghai"
allow_private = true
"""
    )


async def live(folder: Path, clock: VirtualClock, site: YearSite) -> int:
    """Runs the jobs of the year; returns how many there were."""
    from scrapy.crawler import CrawlerRunner
    from scrapy.utils.defer import maybe_deferred_to_future

    from crawler.run import settings

    archive, jobs = folder / "healthnews.db", 0
    made = settings(
        archive, HEALTHNEWS_SITES=str(folder / "sites"), HEALTHNEWS_WORKERS=1, HEALTHNEWS_SEED=1,
        HEALTHNEWS_CLOCK=lambda: clock, HEALTHNEWS_COMMAND="healthnews crawl", EXTENSIONS={}, DOWNLOAD_TIMEOUT=PATIENCE,
    )  # fmt: skip
    while day_of(clock.moment) < YEAR:
        site.file = site.script.file_at(day_of(clock.moment))
        write_file(folder / "sites", site.file, site.url)
        runner = CrawlerRunner(made)
        clock.crawler = runner.create_crawler("sites")
        await maybe_deferred_to_future(runner.crawl(clock.crawler))
        jobs += 1
        clock.moment = next_hour(archive, clock.moment, site.script)
    return jobs


def main(folder: str) -> None:
    """Lives through the year in `folder` and prints what was asked and which rules were broken."""
    from scrapy.utils.reactor import install_reactor

    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from scrapy.utils.defer import deferred_f_from_coro_f
    from twisted.internet.task import react

    clock = VirtualClock(BEGIN)
    site = YearSite(write(), clock)

    async def run(_: object) -> None:
        jobs = await live(Path(folder), clock, site)
        found = {"url": site.url, "jobs": jobs, "asked": site.asked, "violations": site.violations}
        (Path(folder) / "year.json").write_text(json.dumps(found))

    react(deferred_f_from_coro_f(run))
