"""Notes in the browser: who may see and write them, forms with their token, what goes wrong."""

import contextlib
import json
import re
import shutil
import signal
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
from tests.archives import URL, an_article, new_archive, store
from tests.commands import HEALTHNEWS, PATIENCE, environment, run
from tests.test_cli_json import CODEBOOK
from tests.test_notes import spoil
from tests.test_web_languages import KNOWN, WORDS, english
from tests.visitors import Visitor
from tests.web import HOSTILE, links

DB = "/healthnews/-"
ALLOWED = {"permissions": {"write-notes": {"id": ["ann", "ben"]}, "view-notes": {"id": "eve"}}}
TEXT = "第一段说明研究[1]。\n\n两例患者都好转了，没有对照组。\n\n两例患者都好转了，后来随访。"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    db = new_archive(tmp_path)
    store(db, an_article(text=TEXT))
    store(db, an_article(title="另一篇", text=TEXT + "完"), url=f"{URL}0")
    db.close()
    return tmp_path / "healthnews.db"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.db"
    open_notes(path, create=True).close()
    return path


@pytest.fixture
def served(archive: Path, notes: Path) -> Any:
    return datasette(archive, notes=notes, metadata=ALLOWED)


@pytest.fixture
def ann(served: Any) -> Visitor:
    return Visitor(served, "ann")


def write(visitor: Visitor, **fields: str) -> str:
    """Write a note on the first article; its id."""
    form = {"article": "1", "revision": "1", "body": "", "passage": "", "before": "", **fields}
    answer = visitor.send(f"{DB}/article/1", f"{DB}/notes/write", form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rpartition("#note-")[2])


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


@pytest.fixture
def study(served: Any, ann: Visitor) -> str:
    ann.send(f"{DB}/article/1", f"{DB}/notes/aside", {"article": ["1", "2"], "collection": "mine"})
    form = {
        "name": "quality",
        "collection": "1",
        "codebook": "honcode",
        "toml": CODEBOOK,
        "coder_a": "ann",
        "coder_b": "ben",
    }
    made = ann.send(f"{DB}/coding", f"{DB}/coding", form)
    assert made.status_code == 303, made.text
    return str(made.headers["location"])


def test_two_code_blind_then_settle(served: Any, ann: Visitor, study: str) -> None:
    ben, eve = Visitor(served, "ben"), Visitor(served, "eve")
    for position, answer in (("1", "yes"), ("2", "no")):
        page = f"{study}/{position}"
        saved = ann.send(page, page, {"version": "0", "answer-claims": answer, "comment": f"ann thinks {answer}"})
        assert saved.status_code == 303
    assert ann.send(study, f"{study}/done", {}).status_code == 303
    closed = ann.send(study.replace("/coding/1", "/notes"), f"{study}/1", {"version": "1", "answer-claims": "no"})
    assert (closed.status_code, "can no longer be changed" in closed.text) == (400, True)
    for visitor in (ben, eve):
        for path in (study, f"{study}/1", f"{study}/1/settle", f"{study}.csv", f"{study}.json", f"{DB}/notes/history"):
            assert "ann thinks" not in visitor.get(path).text
            assert "checked" not in visitor.get(path).text
    early = ben.send(f"{study}/1", f"{study}/done", {})
    assert (early.status_code, "has not answered 2 questions" in early.text) == (400, True)
    assert ben.get(f"{study}.csv").status_code == 400
    for position in ("1", "2"):
        ben.send(f"{study}/{position}", f"{study}/{position}", {"version": "0", "answer-claims": "yes"})
    late = ben.send(f"{study}/1", f"{study}/1", {"version": "0", "answer-claims": "no", "comment": "mine"})
    assert (late.status_code, "claims: yes" in late.text, "mine" in late.text) == (409, True, True)
    assert ben.send(study, f"{study}/done", {}).status_code == 303
    page = ben.page(study)
    assert "50.0%" in page
    assert "weighted" not in page  # the choices are in no order
    assert f"{study}/2/settle" in page
    assert f"{study}/1/settle" not in page
    assert "Previous article" not in ben.page(f"{study}/2/settle")  # it is the only one that differs
    history = ben.page(f"{DB}/notes/history")
    assert re.search(r"Answers · written</td>\s*<td>quality · 另一篇</td>", history)
    settle = f"{study}/2/settle"
    assert "ann thinks no" in ben.page(settle)
    assert ben.send(settle, settle, {"version": "0", "answer-claims": "no"}).status_code == 303
    again = ann.send(settle, settle, {"version": "0", "answer-claims": "yes"})
    assert (again.status_code, "saved by ben" in again.text) == (409, True)
    assert "All are settled." in ann.page(study)
    rows = ann.get(f"{study}.json").json()
    assert [(row["answer_a"], row["answer_b"], row["final"]) for row in rows] == [
        ("yes", "yes", "yes"),
        ("no", "yes", "no"),
    ]
    assert ann.get(f"{study}.csv").text.startswith("study,position,url")


def test_a_codebook_that_is_wrong_is_a_page(ann: Visitor, study: str) -> None:
    form = {"name": "x", "collection": "1", "codebook": "", "coder_a": "ann", "coder_b": "ben"}
    for toml, sentence in (
        (CODEBOOK.replace("choices", "choises"), "unknown key choises"),
        (CODEBOOK + CODEBOOK.partition("[[")[1] + CODEBOOK.partition("[[")[2], "two questions of the name claims"),
    ):
        answer = ann.send(f"{DB}/coding", f"{DB}/coding", {**form, "toml": toml})
        assert (answer.status_code, sentence in answer.text) == (400, True)
        assert "Does it claim too much?" in answer.text  # what was typed is still there


@pytest.mark.parametrize(
    "path",
    [
        "notes", "notes/articles", "notes/articles?tag=x", "notes/collection/1", "notes/note/NOTE", "notes/history",
        "article/1", "search?q=硬皮病&copies=yes", "coding", "coding/1", "coding/1/1", "coding/1/2/settle", "coding/9",
    ],
)  # fmt: skip
def test_a_chinese_page_says_nothing_in_english(served: Any, ann: Visitor, study: str, path: str) -> None:
    ben = Visitor(served, "ben")
    note = write(ann, body="笔记", passage="两例患者都好转了")
    write(ann, passage="没有对照组")
    if "settle" in path or path == "coding/1":
        for visitor, choice in ((ann, "yes"), (ben, "no")):
            for position in ("1", "2"):
                page = f"{study}/{position}"
                visitor.send(page, page, {"version": "0", "answer-claims": choice})
            visitor.send(study, f"{study}/done", {})
    found = Visitor(served, "ann", "zh-CN").get(f"{DB}/{path.replace('NOTE', note)}")
    assert found.status_code == (404 if path == "coding/9" else 200)
    own = {"mine", "quality", "ann", "ben", "short", "one", "does", "claim", "too", "much", "yes", "list", "demo"}
    own |= {
        "markdown",
        "annotations",
        "web",
        "cohen",
        "ctrl",
        "toml",
        "news",
        "example",
        "discern",
        "honcode",
        "healthnewsreview",
    }
    stored = {word.lower() for word in WORDS.findall(ann.get(f"{DB}/article/1.json").text)}
    assert sorted(english(found.text) - KNOWN - own - stored) == []


def test_what_is_refused_is_said_in_chinese(served: Any) -> None:
    ann = Visitor(served, "ann", "zh")
    for path, form, sentence in [
        ("notes/tags", {"article": "1", "tag": ","}, "标签需要一个名称。"),
        ("notes/write", {"article": "1", "revision": "1", "passage": "nowhere"}, "没有这段文字"),
        ("notes/collection/9", {"version": "1", "name": "x"}, "没有收藏夹 9。现有：还没有。"),
        ("coding", {"collection": "1", "codebook": "x", "name": "x", "coder_a": "a", "coder_b": "b"}, "没有编码手册 x"),
        ("coding", {"collection": "1", "toml": CODEBOOK.replace("text", "txet"), "name": "x", "coder_a": "a",
                    "coder_b": "b"}, "编码手册：问题 claims 有未知的键 txet：是否指 text？"),
    ]:  # fmt: skip
        answer = ann.send(f"{DB}/article/1", f"{DB}/{path}", form)
        assert sentence in answer.text, answer.text
    assert "只供已登录" in Visitor(served, None, "zh").get(f"{DB}/notes").text


def test_kappa_that_is_undefined_is_said_to_be(served: Any, ann: Visitor, study: str) -> None:
    for visitor in (ann, Visitor(served, "ben")):
        for position in ("1", "2"):
            page = f"{study}/{position}"
            visitor.send(page, page, {"version": "0", "answer-claims": "yes"})
        visitor.send(study, f"{study}/done", {})
    page = ann.page(study)
    assert "κ undefined: both coders gave the same answer everywhere" in page
    assert "The coders agree everywhere." in page
    assert "κ 没有定义" in Visitor(served, "ann", "zh").page(study)
