"""Crawl on a cluster: hand shards to workers, merge what they give back, until nothing is due."""

import json
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from archive.errors import BusyError, DamagedError, FaultError
from archive.storage.connection import timestamp
from archive.storage.database import open_archive
from archive.storage.exclusions import Exclusion
from crawler.cluster.connect import slots
from crawler.cluster.plan import Plan, Result
from crawler.cluster.shard_merge import ShardMerger
from crawler.cluster.shard_task import DRIVER, Order, ShardResult, crawl_shard, inbox, pages_of, stop_name
from crawler.identity import require_contact
from crawler.shards.claims import Claims, assign, group_of, units_of
from crawler.shards.leases import HeldError, HeldLease, Lease, Renewal, acquire
from crawler.shards.places import open_store
from crawler.shards.snapshots import lease_name, shard_name
from crawler.shards.store import ConflictError, Store, StoreFaultError, probe
from crawler.sites.site import load_sites, site_hosts

if TYPE_CHECKING:
    from distributed import Client, Future

PER_SLOT = 4  # shards for each task that the workers do at once, so that none of them waits for the longest shard
LOOK = 0.5  # seconds between two looks at what is done
SILENT = 1.5  # of a lease's seconds without renewal, after which another worker gets the shard too
TRIES = 5  # of a shard whose workers die or fail one after the other
LAYOUT = "layout"  # the record of the number of shards


class SchedulerGoneError(FaultError):
    """The connection to the scheduler was lost, and it has not come back."""


@dataclass(slots=True, kw_only=True)
class _Running:
    """A shard that was handed out: since when its lease has said the same, and the pages of other shards' hosts."""

    shard: int
    pages: frozenset[tuple[str, str]] = frozenset()
    version: str | None = None
    since: float = 0.0
    is_silent: bool = False


def crawl(plan: Plan, client: "Client", *, say: Callable[[str], None] = lambda _: None) -> Result:
    """Crawl as planned.

    Raises ArchiveError (SchedulerGoneError among them), BusyError (another driver is at it), SiteError, ContactError.
    """
    sites = load_sites(plan.sites_folder)
    require_contact(plan.contact, {host for site in sites.values() for host in site_hosts(site)})
    store = open_store(plan.place)
    probe(store)
    with _leading(store, plan) as held:
        return _Driver(plan, client, store, held, say).run()


@contextmanager
def _leading(store: Store, plan: Plan) -> Iterator[HeldLease]:
    """Hold the lease of the driver. Raises BusyError."""
    owner = f"{socket.gethostname()}:{os.getpid()} ({plan.archive.resolve()})"
    try:
        held = acquire(store, DRIVER, owner=owner, seconds=plan.seconds)
    except HeldError as error:
        raise BusyError(
            f"Another crawl, {error.lease.owner}, has the shards in {store.url}: wait for it, or name another place."
        ) from error
    renewal = Renewal(held, lambda _: None)
    renewal.start()
    try:
        yield held
    finally:
        renewal.stop()
        held.release()


class _Driver:
    """One crawl. It is the only writer of the archive; workers write to shards."""

    def __init__(self, plan: Plan, client: "Client", store: Store, held: HeldLease, say: Callable[[str], None]) -> None:
        self.plan, self.client, self.store, self.held, self.say = plan, client, store, held, say
        self.result = Result()
        self.sites = load_sites(plan.sites_folder)
        self.claims = Claims(store)
        self.abandoned: list[Future[ShardResult]] = []
        self.running: dict[Future[ShardResult], _Running] = {}
        self.later: dict[int, float] = {}  # shards to hand out, and when
        self.failures: Counter[int] = Counter()
        self.merger = ShardMerger(plan.archive, store)
        self.refetched: set[int] = set()
        # Pages that redirect to a host of another shard, with the host: those to do, by shard, and those handed out.
        self.waiting: dict[int, set[tuple[str, str]]] = {}
        self.joined: set[tuple[str, str]] = set()
        self.stopping = threading.Event()
        self._deadline = time.monotonic() + plan.minutes * 60 if plan.minutes else None

    def run(self) -> Result:
        """Crawl until nothing is due, the time is over, or the crawl is told to end."""
        shards = _number_of_shards(self.store, self.plan.shards or PER_SLOT * slots(self.client))
        assign(units_of(site_hosts(site) for site in self.sites.values()), self.claims, shards)
        self.result.shards = shards
        for shard in range(shards):
            self._merge(shard)  # what a driver that was killed has left
        for shard in sorted(set(self.claims.load().values())):
            self.later[shard] = 0.0
        with _stoppable(self):
            while self.running or self.later or self._join():
                self._check_scheduler()
                self._hand_out()
                self._collect()
                self._replace_silent()
        self.store.delete(stop_name(self.held.epoch))
        return self.result

    def stop(self) -> None:
        """End the crawl: workers give their shards back, and what is in these is merged."""
        if not self.stopping.is_set():
            self.stopping.set()
            self.result.interrupted = True
            with suppress(ConflictError):
                self.store.create(stop_name(self.held.epoch), b"{}")

    def _is_over(self) -> bool:
        return self.stopping.is_set() or (self._deadline is not None and time.monotonic() >= self._deadline)

    def _hand_out(self) -> None:
        if self.held.deadline.left() <= 0:
            raise BusyError(f"Another crawl has taken over the shards in {self.store.url}: this one ends.")
        if self._is_over():
            self.result.is_unfinished = self.result.is_unfinished or bool(self.later)
            self.later.clear()
        now = time.monotonic()
        for shard in [shard for shard, moment in self.later.items() if moment <= now]:
            del self.later[shard]
            self._submit(self._order(shard))

    def _order(self, shard: int) -> Order:
        plan = self.plan
        left = (self._deadline - time.monotonic()) / 60 if self._deadline else plan.turn
        refetch = plan.refetch and shard not in self.refetched
        return Order(
            place=self.store.url,  # a whole path: workers have other working directories
            shard=shard,
            driver=self.held.epoch,
            seconds=plan.seconds,
            settle=max((site.delay for site in self.sites.values()), default=0.0),
            minutes=max(min(plan.turn, left), 0.05),
            sites=_texts(plan.sites_folder),
            only=plan.only,
            urls=(),
            borrowed=(),
            refetch=refetch,
            contact=plan.contact,
            allow_private=plan.allow_private,
            workers=plan.workers,
            removed=self._removed(),
            merged=self.merger.merged_warc(shard),
            command=plan.command,
        )

    def _join(self) -> bool:
        """When nobody works any more, hand out pages that redirect to hosts of other shards, under all their leases.

        One shard at a time: two that wanted one another's would wait for ever. Returns whether there was one.
        """
        if not self.waiting or self._is_over():
            self.result.is_unfinished = self.result.is_unfinished or bool(self.waiting)
            return False
        shard, pages = self.waiting.popitem()
        self.joined |= pages
        others = {self.claims.claim(group_of(host), shard) for _, host in pages} - {shard}
        order = replace(self._order(shard), urls=tuple(sorted(url for url, _ in pages)), borrowed=tuple(sorted(others)))
        self._submit(order, frozenset(pages))
        return True

    def _submit(self, order: Order, pages: frozenset[tuple[str, str]] = frozenset()) -> None:
        future = self.client.submit(crawl_shard, order, pure=False, retries=0)
        self.running[future] = _Running(shard=order.shard, pages=pages)

    def _removed(self) -> tuple[tuple[Exclusion, str | None], ...]:
        if not self.plan.archive.exists():
            return ()
        with closing(open_archive(self.plan.archive, reading=True)) as db:
            rows = db.execute("select kind, pattern, reason from optouts order by added_at, pattern").fetchall()
        return tuple((Exclusion(kind, pattern), reason) for kind, pattern, reason in rows)

    def _collect(self) -> None:
        """Take what is done."""
        from distributed import wait

        futures = list(self.running)
        if not futures:
            time.sleep(LOOK)
            return
        with suppress(TimeoutError, CancelledError):  # cancelled: the scheduler is gone, and all it knew
            wait(futures, timeout=LOOK, return_when="FIRST_COMPLETED")
        for future in [future for future in futures if future.done()]:
            running = self.running.pop(future)
            outcome = _outcome(future)
            if running.pages and (outcome is None or outcome.state != "crawled"):
                self.waiting.setdefault(running.shard, set()).update(running.pages)
                self.joined -= running.pages
            if outcome:
                self._take(outcome)
            elif future.cancelled():  # no fault of the shard
                self.later.setdefault(running.shard, time.monotonic() + LOOK)
            else:
                self._retry(running.shard, _why(future))

    def _take(self, outcome: ShardResult) -> None:
        """Deal with what became of a shard: merge it, and hand it out again where more is due."""
        shard = outcome.shard
        self.result.warnings += [f"{shard_name(shard)}: {warning}" for warning in outcome.warnings]
        if outcome.state in ("held", "lost"):  # another worker has it
            self.say(f"{shard_name(shard)}: {outcome.problem}")
            if all(each.shard != shard for each in self.running.values()):
                self.later.setdefault(shard, time.monotonic() + self.plan.seconds / 2)
            return
        if outcome.state == "failed":
            self._retry(shard, outcome.problem or "it failed")
            return
        self.refetched.add(shard)
        self.result.turns += 1
        self._abandon(shard)
        if outcome.is_anew:
            self._seed_anew(shard)
        for other in outcome.handed_over:
            self.later.setdefault(other, 0.0)
        if outcome.is_unfinished:
            self.later.setdefault(shard, 0.0)
        self._hand_out()
        self._merge(shard)
        for page in outcome.waiting:
            if page in self.joined:
                self.result.warnings.append(f"{page[0]} redirects to {page[1]} of another shard: it stays due.")
            else:
                self.waiting.setdefault(shard, set()).add(page)

    def _abandon(self, shard: int) -> None:
        """Wait no longer for silent workers of a shard.

        Their tasks are not cancelled: the scheduler would take the workers for idle ones.
        """
        silent = [future for future, each in self.running.items() if each.shard == shard and each.is_silent]
        for future in silent:
            del self.running[future]
        self.abandoned += silent

    def _seed_anew(self, shard: int) -> None:
        """Give a shard that was begun anew the pages on its hosts that the archive knows."""
        if not self.plan.archive.exists():
            return
        self.claims.load()
        with closing(open_archive(self.plan.archive, reading=True)) as db:
            hosts = [host for (host,) in db.execute("select distinct host from pages where state != 'refused'")]
            ours = [host for host in hosts if self.claims.get(group_of(host)) == shard]
            pages = [page for host in ours for page in pages_of(db, host, only_due=False)]
        now = timestamp(datetime.now(UTC))
        data = json.dumps([{**page, "due_at": now} for page in pages], ensure_ascii=False).encode()
        with suppress(ConflictError):
            self.store.create(f"{inbox(shard)}/driver-{self.held.epoch:08}", data)
        self.later.setdefault(shard, 0.0)

    def _retry(self, shard: int, why: str) -> None:
        """Hand a shard out again whose worker died or failed."""
        if any(each.shard == shard for each in self.running.values()):
            return
        self.failures[shard] += 1
        if self.failures[shard] < TRIES:
            self.say(f"{shard_name(shard)}: {why}; another worker gets it.")
            self.later.setdefault(shard, time.monotonic() + LOOK)
        else:
            self.result.problems.append(f"{shard_name(shard)}: {why}.")
            self.result.is_unfinished = True
            self.waiting.pop(shard, None)

    def _merge(self, shard: int) -> None:
        """Merge what the shard holds, unless that was done before."""
        try:
            merged = self.merger.merge(shard)
        except DamagedError as error:  # the next worker goes on from the snapshot before
            self.result.warnings.append(str(error))
            self._retry(shard, "what it gave back is damaged")
            return
        if merged is None:
            return
        self.failures.pop(shard, None)
        self.result.pages.update(merged.pages)
        self.result.articles.update(merged.articles)
        if merged.problem:
            self.result.warnings.append(merged.problem)
        self.say(f"{shard_name(shard)}: {merged.articles['new']} new articles, {merged.articles['changed']} changed")

    def _replace_silent(self) -> None:
        """Hand a shard out again whose lease is not renewed: its worker is paused or cut off."""
        now = time.monotonic()
        for running in list(self.running.values()):
            if now - running.since < self.plan.seconds / 4:
                continue
            record = self.store.read(lease_name(running.shard))
            if record is None or Lease.decoded(record.data).released or record.version != running.version:
                running.version, running.since = record.version if record else None, now
            elif now - running.since > SILENT * self.plan.seconds:
                running.since, running.is_silent = now, True
                if self._is_over():
                    self._abandon(running.shard)
                    self.result.is_unfinished = True
                elif not slots(self.client):
                    self.say("The scheduler has no workers: start some.")
                else:
                    self.say(f"{shard_name(running.shard)}: its worker is silent; another one gets it.")
                    self.later.setdefault(running.shard, 0.0)

    def _check_scheduler(self) -> None:
        """Wait while the connection to the scheduler is lost. Raises SchedulerGoneError when it does not come back."""
        if self.client.status != "running":
            self.say("The scheduler is gone: waiting for it to come back.")
        while self.client.status != "running" and not self.stopping.is_set():
            if self.client.status == "closed":
                raise SchedulerGoneError(
                    "The scheduler is gone: what was given back is kept. Start it and its workers again, and give the "
                    "same command to go on."
                )
            time.sleep(LOOK)


def _number_of_shards(store: Store, wanted: int) -> int:
    """Return the number of shards of the store, which is written down once and never changes."""
    with suppress(ConflictError):
        store.create(LAYOUT, json.dumps({"shards": wanted}).encode())
    record = store.read(LAYOUT)
    if record is None:
        raise StoreFaultError(f"{store.url}/{LAYOUT} is gone: see to the place of the shards.")
    return int(json.loads(record.data)["shards"])


def _texts(folder: Path | None) -> dict[str, str] | None:
    """Return the texts of the site files by name, for workers that do not reach the folder."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.toml")} if folder else None


def _outcome(future: "Future[ShardResult]") -> ShardResult | None:
    """Return what a task has returned; None where it failed, or its scheduler is gone."""
    if future.status != "finished":
        return None
    try:
        result: ShardResult = future.result()
    except (CancelledError, OSError):
        return None
    return result


def _why(future: "Future[ShardResult]") -> str:
    """Return in a clause why a task came to nothing."""
    if future.status != "error":
        return "the scheduler has lost it"
    error = future.exception()
    return f"{type(error).__name__}: {error}".strip().splitlines()[0]


@contextmanager
def _stoppable(driver: _Driver) -> Iterator[None]:
    """End the crawl at SIGINT and SIGTERM; at a second one at once."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        if driver.stopping.is_set():
            raise KeyboardInterrupt
        driver.say("Workers finish what is in flight; interrupt again to stop at once.")
        threading.Thread(target=driver.stop, daemon=True).start()  # not here: the store may be in use

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
