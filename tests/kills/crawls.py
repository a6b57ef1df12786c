"""Crawls that are killed, against one that is not."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.kept import alter
from tests.kills.compare import check, contents, differences
from tests.kills.jobs import Job
from tests.kills.site import CONCURRENCY, HOSTS, KillSite, served

COMMAND = ("crawl", "--sites", "../sites")
ALL_DUE = "update pages set due_at = '2000' where alias_of is null"
LONGEST = 1800.0  # seconds for a crawl that is not killed
POLL = 0.05
AT_MOST_TWICE = HOSTS * CONCURRENCY  # requests that a kill may cost: those in flight
START = (0.0, 4.0)  # seconds after its start in which a job that dies in its beginning is killed
IN_BEGINNING = 20  # requests of such a job that are answered
AFTER_WORKER = 20  # requests
END = (0.0, 1.0)  # seconds after its last request in which a job that dies in its end is killed


class Kill(NamedTuple):
    """A moment to kill a job, or a worker of it: so many `requests` or, without, `seconds` after its start.

    `kind` is start, request, parent (the first process alone), worker (the job goes on for AFTER_WORKER requests before
    it is killed too) or end (the seconds count from the moment when every page was asked for).
    """

    kind: str
    requests: int = 0
    seconds: float = 0.0


@dataclass
class Report:
    """What a run of kills came to. `twice` is how many requests were sent again after each kill of a job."""

    kills: Counter[str] = field(default_factory=Counter)
    twice: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def plan(chance: random.Random, kills: int, pages: int) -> list[Kill]:
    """Return the kills of one stage in their order; the job that comes after them is left alone.

    A tenth falls into the end, the rest into the start and between requests, of which they leave about half the pages.
    """
    ends = max(1, kills // 10)
    kinds = [("start", "request", "parent", "request", "worker")[n % 5] for n in range(kills - ends)]
    chance.shuffle(kinds)
    most = max(2, pages // max(1, sum(kind != "start" for kind in kinds)))
    middle = [
        Kill(kind, seconds=chance.uniform(*START)) if kind == "start" else Kill(kind, chance.randint(1, most))
        for kind in kinds
    ]
    return middle + [Kill("end", seconds=chance.uniform(*END)) for _ in range(ends)]


def run_kills(
    folder: Path, *, kills: int, pages: int, seed: int, say: Callable[[str], None] = lambda _: None
) -> Report:
    """Crawl a site of two stages undisturbed, then with kills, and compare. `say` is told of each job."""
    for name in ("sites", "undisturbed", "killed"):
        (folder / name).mkdir()
    chance, report = random.Random(seed), Report()
    with served(pages, folder / "sites") as site:
        for stage in (0, 1):
            _next_stage(site, folder / "undisturbed", stage)
            with Job(folder / "undisturbed", *COMMAND) as job:
                job.finish(LONGEST)
        say("undisturbed: done")
        wanted = [site.asked(stage) for stage in (0, 1)]
        expected = contents(folder / "undisturbed" / "healthnews.db")
        report.problems += [f"undisturbed: {problem}" for problem in check(folder / "undisturbed" / "healthnews.db")]
        site.start_over()
        killed: list[int] = []
        for stage in (0, 1):
            _next_stage(site, folder / "killed", stage)
            for kill in plan(chance, kills // 2 + kills % 2 * (1 - stage), pages):
                if _run_and_kill(folder / "killed", site, kill, wanted[stage], chance):
                    report.kills[kill.kind] += 1
                    killed.append(site.job)
                say(f"{kill}: {len(site.asked(stage))} of {len(wanted[stage])} asked for")
            site.next_job(lambda _: None)
            with Job(folder / "killed", *COMMAND) as job:
                job.finish(LONGEST)
        report.twice = _asked_twice(site, killed)
        archive = folder / "killed" / "healthnews.db"
        report.problems += differences(expected, contents(archive)) + check(archive)
    return report


def _next_stage(site: KillSite, folder: Path, stage: int) -> None:
    site.stage = stage
    if stage:
        alter(folder / "healthnews.db", ALL_DUE)


def _run_and_kill(folder: Path, site: KillSite, kill: Kill, wanted: set[str], chance: random.Random) -> bool:
    """Run a job up to the kill, or to its end where that comes first; return whether it was killed."""
    begun = threading.Event()  # no request is answered before the job is at hand here
    killed = threading.Event()  # nor more than a few of a job that is killed in its beginning, however late that is
    site.next_job(partial(_wait, begun))
    with Job(folder, *COMMAND) as job:
        if kill.requests:
            site.on_request = partial(_at_request, job, kill, chance)
        elif kill.kind == "start":
            site.on_request = partial(_withhold, killed)
        begun.set()
        while kill.kind != "start" and not (kill.kind == "end" and site.asked(site.stage) >= wanted):
            if job.ended(POLL):
                break
        if not kill.requests and not job.ended(kill.seconds):
            job.kill()
        killed.set()
        job.finish(LONGEST)
        return job.killed


def _wait(begun: threading.Event, _: int) -> None:
    begun.wait()


def _withhold(killed: threading.Event, sent: int) -> None:
    """Answer no more requests of a job than belong to its beginning."""
    if sent > IN_BEGINNING:
        killed.wait()


def _at_request(job: Job, kill: Kill, chance: random.Random, sent: int) -> None:
    """Kill the job before its request number `sent` is answered, or a worker: the job then dies a little later."""
    if kill.kind == "worker" and kill.requests <= sent < kill.requests + AFTER_WORKER:
        if sent == kill.requests:
            job.kill_worker(chance)
    elif sent >= kill.requests:
        job.kill(alone=kill.kind == "parent")


def _asked_twice(site: KillSite, killed: list[int]) -> list[int]:
    """Return for each killed job how many of the URLs that it asked for a later one asked for again.

    The next job may be killed before it asks for them: the job after that one then does.
    """
    again = Counter(job for jobs in site.jobs.values() for job in set(jobs) - {max(jobs)})
    return [again[job] for job in killed]
