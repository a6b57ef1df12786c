"""An archive with notes in the browser, for tests: two articles, an empty notes file, and who may write."""

from pathlib import Path

from datasette.app import Datasette

from archive.notes import open_notes
from archive.web.server import datasette
from tests.archives import URL, an_article, new_archive, store
from tests.visitors import Visitor

DB = "/healthnews/-"
ALLOWED = {"permissions": {"write-notes": {"id": ["ann", "ben"]}, "view-notes": {"id": "eve"}}}
TEXT = "第一段说明研究[1]。\n\n两例患者都好转了，没有对照组。\n\n两例患者都好转了，后来随访。"


def make_archive(folder: Path) -> Path:
    db = new_archive(folder)
    store(db, an_article(text=TEXT))
    store(db, an_article(title="另一篇", text=TEXT + "完"), url=f"{URL}0")
    db.close()
    return folder / "healthnews.db"


def make_notes(folder: Path) -> Path:
    path = folder / "notes.db"
    open_notes(path, create=True).close()
    return path


def serve(archive: Path, notes: Path) -> Datasette:
    return datasette(archive, notes=notes, metadata=ALLOWED)


def write(visitor: Visitor, **fields: str) -> str:
    """Write a note on the first article; its id."""
    form = {"article": "1", "revision": "1", "body": "", "passage": "", "before": "", **fields}
    answer = visitor.send(f"{DB}/article/1", f"{DB}/notes/write", form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rpartition("#note-")[2])
