"""Leases: who may write to a shard now, and until when.

A lease is a record {owner, epoch, seconds, until, released, snapshot} that is written on a condition only. Each holder
has a higher epoch than the one before. `snapshot` names what the shard holds, so that to publish a snapshot is a write
on the same condition as to renew: who lost the lease can do neither.

No clock of another machine is trusted. A holder takes its lease for over when `seconds` have passed since it began to
write it, by the longer of two clocks of its own. Who wants the lease of a holder that is gone looks at the record for
longer than that: if it has not changed meanwhile, the lease is over for its holder too. `until` is there for readers.
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from crawler.shards.store import ConflictError, Record, Store, StoreFaultError

logger = logging.getLogger(__name__)

BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps
SLACK = 1.05  # by how much longer a record is looked at, for clocks that do not go at the same rate
LOOKS = 12  # at a record during its `seconds`


class LeaseOverError(Exception):
    """The lease is over, or another holder has it."""


class HeldError(Exception):
    """Another holder has the lease and renews it. `lease` is what it wrote."""

    def __init__(self, lease: "Lease") -> None:
        super().__init__(f"{lease.owner} has the lease, epoch {lease.epoch}")
        self.lease = lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What a lease's record says. `nonce` makes each writing of it another one."""

    owner: str
    epoch: int
    seconds: float
    until: str
    released: bool = False
    snapshot: str | None = None
    nonce: str = ""

    def encoded(self) -> bytes:
        """Return the record's bytes."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def decoded(cls, data: bytes) -> Self:
        """Return the lease in a record's bytes."""
        return cls(**json.loads(data))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of this machine, by the clock since its start and by the time of day, whichever comes first.

    The first does not follow when the time of day is set; the second goes on while a virtual machine is paused.
    """

    boot: float
    wall: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Return the moment in so many seconds."""
        return cls(boot=time.clock_gettime(BOOT) + seconds, wall=time.time() + seconds)

    def left(self) -> float:
        """Return how many seconds are left, negative when it has passed."""
        return min(self.boot - time.clock_gettime(BOOT), self.wall - time.time())


class HeldLease:
    """A lease that this process holds. Its methods may be called from several threads."""

    def __init__(self, store: Store, name: str, lease: Lease, version: str, deadline: Deadline) -> None:
        self.store, self.name, self.lease, self.deadline = store, name, lease, deadline
        self._version = version
        self._writing = threading.Lock()

    @property
    def epoch(self) -> int:
        """The number of this holding: higher than that of every earlier one."""
        return self.lease.epoch

    def renew(self) -> Deadline:
        """Extend the lease by its seconds from now. Raises LeaseOverError, also when it is over unrenewed."""
        return self._write()

    def publish(self, snapshot: str) -> None:
        """Make `snapshot` what the shard holds. Raises LeaseOverError."""
        self._write(snapshot=snapshot)

    def release(self) -> None:
        """Give the lease back. One that is over is left to whoever has it now."""
        try:
            self._write(released=True)
        except LeaseOverError:
            return

    def _write(self, *, snapshot: str | None = None, released: bool = False) -> Deadline:
        with self._writing:
            if self.deadline.left() <= 0:
                raise LeaseOverError(f"The lease of {self.name} was over before it was renewed")
            deadline = Deadline.after(self.lease.seconds)
            lease = replace(
                self.lease,
                until=_until(self.lease.seconds),
                released=released,
                snapshot=snapshot or self.lease.snapshot,
                nonce=uuid.uuid4().hex,
            )
            try:
                self._version = self.store.replace(self.name, lease.encoded(), self._version)
            except ConflictError as error:
                self.deadline = Deadline.after(0)
                raise LeaseOverError(f"Another one has the lease of {self.name}") from error
            self.lease, self.deadline = lease, deadline
            return deadline


def acquire(
    store: Store,
    name: str,
    *,
    owner: str,
    seconds: float,
    settle: float = 0,
    sleep: Callable[[float], object] = time.sleep,
) -> HeldLease:
    """Take a lease for `seconds` at a time. Where a holder is gone, wait until its lease is over and `settle` seconds.

    Raises HeldError when another holder renews it meanwhile.
    """
    seen: str | None = None
    since = 0.0
    while True:
        deadline = Deadline.after(seconds)
        record = store.read(name)
        before = Lease.decoded(record.data) if record else None
        waited = time.monotonic() - since
        is_free = before is None or before.released
        if before and record and not is_free:
            if seen is None:
                seen, since = record.version, time.monotonic()
                waited = 0.0
            elif seen != record.version:
                raise HeldError(before)
            is_free = waited > before.seconds * SLACK + settle
        if is_free and (held := _take(store, name, _next(before, owner, seconds), record, deadline)):
            return held
        if not is_free and before:
            sleep(before.seconds / LOOKS)


def _next(before: Lease | None, owner: str, seconds: float) -> Lease:
    return Lease(
        owner=owner,
        epoch=before.epoch + 1 if before else 1,
        seconds=seconds,
        until=_until(seconds),
        snapshot=before.snapshot if before else None,
        nonce=uuid.uuid4().hex,
    )


def _take(store: Store, name: str, lease: Lease, record: Record | None, deadline: Deadline) -> HeldLease | None:
    """Write the lease; None where another one was faster."""
    try:
        if record is None:
            version = store.create(name, lease.encoded())
        else:
            version = store.replace(name, lease.encoded(), record.version)
    except ConflictError:
        return None
    return HeldLease(store, name, lease, version, deadline)


def _until(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="seconds")


class Renewal(threading.Thread):
    """Renews a lease in a thread, three times in its seconds, until it is stopped or the lease is over.

    `on_renewed` is called with the new deadline, the first one included. A store that cannot be reached is tried again.
    """

    def __init__(self, held: HeldLease, on_renewed: Callable[[Deadline], object]) -> None:
        super().__init__(daemon=True)
        self.held, self._on_renewed = held, on_renewed
        self._stopping = threading.Event()
        self.is_lost = False
        on_renewed(held.deadline)

    def run(self) -> None:
        while not self._stopping.wait(self.held.lease.seconds / 3):
            try:
                self._on_renewed(self.held.renew())
            except LeaseOverError:
                self.is_lost = True
                return
            except StoreFaultError as error:
                logger.warning("%s", error)

    def stop(self) -> None:
        """Stop renewing."""
        self._stopping.set()
        self.join()
