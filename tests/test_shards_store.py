"""Records and files of shards, in a folder and on object storage played by moto."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.shards.folder_store import KEPT, FolderStore
from crawler.shards.places import open_store
from crawler.shards.store import ConflictError, Store, StoreError, probe
from tests.object_storage import served_bucket


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "folder":
        yield open_store(str(tmp_path / "shards"))
    else:
        with served_bucket() as url:
            yield open_store(f"{url}/a/b")


def test_a_store_enforces_conditions(store: Store) -> None:
    probe(store)
    first = store.create("leases/1", b"one")
    with pytest.raises(ConflictError):
        store.create("leases/1", b"other")
    second = store.replace("leases/1", b"two", first)
    with pytest.raises(ConflictError):
        store.replace("leases/1", b"three", first)
    record = store.read("leases/1")
    assert record
    assert (record.data, record.version) == (b"two", second)
    assert store.read("leases/2") is None
    with pytest.raises(ConflictError):
        store.replace("leases/2", b"one", first)
    assert store.records("leases") == ["1"]
    assert store.records("nothing") == []
    store.delete("leases/1")
    assert store.read("leases/1") is None


def test_a_store_keeps_files(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(os.urandom(100_000))
    store.upload(file, "shards/0/epoch-1/a.db")
    store.upload(file, "shards/0/epoch-2/a.db")
    assert store.folders("shards/0") == ["epoch-1", "epoch-2"]
    store.delete_files("shards/0/epoch-1")
    assert store.folders("shards/0") == ["epoch-2"]
    store.download("shards/0/epoch-2/a.db", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == file.read_bytes()
    with pytest.raises(FileNotFoundError):
        store.download("shards/0/epoch-1/a.db", tmp_path / "copy")
    assert store.folders("nothing") == []


def test_of_many_writers_one_wins(tmp_path: Path) -> None:
    won: list[int] = []
    version = FolderStore(tmp_path).create("lease", b"0")
    start = threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        try:
            FolderStore(tmp_path).replace("lease", str(number).encode(), version)
        except ConflictError:
            return
        won.append(number)

    threads = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    record = FolderStore(tmp_path).read("lease")
    assert record
    assert [record.data] == [str(number).encode() for number in won]


@given(late=st.integers(0, 3 * KEPT))
def test_a_late_writer_is_refused_however_old_its_version_is(late: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store = FolderStore(Path(folder))
        versions = [store.create("lease", b"0")]
        for number in range(3 * KEPT + 1):
            versions.append(store.replace("lease", str(number).encode(), versions[-1]))
        with pytest.raises(ConflictError):
            store.replace("lease", b"late", versions[late])
        with pytest.raises(ConflictError):
            store.create("lease", b"late")
        record = store.read("lease")
        assert record
        assert record.version == versions[-1]


class _Careless(FolderStore):
    """A store that writes whatever the condition."""

    def replace(self, name: str, data: bytes, version: str) -> str:
        return super().replace(name, data, str(self._last(name)))


def test_a_store_that_enforces_no_conditions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not enforce the conditions"):
        probe(_Careless(tmp_path))
    assert list((tmp_path / "probe").iterdir()) == []


@pytest.mark.parametrize("place", ["gs://bucket/path", "s3://"])
def test_other_places_are_refused(place: str) -> None:
    with pytest.raises(StoreError):
        open_store(place)
