"""Merge what shards hold into the archive."""

import json
import shutil
from pathlib import Path

from archive.operations.merge import Merged, merge
from archive.storage.atomic_file import write_whole
from crawler.shards.snapshots import current, download, read_snapshot, shard_name, snapshot_epoch
from crawler.shards.store import Store


class ShardMerger:
    """Merges each snapshot of a shard once, from copies in a folder beside the archive."""

    def __init__(self, archive: Path, store: Store) -> None:
        self._archive, self._store = archive, store
        self._folder = archive.with_name(f"{archive.stem}-shards")
        self._folder.mkdir(exist_ok=True)
        self._epochs = _Epochs(self._folder / "merged.json")
        self._warc: dict[int, frozenset[str]] = {}

    def merged_warc(self, shard: int) -> frozenset[str]:
        """Return the names in the store of the WARC files of a shard that are in the archive."""
        return self._warc.get(shard, frozenset())

    def merge(self, shard: int) -> Merged | None:
        """Merge what the shard holds; None where that was done before. Raises DamagedError."""
        name = current(self._store, shard)
        if name is None or self._epochs.get(shard) == snapshot_epoch(name):
            return None
        path = self._folder / f"{shard_name(shard)}.db"
        folder = path.with_name(f"{path.stem}-warc")
        try:
            snapshot = read_snapshot(self._store, name)
            download(self._store, snapshot.archive, path)
            folder.mkdir(exist_ok=True)
            for file, stored in snapshot.warc.items():
                if stored.name not in self.merged_warc(shard):
                    download(self._store, stored, folder / file)
            (merged,) = merge(self._archive, [path], warc="move")
        finally:
            path.unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
        self._warc[shard] = frozenset(file.name for file in snapshot.warc.values())
        self._epochs.put(shard, snapshot.epoch)
        return merged


class _Epochs:
    """The epoch of each shard that was merged last, in a file beside the archive. Without it all are merged again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}

    def get(self, shard: int) -> int | None:
        return self._known.get(shard_name(shard))

    def put(self, shard: int, epoch: int) -> None:
        self._known[shard_name(shard)] = epoch
        write_whole(self._path, json.dumps(self._known))
