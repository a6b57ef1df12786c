"""What a shard holds: snapshots of its archive and its WARC files in the store, each in a folder of its epoch.

A holder writes its files below its own epoch, the list of them last, and then makes that list the shard's by its lease:
whoever lost the lease meanwhile has written where nobody reads. The snapshot before the last one stays, for the case
that a file of the last one is damaged. Every file has its SHA-256 in the list.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from archive.errors import DamagedError
from crawler.shards.leases import HeldLease, Lease
from crawler.shards.store import ConflictError, Store

ARCHIVE = "archive.db"  # the name of the archive in a snapshot
LIST = "files"  # the record of a snapshot's files


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store: its name there, its size in bytes, and the SHA-256 of its content."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a shard holds: its archive, and by name the WARC files (with their indexes) that are not merged yet.

    `before` names the snapshot before this one.
    """

    epoch: int
    archive: StoredFile
    warc: Mapping[str, StoredFile] = field(default_factory=dict)
    before: str | None = None

    def encoded(self) -> bytes:
        """Return the record's bytes."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def decoded(cls, data: bytes) -> Self:
        """Return the snapshot in a record's bytes."""
        values = json.loads(data)
        values["archive"] = StoredFile(**values["archive"])
        values["warc"] = {name: StoredFile(**file) for name, file in values["warc"].items()}
        return cls(**values)


def shard_name(shard: int) -> str:
    """Return the name of a shard in the store and of its archive at the driver."""
    return f"shard-{shard:04}"


def lease_name(shard: int) -> str:
    """Return the name of a shard's lease."""
    return f"leases/{shard_name(shard)}"


def current(store: Store, shard: int) -> str | None:
    """Return the name of the snapshot that the shard holds, or None."""
    record = store.read(lease_name(shard))
    return Lease.decoded(record.data).snapshot if record else None


def read_snapshot(store: Store, name: str) -> Snapshot:
    """Return the snapshot of that name. Raises DamagedError where it cannot be read."""
    record = store.read(f"{name}/{LIST}")
    try:
        if record is not None:
            return Snapshot.decoded(record.data)
    except (ValueError, TypeError, KeyError) as error:
        raise DamagedError(f"{store.url}/{name}/{LIST} is damaged ({error}).") from error
    raise DamagedError(f"{store.url}/{name}/{LIST} is missing.")


def download(store: Store, file: StoredFile, path: Path) -> None:
    """Copy a file from the store. Raises DamagedError where it is not what was written."""
    try:
        store.download(file.name, path)
    except FileNotFoundError as error:
        raise DamagedError(f"{store.url}/{file.name} is missing.") from error
    if _sha256(path) != file.sha256:
        raise DamagedError(f"{store.url}/{file.name} is damaged: it is not what was written.")


def load(store: Store, name: str | None, path: Path) -> tuple[Snapshot | None, list[str]]:
    """Copy the archive of a snapshot to `path`, or that of the one before where the last one is damaged.

    Returns the snapshot that was copied, None without one, and a sentence for each that is damaged.
    """
    problems: list[str] = []
    for candidate in _candidates(store, name):
        try:
            snapshot = read_snapshot(store, candidate)
            download(store, snapshot.archive, path)
        except DamagedError as error:
            path.unlink(missing_ok=True)
            problems.append(str(error))
        else:
            return snapshot, problems
    return None, problems


def _candidates(store: Store, name: str | None) -> list[str]:
    """Return the names of a snapshot and of those before it, the latest first."""
    if name is None:
        return []
    shard, _, last = name.partition("/")
    earlier = [folder for folder in store.folders(shard) if folder < last]
    return [name, *(f"{shard}/{folder}" for folder in sorted(earlier, reverse=True))]


def publish(
    held: HeldLease,
    shard: int,
    archive: Path,
    warc: Path,
    before: Snapshot | None,
    merged: Collection[str],
) -> Snapshot:
    """Upload the archive and the files of the folder `warc`, and make them what the shard holds.

    Files of the snapshot `before` are kept but for those whose names in the store are in `merged`. Raises
    LeaseOverError when the lease is over; nothing that others read has changed then.
    """
    store, name = held.store, _name(shard, held.epoch)
    kept = {file: stored for file, stored in (before.warc if before else {}).items() if stored.name not in merged}
    new = {
        path.name: _upload(store, path, f"{name}/warc/{path.name}")
        for path in (sorted(warc.iterdir()) if warc.is_dir() else ())
        if path.is_file()
    }
    snapshot = Snapshot(
        epoch=held.epoch,
        archive=_upload(store, archive, f"{name}/{ARCHIVE}"),
        warc={**kept, **new},
        before=_name(shard, before.epoch) if before else None,
    )
    held.renew()  # a stale writer ends here, before the list
    try:
        store.create(f"{name}/{LIST}", snapshot.encoded())
    except ConflictError as error:
        raise DamagedError(f"{store.url}/{name} exists: the epochs of {shard_name(shard)} were reset.") from error
    held.publish(name)
    _clean_up(store, shard, snapshot)
    return snapshot


def _clean_up(store: Store, shard: int, snapshot: Snapshot) -> None:
    """Delete the folders of epochs that neither the snapshot nor the one before needs."""
    used = {snapshot.archive.name, *(file.name for file in snapshot.warc.values())}
    names = {_name(shard, snapshot.epoch), snapshot.before}
    kept = {name.rpartition("/")[2] for name in names if name} | {file.split("/")[1] for file in used}
    for folder in store.folders(shard_name(shard)):
        if folder not in kept and snapshot_epoch(folder) < snapshot.epoch:
            store.delete_files(f"{shard_name(shard)}/{folder}")


def _name(shard: int, epoch: int) -> str:
    return f"{shard_name(shard)}/epoch-{epoch:08}"


def snapshot_epoch(name: str) -> int:
    """Return the epoch of the snapshot of that name; 0 where it is none."""
    number = name.rpartition("epoch-")[2]
    return int(number) if number.isdecimal() else 0


def _upload(store: Store, path: Path, name: str) -> StoredFile:
    stored = StoredFile(name, path.stat().st_size, _sha256(path))
    store.upload(path, name)
    return stored


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
