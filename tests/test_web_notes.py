"""Notes in the browser: who may see and write them, forms with their token, what goes wrong."""

import json
import re
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.web.server import datasette
from tests.archives import URL, an_article, new_archive, store
from tests.commands import HEALTHNEWS, PATIENCE, environment, run
from tests.visitors import Visitor
from tests.web import HOSTILE, links
from tests.web_notes import ALLOWED, DB, TEXT, make_archive, make_notes, serve, write


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


def test_articles_of_a_search_are_set_aside(ann: Visitor) -> None:
    page = ann.page(f"{DB}/search?q=硬皮病+OR+另一篇&copies=yes")
    assert page.count('form="hn-set-aside"') == 2
    form = {"collection": "my  reading", "search": "q=硬皮病&copies=yes", "all": "1"}
    done = ann.send(f"{DB}/search?q=硬皮病", f"{DB}/notes/aside", form)
    assert (done.status_code, done.headers["location"]) == (303, f"{DB}/notes/collection/1")
    ann.send(f"{DB}/search?q=硬皮病", f"{DB}/notes/aside", {"collection": "MY READING", "article": ["1", "2"]})
    page = ann.page(f"{DB}/notes/collection/1")
    assert re.findall(r"<h1>(.+?) <", page) == ["my reading"]
    assert {"干细胞治疗硬皮病", "另一篇"} <= links(page).keys()
    assert page.count("set aside by ann") == 2
    ann.send(f"{DB}/notes/collection/1", f"{DB}/notes/collection/1", {"out": URL})
    assert "干细胞治疗硬皮病" not in links(ann.page(f"{DB}/notes/collection/1"))
    none = ann.send(f"{DB}/search?q=硬皮病", f"{DB}/notes/aside", {"collection": "x"})
    assert (none.status_code, "No article was ticked" in none.text) == (400, True)


def test_a_passage_is_noted_on_and_marked(ann: Visitor) -> None:
    before = len("".join(TEXT[: TEXT.rindex("两例")].split()))
    note = write(ann, body=HOSTILE, passage="两例患者 都好转了", before=str(before))
    page = ann.page(f"{DB}/article/1")
    assert "<script>alert" not in page
    marked = (
        r'后来|没有对照组。</p>\s*<p><span id="passage-1"></span><span class="hn-highlight">两例患者都好转了</span>'
    )
    assert re.search(marked, page)
    assert f'id="note-{note}"' in page
    second = write(ann, passage="患者都好转了，没有", body="overlaps")
    page = ann.page(f"{DB}/article/1")
    assert page.count('class="hn-highlight"') == 2
    assert page.count("hn-note-link") == 2
    assert second in page
    missing = ann.send(
        f"{DB}/article/1", f"{DB}/notes/write",
        {"article": "1", "revision": "1", "passage": "不在文中的话", "body": "kept?"},
    )  # fmt: skip
    assert (missing.status_code, "has no such passage" in missing.text, "kept?" in missing.text) == (400, True, True)


def test_a_passage_that_went_is_said_to_be_gone(archive: Path, ann: Visitor) -> None:
    note = write(ann, passage="两例患者都好转了，没有对照组。")
    db = new_archive(archive.parent)
    store(db, an_article(text="全新的文字，与以前完全不同。"), now="2024-06-09T00:00:00.000000Z")
    db.close()
    for page in (ann.page(f"{DB}/article/1"), ann.page(f"{DB}/notes/note/{note}")):
        assert "no longer in the newest text: it was in revision 1, archived 2024-06-01." in page
        assert f"{DB}/article/1/revision/1" in links(page).values()
    assert "hn-highlight" in ann.page(f"{DB}/article/1/revision/1")
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("delete from revisions where number = 1")
    assert "no longer in any revision: it was marked in revision 1" in ann.page(f"{DB}/article/1")


def test_of_two_who_change_a_note_the_second_gets_both_texts(served: Any, ann: Visitor) -> None:
    note = write(ann, body="first")
    page = f"{DB}/notes/note/{note}"
    ben = Visitor(served, "ben")
    assert ben.send(page, page, {"version": "1", "body": "ben's words"}).status_code == 303
    late = ann.send(page, page, {"version": "1", "body": "ann's <words>"})
    assert late.status_code == 409
    assert "changed by ben" in late.text
    assert "ben&#39;s words" in late.text
    assert "ann&#39;s &lt;words&gt;" in late.text
    assert ann.send(page, page, {"version": "2", "body": "ann's words"}).status_code == 303
    assert "ben&#39;s words" in ann.page(page)  # in its history
    assert ann.send(page, page, {"version": "3", "delete": "1"}).status_code == 303
    gone = ann.get(page)
    assert (gone.status_code, "deleted by ann" in gone.text) == (404, True)


def test_tags_and_collections_of_an_article(ann: Visitor) -> None:
    article = f"{DB}/article/1"
    assert ann.send(article, f"{DB}/notes/tags", {"article": "1", "tag": "好， no control"}).status_code == 303
    ann.send(article, f"{DB}/notes/aside", {"article": "1", "collection": "mine", "back": "1"})
    page = links(ann.page(article))
    assert {"好", "no control", "mine"} <= page.keys()
    assert "干细胞治疗硬皮病" in links(ann.page(page["好"]))
    ann.send(article, f"{DB}/notes/tags", {"article": "1", "remove": "好"})
    assert "好" not in links(ann.page(article))
    ann.send(f"{DB}/notes", f"{DB}/notes/collections", {"name": "other", "description": "d"})
    change = {"version": "1", "name": "renamed", "description": "what for"}
    assert ann.send(f"{DB}/notes/collection/2", f"{DB}/notes/collection/2", change).status_code == 303
    late = ann.send(f"{DB}/notes/collection/2", f"{DB}/notes/collection/2", change)
    assert (late.status_code, "renamed\n\nwhat for" in late.text) == (409, True)
    ann.send(f"{DB}/notes/collection/2", f"{DB}/notes/collection/2", {"version": "2", "delete": "1"})
    assert ann.get(f"{DB}/notes/collection/2").status_code == 404
    assert "renamed" in ann.page(f"{DB}/notes/history")


def test_exports_are_files(ann: Visitor) -> None:
    write(ann, body="words", passage="两例患者都好转了")
    for ending, media_type in (
        ("csv", "text/csv"), ("json", "application/json"), ("md", "text/markdown"), ("jsonld", "application/ld+json"),
    ):  # fmt: skip
        found = ann.get(f"{DB}/notes/export.{ending}")
        assert found.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert f'filename="notes.{ending}"' in found.headers["content-disposition"]
        assert "两例患者都好转了" in found.text
    assert ann.get(f"{DB}/notes/export.json?tag=none").json() == []
    for number in ("9x", "9" * 30):
        assert ann.get(f"{DB}/notes/export.json?collection={number}").status_code == 400


def test_only_those_who_may_see_and_write(served: Any, ann: Visitor) -> None:
    note = write(ann, body="ann's secret")
    nobody, other, eve = Visitor(served, None), Visitor(served, "mallory"), Visitor(served, "eve")
    for visitor in (nobody, other):
        for path in ("notes", "notes/articles", "notes/history", f"notes/note/{note}", "notes/export.json", "coding"):
            answer = visitor.get(f"{DB}/{path}")
            assert (answer.status_code, "secret" in answer.text) == (403, False), path
        for path in ("article/1", "search?q=硬皮病", "start"):
            page = visitor.page(f"{DB}/{path}")
            assert "secret" not in page
            assert "/-/notes" not in page
            assert "hn-desk" not in page
    assert "ann&#39;s secret" in eve.page(f"{DB}/article/1")
    assert 'method="post"' not in eve.page(f"{DB}/notes") + eve.page(f"{DB}/article/1")
    refused = eve.post(f"{DB}/notes/collections", {"name": "x", "csrftoken": ""})
    assert refused.status_code == 403
    assert "<h2>" not in ann.page(f"{DB}/notes/articles?tag=none")


def test_those_who_are_not_signed_in_are_led_there(archive: Path, notes: Path) -> None:
    plugins = {"plugins": {"datasette-auth-passwords": {"ann_password_hash": "x"}}}
    with_page = datasette(archive, notes=notes, metadata=ALLOWED | plugins)
    assert links(Visitor(with_page, None).page(f"{DB}/notes", 403))["Sign in"] == "/-/login"
    assert "Sign in" not in links(Visitor(with_page, "mallory").page(f"{DB}/notes", 403))
    assert links(Visitor(with_page, "ann").page(f"{DB}/notes"))["Sign out"] == "/-/logout"


def test_forms_need_their_token_and_their_page(served: Any, ann: Visitor) -> None:
    assert ann.page(f"{DB}/notes")  # which sets the cookie of the token
    assert ann.post(f"{DB}/notes/collections", {"name": "x"}).status_code == 403
    assert ann.post(f"{DB}/notes/collections", {"name": "x", "csrftoken": "x"}).status_code == 403
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
    ):
        assert ann.post(f"{DB}/notes/collections", {"name": "x"}, **headers).status_code == 403
    for path in (f"{DB}/article/1", f"{DB}/search", "/healthnews/articles", "/healthnews", "/-/messages"):
        assert ann.post(path, {}).status_code == 405
    assert ann.post(f"{DB}/notes/collections", {"name": "x" * 2_000_000}).status_code == 413
    assert "None yet" in ann.page(f"{DB}/notes")


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("notes/aside", {"collection": "", "article": "1"}, 400),
        ("notes/aside", {"collection": "x", "article": "99"}, 404),
        ("notes/tags", {"article": "99", "tag": "x"}, 404),
        ("notes/tags", {"article": "x", "tag": "x"}, 400),
        ("notes/tags", {"article": "1", "tag": " , "}, 400),
        ("notes/write", {"article": "1", "revision": "7", "body": "x"}, 404),
        ("notes/write", {"article": "1", "revision": "1", "body": " "}, 400),
        ("notes/write", {"article": "1", "revision": "1", "body": "x" * 100_001}, 400),
        ("notes/collections", {"name": "x" * 201}, 400),
        ("notes/note/00000000-0000-0000-0000-000000000000", {"version": "1", "body": "x"}, 404),
        ("notes/collection/9", {"version": "1", "name": "x"}, 404),
        ("notes/articles", {}, 405),
        ("coding", {"collection": "1", "codebook": "../x", "name": "x", "coder_a": "a", "coder_b": "b"}, 400),
        ("coding/9/1", {"version": "0"}, 404),
        ("coding/9/done", {}, 404),
    ],
)
def test_what_makes_no_sense_is_a_page_with_its_status(
    ann: Visitor, path: str, form: dict[str, str], status: int
) -> None:
    answer = ann.send(f"{DB}/article/1", f"{DB}/{path}", form)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")


def test_an_address_that_leads_nowhere_is_404(ann: Visitor) -> None:
    for path in (
        "notes/x",
        "notes/note/x",
        "notes/collection/x",
        "notes/export.exe",
        "coding/x",
        "coding/1/x",
        "notes/",
    ):
        assert ann.get(f"{DB}/{path}").status_code in (302, 404), path
    assert ann.get(f"{DB}/notes/collection/99").status_code == 404


def test_root_signs_in_once_by_the_printed_link(archive: Path, notes: Path) -> None:
    public = datasette(archive, notes=notes, root=True, public=True)
    visitor = Visitor(public, None)
    assert visitor.get(f"{DB}/notes").status_code == 403
    token = public._root_token
    assert visitor.get(f"/-/auth-token?token={token}").status_code == 302
    assert "signed in as root" in visitor.page(f"{DB}/notes")
    assert Visitor(public, None).get(f"/-/auth-token?token={token}").status_code == 403
    without = datasette(archive, notes=notes, public=True)
    assert Visitor(without, None).get(f"/-/auth-token?token={without._root_token}").status_code == 404


def test_the_server_prints_the_link(archive: Path, tmp_path: Path) -> None:
    command = [*HEALTHNEWS, "--archive", str(archive), "serve", "--port", "0", "--notes", str(tmp_path / "new.db")]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        said = [server.stderr.readline(), server.stderr.readline()]
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=PATIENCE)
    assert re.search(r"Sign in as root, once: http://127.0.0.1:\d+/-/auth-token\?token=\w+", said[1])
    assert (tmp_path / "new.db").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--notes", "healthnews.db"), "is an archive, not a notes file"),
        (("--notes", "none/notes.db"), "does not exist"),
        (("--metadata", "none.json"), "is no metadata of Datasette"),
        (("--metadata", "list.json"), "is not a table of keys and values"),
    ],
)
def test_what_cannot_be_served_is_a_sentence(archive: Path, options: tuple[str, str], sentence: str) -> None:
    (archive.parent / "list.json").write_text("[1]")
    done = run("serve", *options, cwd=archive.parent)
    assert (done.returncode, sentence in done.stderr) == (2, True)


def test_without_notes_nothing_is_there(archive: Path) -> None:
    root = Visitor(datasette(archive), "root")
    for path in ("notes", "notes/articles", "notes/export.json", "coding", "coding/1"):
        assert root.get(f"{DB}/{path}").status_code == 404
    for path in ("article/1", "search?q=硬皮病", "start", "sites"):
        page = root.page(f"{DB}/{path}")
        assert not re.search(r"notes\.css|/-/notes|hn-highlight|hn-set-aside|csrftoken", page)


def test_notes_are_not_in_the_databases(served: Any, ann: Visitor) -> None:
    assert "notes" not in json.loads(ann.page("/-/databases.json") or "[]")[0]["name"]
    assert ann.get("/notes").status_code == 404
