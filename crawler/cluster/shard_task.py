"""What a worker does with a shard: take its lease, crawl it for a while, give it back.

Pages on hosts of other shards are handed over to these.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from sqlite_utils import Database

from archive.errors import ArchiveError
from archive.operations.takedown import remove
from archive.storage.connection import timestamp, transaction, warc_folder
from archive.storage.database import open_archive
from archive.storage.exclusions import Exclusion
from archive.storage.frontier import NewPage, add_pages
from archive.storage.sql import Fragment, compose
from crawler.cluster.shard_process import RESULT, Job
from crawler.shards.fence import MARGIN, Fence
from crawler.shards.leases import HeldError, HeldLease, Lease, LeaseOverError, Renewal, acquire
from crawler.shards.places import open_store
from crawler.shards.snapshots import Snapshot, lease_name, load, publish, shard_name
from crawler.shards.store import Store, StoreFaultError
from crawler.shards.territory import Territory
from crawler.sites.site import Site, load_sites, site_hosts

DRIVER = "driver"  # the name of the lease of the driver
TIMEOUT = 30.0  # seconds for a request, if the lease is long enough
LOOKS = 6  # in a lease's seconds, whether the crawl is to end
END = 60.0  # seconds after which a crawl that was told to end is killed

SAME_TIME = 5.0  # seconds
HOST = ("host", "ready_at", "held", "backoff", "day", "asked")
HANDED = (
    "url", "host", "site", "kind", "due_at", "depth", "link_title", "link_published", "link_modified", "family",
    "fetched_at",
)  # fmt: skip

State = Literal["crawled", "held", "lost", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a worker is to do with a shard.

    `seconds` are those of the lease, `settle` the longest delay between two requests to a host. `sites` are the texts
    of site files by name, None for the bundled ones; `only` the names that are crawled, None for all. `urls` are
    crawled in their place, under the leases of the shards `borrowed` too, to whose hosts they redirect. `removed` are
    exclusions with the reason. `merged` are names of WARC files in the store that are not needed any more. `driver` is
    the epoch of who orders it.
    """

    place: str
    shard: int
    driver: int
    seconds: float
    settle: float
    minutes: float
    sites: Mapping[str, str] | None
    only: tuple[str, ...] | None
    urls: tuple[str, ...]
    borrowed: tuple[int, ...]
    refetch: bool
    contact: str | None
    allow_private: bool
    workers: int | None
    removed: tuple[tuple[Exclusion, str | None], ...]
    merged: frozenset[str]
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardResult:
    """What became of a shard: crawled and given back; held by another worker; lost to one; or failed.

    `is_unfinished` says that more is due, `handed_over` names the shards that got pages, `waiting` are the URLs of
    pages that redirect to a host of another shard, with that host. `is_anew` says that nothing was left of what
    the shard held. `problem` is a sentence, `warnings` are others.
    """

    shard: int
    state: State
    is_unfinished: bool = False
    handed_over: tuple[int, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()
    is_anew: bool = False
    problem: str | None = None
    warnings: tuple[str, ...] = ()


class Place(NamedTuple):
    """Where a worker has the files of a shard."""

    folder: Path
    archive: Path

    @property
    def warc(self) -> Path:
        """The folder of the WARC files of this crawl."""
        return warc_folder(self.archive)


def crawl_shard(order: Order) -> ShardResult:
    """Do it. Whatever happens to this process, nobody else's work is lost, and no host has two crawls at once."""
    store = open_store(order.place)
    if not _is_ordered(store, order):
        problem = f"{socket.gethostname()} does not find this crawl in {store.url}: mount it by one path on all workers"
        return ShardResult(shard=order.shard, state="failed", problem=problem)
    owner = f"{socket.gethostname()}:{os.getpid()}"
    try:
        held = acquire(store, lease_name(order.shard), owner=owner, seconds=order.seconds, settle=order.settle)
    except HeldError as error:
        return ShardResult(shard=order.shard, state="held", problem=str(error))
    try:
        with tempfile.TemporaryDirectory(prefix="healthnews-") as scratch, ExitStack() as stack:
            borrowed = {shard: stack.enter_context(_borrowed(order, store, shard)) for shard in order.borrowed}
            return _crawl(order, store, held, borrowed, Path(scratch))
    except HeldError as error:
        held.release()
        return ShardResult(shard=order.shard, state="held", problem=str(error))
    except LeaseOverError as error:
        return ShardResult(shard=order.shard, state="lost", problem=str(error))
    except ArchiveError as error:
        held.release()
        return ShardResult(shard=order.shard, state="failed", problem=str(error))
    except BaseException:  # it is raised at the driver, and the shard is free
        held.release()
        raise


def _is_ordered(store: Store, order: Order) -> bool:
    """Whether the store is that of the driver, who has not been followed by another one."""
    record = store.read(DRIVER)
    return record is not None and Lease.decoded(record.data).epoch == order.driver


def inbox(shard: int) -> str:
    """Return the folder of the records with the pages that other shards hand over to this one."""
    return f"inbox/{shard_name(shard)}"


def stop_name(driver: int) -> str:
    """Return the name of the record by which a driver ends what it has ordered."""
    return f"stop/{driver}"


@contextmanager
def _borrowed(order: Order, store: Store, shard: int) -> Iterator[HeldLease]:
    """Hold the lease of another shard. Raises HeldError."""
    owner = f"{socket.gethostname()}:{os.getpid()}"
    held = acquire(store, lease_name(shard), owner=owner, seconds=order.seconds, settle=order.settle)
    try:
        yield held
    finally:
        held.release()


def _crawl(order: Order, store: Store, held: HeldLease, borrowed: Mapping[int, HeldLease], folder: Path) -> ShardResult:
    with ExitStack() as stack:
        renewals = [
            stack.enter_context(renewed(lease, Fence(folder / f"fence-{number}"), order.seconds))
            for number, lease in enumerate((held, *borrowed.values()))
        ]
        # Each epoch has WARC files of its own names: those of a lost one may be elsewhere.
        place = Place(folder, folder / f"{shard_name(order.shard)}-{held.epoch:08}.db")
        before = held.lease.snapshot
        snapshot, problems = load(store, before, place.archive)
        territory = Territory(store, order.shard)
        received = _prepare(order, store, place)
        loans = {shard: Loan.take(store, lease, folder / f"borrowed-{shard}.db") for shard, lease in borrowed.items()}
        for loan in loans.values():
            loan.bring_hosts(place.archive)
        result = _run(order, store, held, place, territory, renewals)
        for shard, loan in loans.items():
            loan.give_back(shard, place.archive, territory)
        with closing(open_archive(place.archive, create=True)) as db:
            handed_over = _hand_over(db, store, territory, held.epoch)
            db.execute("pragma wal_checkpoint(truncate)")
        publish(held, order.shard, place.archive, place.warc, snapshot, order.merged)
    held.release()
    for name in received:
        store.delete(name)
    return ShardResult(
        shard=order.shard,
        state="failed" if result.get("problem") else "crawled",
        is_unfinished=bool(result.get("is_unfinished")),
        handed_over=handed_over,
        is_anew=before is not None and snapshot is None,
        waiting=tuple((url, host) for url, host in result.get("waiting", ())),
        problem=result.get("problem"),
        warnings=(*problems, *result.get("warnings", ())),
    )


@dataclass(frozen=True, slots=True)
class Loan:
    """Another shard whose hosts are asked too: its lease, its archive here, and the snapshot that this is a copy of."""

    held: HeldLease
    archive: Path
    snapshot: Snapshot | None

    @classmethod
    def take(cls, store: Store, held: HeldLease, archive: Path) -> Self:
        """Copy the shard's archive to a path."""
        return cls(held, archive, load(store, held.lease.snapshot, archive)[0])

    def bring_hosts(self, target: Path) -> None:
        """Tell an archive until when the hosts of this one wait, and how often they were asked today."""
        with closing(open_archive(self.archive, create=True)) as db:
            rows = db.execute(compose("select {names} from hosts", names=HOST)).fetchall()
        _put_hosts(target, rows)

    def give_back(self, shard: int, source: Path, territory: Territory) -> None:
        """Take over what an archive knows of this shard's hosts by now. Raises LeaseOverError."""
        with closing(open_archive(source)) as db:
            rows = db.execute(compose("select {names} from hosts", names=HOST)).fetchall()
        _put_hosts(self.archive, [row for row in rows if territory.shard_of(row[0]) == shard])
        with closing(open_archive(self.archive)) as db:
            db.execute("pragma wal_checkpoint(truncate)")
        publish(self.held, shard, self.archive, warc_folder(self.archive), self.snapshot, ())


def _put_hosts(archive: Path, rows: Sequence[tuple[Any, ...]]) -> None:
    sql = compose("insert or replace into hosts ({names}) values (?, ?, ?, ?, ?, ?)", names=HOST)
    with closing(open_archive(archive, create=True)) as db, transaction(db):
        db.conn.executemany(sql, rows)


def _unfetched(page: dict[str, Any]) -> dict[str, Any]:
    """Return what is handed over of a page without when another shard fetched it, by a redirect."""
    return {name: value for name, value in page.items() if name != "fetched_at"}


@contextmanager
def renewed(held: HeldLease, fence: Fence, seconds: float) -> Iterator[Renewal]:
    """Renew the lease, and move the fence with it, until the end."""
    renewal = Renewal(held, lambda deadline: fence.move(deadline, MARGIN * seconds))
    renewal.start()
    try:
        yield renewal
    finally:
        renewal.stop()


def _prepare(order: Order, store: Store, place: Place) -> list[str]:
    """Add the pages that other shards handed over, and remove what is to be removed; return the names of the former."""
    folder = inbox(order.shard)
    names = [f"{folder}/{name}" for name in store.records(folder)]
    received = [record for name in names if (record := store.read(name))]
    with closing(open_archive(place.archive, create=True)) as db:
        now = timestamp(datetime.now(UTC))
        with transaction(db):
            for record in received:
                add_pages(db, (NewPage(**page) for page in map(_unfetched, json.loads(record.data))), now)
        known = {pattern for (pattern,) in db.execute("select pattern from optouts")}
        for exclusion, reason in order.removed:
            if exclusion.pattern not in known:
                remove(db, place.warc, [exclusion], reason=reason, now=now, progress=lambda *_: None)
    return names


def _run(
    order: Order, store: Store, held: HeldLease, place: Place, territory: Territory, renewals: Sequence[Renewal]
) -> dict[str, Any]:
    """Run the crawl in a process of its own, until it ends, is told to end, or the lease is lost; return its result."""
    sites = _write_sites(order, place.folder)
    only = _names(order, load_sites(sites), place, territory)
    if not only and not order.urls:
        return {}
    record = store.read(held.name)
    started = held.deadline.wall - order.seconds  # when the lease was written, by the clock of this machine
    job = Job(
        archive=str(place.archive),
        place=order.place,
        shard=order.shard,
        fences=tuple(str(place.folder / f"fence-{number}") for number in range(len(renewals))),
        borrowed=order.borrowed,
        only=only,
        urls=order.urls,
        refetch=order.refetch,
        minutes=order.minutes,
        timeout=min(TIMEOUT, MARGIN * order.seconds),
        offset=_offset(record.written_at - started) if record else 0.0,
        sites=str(sites) if sites else None,
        contact=order.contact,
        allow_private=order.allow_private,
        workers=order.workers,
        command=order.command,
    )
    file = place.folder / "job.json"
    job.write(file)
    log = place.folder / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "crawler.cluster.shard_process", str(file)]
        # Standard input is a pipe that closes when this process is gone: the crawl ends then.
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output) as process:  # noqa: S603
            _wait(process, order, store, renewals)
    if any(renewal.is_lost for renewal in renewals):
        raise LeaseOverError(f"Another worker has {shard_name(order.shard)}")
    result = Path(str(file) + RESULT)
    if result.exists():
        found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
        return found
    _delay_all(place.archive, datetime.now(UTC) + timedelta(seconds=job.offset + order.settle))
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    last = said[-1] if said else "nothing"
    return {"is_unfinished": True, "warnings": [f"A crawl ended with {process.returncode}; it said last: {last}"]}


def _delay_all(archive: Path, until: datetime) -> None:
    """Send no host anything until then: the crawl was killed, and the archive knows of no end of its last requests."""
    with closing(open_archive(archive, create=True)) as db, transaction(db):
        db.conn.execute("update hosts set ready_at = max(coalesce(ready_at, ''), ?)", [timestamp(until)])


def _wait(process: "subprocess.Popen[bytes]", order: Order, store: Store, renewals: Sequence[Renewal]) -> None:
    """Wait for the end of the crawl; end it when the lease is lost or the driver says so."""
    is_told = False
    waited = 0.0
    interval = order.seconds / LOOKS
    try:
        while True:
            try:
                process.wait(interval)
            except subprocess.TimeoutExpired:
                pass
            else:
                return
            is_lost = any(renewal.is_lost for renewal in renewals)
            if not is_told and (is_lost or _is_stopped(store, order)):
                process.send_signal(signal.SIGTERM)
                is_told = True
            waited += interval if is_told else 0
            if waited > END:
                process.kill()
    finally:
        process.kill()


def _is_stopped(store: Store, order: Order) -> bool:
    """Whether the driver has ended what it ordered.

    While the store cannot be reached, the crawl goes on, and is looked for again: the lease ends it if that lasts.
    """
    try:
        return store.read(stop_name(order.driver)) is not None
    except StoreFaultError:
        return False


def _offset(seconds: float) -> float:
    """Return by how much the clock of the store is ahead: 0 where it is no more than a slow write may take."""
    return seconds if abs(seconds) > SAME_TIME else 0.0


def _write_sites(order: Order, folder: Path) -> Path | None:
    """Write the site files; return their folder, None for the bundled ones."""
    if order.sites is None:
        return None
    sites = folder / "sites"
    sites.mkdir()
    for name, text in order.sites.items():
        (sites / name).write_text(text, encoding="utf-8")
    return sites


def _names(order: Order, sites: Mapping[str, Site], place: Place, territory: Territory) -> tuple[str, ...]:
    """Return the sites that have something in this shard: a host, or pages on one."""
    with closing(open_archive(place.archive, create=True)) as db:
        pairs = db.execute("select distinct site, host from pages").fetchall()
    of_pages = {site for site, host in pairs if territory.has(host)}
    chosen = set(sites if order.only is None else order.only)
    return tuple(
        name
        for name, site in sites.items()
        if name in chosen and (name in of_pages or any(map(territory.has, site_hosts(site))))
    )


def _hand_over(db: Database, store: Store, territory: Territory, epoch: int) -> tuple[int, ...]:
    """Give the pages that are due on hosts of other shards to these; return the shards that get some never fetched.

    They are written down for the others before they are due here no more.
    """
    hosts = [host for (host,) in db.execute("select distinct host from pages where due_at is not null")]
    given: dict[int, list[dict[str, Any]]] = {}
    for host in hosts:
        if (shard := territory.shard_of(host)) != territory.shard:
            given.setdefault(shard, []).extend(pages_of(db, host, only_due=True))
    for shard, pages in given.items():
        store.create(f"{inbox(shard)}/{territory.shard:04}-{epoch:08}", json.dumps(pages, ensure_ascii=False).encode())
    with transaction(db):
        others = [host for host in hosts if territory.shard_of(host) != territory.shard]
        db.conn.executemany("update pages set due_at = null where host = ?", [(host,) for host in others])
    return tuple(sorted(shard for shard, pages in given.items() if any(page["fetched_at"] is None for page in pages)))


def pages_of(db: Database, host: str, *, only_due: bool) -> Sequence[dict[str, Any]]:
    """Return the pages of a host as they are handed to another archive."""
    names = Fragment(", ".join(HANDED))
    where = Fragment("due_at is not null" if only_due else "state != 'refused'")
    rows = db.execute(compose("select {names} from pages where host = ? and {where}", names=names, where=where), [host])
    return [dict(zip(HANDED, row, strict=True)) for row in rows.fetchall()]
