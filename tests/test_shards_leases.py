"""Who may write to a shard, and that who lost the lease finds out."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from crawler.crawl_archive import StorageError
from crawler.shards.claims import Claims, assign, group_of, units_of
from crawler.shards.fence import Fence
from crawler.shards.folder_store import FolderStore
from crawler.shards.leases import Deadline, HeldError, Lease, LeaseOverError, Renewal, acquire
from crawler.shards.store import StoreFaultError
from tests.commands import PATIENCE

LONG = 1000.0


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path)


def test_a_lease_is_renewed_published_under_and_released(store: FolderStore) -> None:
    held = acquire(store, "lease", owner="one", seconds=LONG)
    assert held.epoch == 1
    assert held.renew().left() > LONG / 2
    held.publish("epoch-1")
    held.release()
    again = acquire(store, "lease", owner="two", seconds=LONG)
    assert (again.epoch, again.lease.snapshot, again.lease.released) == (2, "epoch-1", False)
    with pytest.raises(LeaseOverError):
        held.publish("late")
    held.release()  # it is another one's by now
    assert again.renew()


def test_a_lease_that_is_renewed_is_refused_to_others(store: FolderStore) -> None:
    held = acquire(store, "lease", owner="one", seconds=LONG)
    with pytest.raises(HeldError) as refused:
        acquire(store, "lease", owner="two", seconds=LONG, sleep=lambda _: held.renew())
    assert refused.value.lease.owner == "one"


def test_the_lease_of_a_holder_that_is_gone_is_taken(store: FolderStore) -> None:
    gone = acquire(store, "lease", owner="one", seconds=0.2)
    held = acquire(store, "lease", owner="two", seconds=LONG)
    assert held.epoch == 2
    assert gone.deadline.left() < 0  # it was over for its holder first
    for late in (gone.renew, lambda: gone.publish("late")):
        with pytest.raises(LeaseOverError):
            late()


def test_a_holder_whose_lease_nobody_took_does_not_renew_it_late(store: FolderStore) -> None:
    held = acquire(store, "lease", owner="one", seconds=LONG)
    held.deadline = Deadline.after(-1)
    with pytest.raises(LeaseOverError):
        held.renew()


@pytest.mark.parametrize("off", [-600.0, 600.0])
def test_no_clock_of_another_machine_counts(store: FolderStore, monkeypatch: pytest.MonkeyPatch, off: float) -> None:
    held = acquire(store, "lease", owner="one", seconds=LONG)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + off)
    with pytest.raises(HeldError):
        acquire(store, "lease", owner="two", seconds=LONG, sleep=lambda _: monkeypatch.undo() or held.renew())  # type: ignore[func-returns-value]


def test_a_pause_by_either_clock_ends_a_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = Deadline.after(LONG)
    now, boot = time.time, time.clock_gettime
    monkeypatch.setattr(time, "time", lambda: now() + 2 * LONG)  # a virtual machine was paused
    assert deadline.left() < 0
    monkeypatch.undo()
    monkeypatch.setattr(time, "clock_gettime", lambda clock: boot(clock) + 2 * LONG)  # the process was
    assert deadline.left() < 0


def test_of_many_one_gets_a_free_lease(store: FolderStore) -> None:
    got: list[Any] = []
    start = threading.Barrier(6)

    def take(number: int) -> None:
        start.wait()
        try:
            got.append(acquire(store, "lease", owner=str(number), seconds=LONG, sleep=_give_up))
        except TimeoutError:
            return

    threads = [threading.Thread(target=take, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    record = store.read("lease")
    assert record
    assert [held.lease.owner for held in got] == [Lease.decoded(record.data).owner]


def _give_up(_: float) -> None:
    raise TimeoutError


class _Shaky(FolderStore):
    """A store that cannot be reached at first."""

    failures = 2

    def replace(self, name: str, data: bytes, version: str) -> str:
        if self.failures:
            self.failures -= 1
            raise StoreFaultError("It cannot be reached.")
        return super().replace(name, data, version)


def test_renewal_goes_on_while_the_store_is_away(tmp_path: Path) -> None:
    held = acquire(_Shaky(tmp_path), "lease", owner="one", seconds=LONG)
    renewed = threading.Event()
    moved: list[Deadline] = []

    def on_renewed(deadline: Deadline) -> None:
        moved.append(deadline)
        held.deadline = Deadline.after(LONG)  # no pause of this process ends the lease
        if len(moved) > 1:
            renewed.set()

    renewal = Renewal(held, on_renewed)
    held.lease = Lease(owner="one", epoch=1, seconds=0.3, until="")  # it is renewed sooner
    renewal.start()
    assert renewed.wait(PATIENCE)
    renewal.stop()
    assert not renewal.is_lost


def test_renewal_ends_when_another_one_has_the_lease(store: FolderStore) -> None:
    held = acquire(store, "lease", owner="one", seconds=LONG)
    record = store.read("lease")
    assert record
    held.lease = Lease(owner="one", epoch=1, seconds=0.3, until="")  # it is renewed sooner, and is not over before
    store.replace("lease", Lease(owner="two", epoch=2, seconds=9, until="").encoded(), record.version)
    renewal = Renewal(held, lambda _: None)
    renewal.start()
    renewal.join(PATIENCE)
    assert renewal.is_lost


def test_a_fence_stops_requests_before_the_lease_is_over(tmp_path: Path) -> None:
    fence = Fence(tmp_path / "fence")
    with pytest.raises(StorageError, match="cannot be read"):
        fence.check()
    fence.move(Deadline.after(LONG), margin=LONG / 4)
    fence.check()
    fence.move(Deadline.after(LONG), margin=2 * LONG)
    with pytest.raises(StorageError, match="was over"):
        fence.check()


@pytest.mark.parametrize(
    ("host", "group"),
    [
        ("news.example.co.uk", "example.co.uk"),
        ("www.example.org", "example.org"),
        ("Example.org.", "example.org"),
        ("127.0.0.3", "127.0.0.3"),
        ("localhost", "localhost"),
        ("[::1]", "[::1]"),
    ],
)
def test_hosts_of_one_domain_are_a_group(host: str, group: str) -> None:
    assert group_of(host) == group


def test_sites_that_share_a_domain_stay_together(store: FolderStore) -> None:
    sites = [["a.example.org"], ["www.b.example"], ["www.example.org", "feeds.c.example"], ["c.example"], ["d.example"]]
    units = units_of(sites)
    assert sorted(map(sorted, units)) == [["b.example"], ["c.example", "example.org"], ["d.example"]]
    assign(units, Claims(store), 2)
    first = Claims(store).load()
    assert first["c.example"] == first["example.org"]
    assert first["b.example"] == first["d.example"] != first["example.org"]


def test_a_host_stays_in_its_shard(store: FolderStore) -> None:
    assign(units_of([["a.example"], ["b.example"]]), Claims(store), 2)
    before = dict(Claims(store).load())
    assign(units_of([["b.example"], ["a.example", "c.example"], ["e.example"]]), Claims(store), 2)
    after = Claims(store).load()
    assert {group: after[group] for group in before} == before
    assert after["c.example"] == before["a.example"]
    assert Claims(store).claim("a.example", 9) == before["a.example"]
    assert Claims(store).claim("[::1]", 1) == 1
