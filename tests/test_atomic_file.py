"""Files that are written whole or not at all."""

import os
import threading
from pathlib import Path

import pytest

from archive.storage.atomic_file import check_writable, write_whole


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_file_is_replaced_and_readable_by_all(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    for text in ("干细胞\n", "second\n"):
        check_writable(path)
        write_whole(path, text)
        assert path.read_text(encoding="utf-8") == text
    assert path.stat().st_mode & 0o777 == 0o644
    assert names(tmp_path) == ["report.json"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    write_whole(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("name", ["", "missing/file"])
def test_what_cannot_be_written_is_said_before(tmp_path: Path, name: str) -> None:
    for attempt in (check_writable, lambda path: write_whole(path, "x")):
        with pytest.raises(OSError, match=r"directory"):
            attempt(tmp_path / name)
    assert names(tmp_path) == []


def test_what_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "after \ud800")
    assert path.read_text() == "before"
    assert names(tmp_path) == ["file"]


def test_a_pipe_is_written_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    check_writable(pipe)
    reader.start()
    write_whole(pipe, "piped")
    reader.join()
    assert read == ["piped"]
    assert pipe.is_fifo()
