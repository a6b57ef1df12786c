"""Ten writers at once, and a writer that is killed: no note that was said to be saved is lost."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from archive.notes import open_notes
from tests.commands import PATIENCE

EACH, WRITERS = 20, 10
WRITE = """
import sys
from archive.notes import ArticleName, open_notes
path, actor, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open_notes(path, create=True) as notes:
    article = ArticleName(url="https://news.example/1")
    for each in range(number):
        notes.set_aside("ours", [ArticleName(url=f"https://news.example/{each}")], actor)
        note = notes.write_note(article, f"{actor} {each}", actor)
        print(note.id, flush=True)
"""


def start(path: Path, actor: str, number: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITE, str(path), actor, str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_ten_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"  # all of them make it
    writers = [start(path, f"writer{number}", EACH) for number in range(WRITERS)]
    said: set[str] = set()
    for writer in writers:
        out, err = writer.communicate(timeout=PATIENCE)
        assert (writer.returncode, err) == (0, "")
        said |= set(out.split())
    with open_notes(path) as notes:
        assert len(said) == EACH * WRITERS
        assert {note.id for note in notes.notes()} == said
        assert notes.collection("ours").articles == EACH
        assert len(notes.history("note", limit=10_000)) == EACH * WRITERS
        assert len(notes.history("collection")) == 1


def test_a_kill_loses_nothing_that_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    said: list[str] = []
    for kill in range(5):
        writer = start(path, f"writer{kill}", 10_000)
        assert writer.stdout
        said += [writer.stdout.readline().strip() for _ in range(7 * kill + 3)]
        writer.send_signal(signal.SIGKILL)
        out, _ = writer.communicate(timeout=PATIENCE)
        said += [line for line in out.splitlines() if len(line) == 36]
    with open_notes(path) as notes:
        stored = {note.id for note in notes.notes()}
    assert set(said) <= stored
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        (logged,) = db.execute("select count(*) from history where kind = 'note'").fetchone()
    assert logged == len(stored)
