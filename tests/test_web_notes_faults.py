"""Notes in the browser where the disk or the notes file is at fault: nothing that was typed is lost."""

import contextlib
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.notes import open_notes
from archive.notes.database import VERSION
from archive.web.server import datasette
from tests.test_notes import spoil
from tests.visitors import Visitor
from tests.web_notes import ALLOWED, DB, make_archive, make_notes, serve, write


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return make_archive(tmp_path)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return make_notes(tmp_path)


@pytest.fixture
def served(archive: Path, notes: Path) -> Any:
    return serve(archive, notes)


@pytest.fixture
def ann(served: Any) -> Visitor:
    return Visitor(served, "ann")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, which can be filled and made read-only."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=1048576", "tmpfs", str(folder)]
    if not mount or subprocess.run([mount, *options], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run([shutil.which("umount") or "umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize(
    ("fault", "status", "sentence", "chinese"),
    [
        ("full", 507, "the disk failed or is full", "notes.db 无法使用：磁盘出错或已满"),
        ("read-only", 503, "it or its folder is read-only", "notes.db 无法使用：文件或其所在文件夹为只读"),
    ],
)
def test_a_disk_at_fault_loses_nothing(
    archive: Path, disk: Path, fault: str, status: int, sentence: str, chinese: str
) -> None:
    path = disk / "notes.db"
    open_notes(path, create=True).close()
    served = datasette(archive, notes=path, metadata=ALLOWED)
    ann = Visitor(served, "ann")
    note = write(ann, body="kept")
    filler = disk / "filler"
    if fault == "full":
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
    else:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    page = f"{DB}/notes/note/{note}"
    answer = ann.send(page, page, {"version": "1", "body": "typed <words> " * 2000})
    assert answer.status_code == status, answer.text
    assert sentence in answer.text
    assert "typed &lt;words&gt;" in answer.text
    assert chinese in Visitor(served, "ann", "zh").send(page, page, {"version": "1", "body": "typed"}).text
    assert "kept" in ann.page(page)
    if fault == "full":
        filler.unlink()
        assert ann.send(page, page, {"version": "1", "body": "typed again"}).status_code == 303


def test_another_program_put_its_file_there(ann: Visitor, notes: Path) -> None:
    page = ann.page(f"{DB}/search?q=硬皮病")
    for each in notes.parent.glob("notes.db*"):
        each.unlink()
    notes.write_text("no database at all " * 100)
    token = re.search(r'name="csrftoken" value="([^"]+)"', page)
    assert token
    answer = ann.post(f"{DB}/notes/collections", {"name": "typed", "csrftoken": token[1]})
    assert (answer.status_code, "is no SQLite file" in answer.text, "typed" in answer.text) == (503, True, True)
    article = ann.get(f"{DB}/article/1")
    assert (article.status_code, "is no SQLite file" in article.text) == (200, True)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("text", "notes.db 不是 SQLite 文件：请用 --notes 给出另一个文件。"),
        ("archive", "notes.db 是档案库，不是笔记文件：请用 --notes 给出另一个文件。"),
        ("other", "notes.db 是其他程序的 SQLite 文件：请用 --notes 给出另一个文件。"),
        ("newer", "notes.db 由较新版本的 healthnews 写成：请更新程序后再打开。"),
    ],
)
def test_a_notes_file_that_is_none_is_one_sentence_in_chinese(
    served: Any, notes: Path, kind: str, sentence: str
) -> None:
    ann = Visitor(served, "ann", "zh")
    page = ann.page(f"{DB}/search?q=硬皮病")
    for each in notes.parent.glob("notes.db*"):
        each.unlink()
    folder = notes.parent / "other"
    folder.mkdir()
    spoil(kind, folder / "mine.db")
    shutil.move(folder / "mine.db", notes)
    before = notes.read_bytes()
    token = re.search(r'name="csrftoken" value="([^"]+)"', page)
    assert token
    answers = [
        (ann.get(f"{DB}/notes"), 503),
        (ann.post(f"{DB}/notes/collections", {"name": "写下的名称", "csrftoken": token[1]}), 503),
        (ann.get(f"{DB}/article/1"), 200),
        (ann.get(f"{DB}/search?q=硬皮病"), 200),
    ]
    for answer, status in answers:
        assert (answer.status_code, sentence in answer.text) == (status, True), answer.text
    assert "写下的名称" in answers[1][0].text
    assert notes.read_bytes() == before


def test_a_file_of_a_newer_version_is_refused(ann: Visitor, notes: Path) -> None:
    with closing(sqlite3.connect(notes)) as db:
        db.execute(f"pragma user_version = {VERSION + 1}")
    answer = ann.get(f"{DB}/notes")
    assert (answer.status_code, "newer version of healthnews" in answer.text) == (503, True)
    for path in ("article/1", "search?q=硬皮病"):
        assert "newer version of healthnews" in ann.page(f"{DB}/{path}")
