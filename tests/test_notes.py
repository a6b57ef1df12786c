"""Collections, tags and notes: written, changed by several, exported, and refused in a sentence."""

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.cli.notes import FORMATS as OFFERED
from archive.errors import ArchiveError, FaultError
from archive.notes import ArticleName, ConflictError, Notes, Passage, RefusedError, open_notes
from archive.notes.database import APPLICATION_ID, VERSION
from archive.notes.export import FORMATS
from archive.notes.passages import quote
from archive.notes.reading import locate
from tests.archives import NOW, URL, an_article, new_archive, store
from tests.commands import run

ONE = ArticleName(url=URL, title="干细胞 *治疗*", site="demo", published="2024-05-21", revision=2, content_hash="ab")
TWO = ArticleName(url="https://other.example/2", title="=1+1")
PASSAGE = Passage(exact="第一段说明", prefix="", suffix="研究", start=0, end=5)


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Notes]:
    with open_notes(tmp_path / "notes.db", create=True) as opened:
        yield opened


def test_articles_are_set_aside_once(notes: Notes) -> None:
    assert notes.set_aside("Mine", [ONE, TWO], "ann", "干细胞") == 2
    assert notes.set_aside("mine", [ONE], "ben") == 0
    (collection,) = notes.collections()
    assert (collection.name, collection.articles, collection.created_by) == ("Mine", 2, "ann")
    first, second = notes.articles(collection=collection.id)
    assert (first.name, first.collections, first.added_by) == (ONE, ("Mine",), "ann")
    assert second.name == TWO
    assert notes.take_out(collection.id, URL, "ben")
    assert not notes.take_out(collection.id, URL, "ben")
    assert [each.name.url for each in notes.articles(collection=collection.id)] == [TWO.url]


def test_tags_are_given_and_taken(notes: Notes) -> None:
    assert notes.tag([ONE, TWO], ["好", " no  control group "], "ann") == 4
    assert notes.tag([ONE], ["好"], "ben") == 0
    assert notes.tags() == [("no control group", 2), ("好", 2)]
    assert notes.untag(URL, "好", "ben")
    assert [each.name.url for each in notes.articles(tag="好")] == [TWO.url]
    assert notes.articles(url=URL)[0].tags == ("no control group",)


def test_of_two_who_change_a_note_the_second_is_told(notes: Notes) -> None:
    note = notes.write_note(ONE, "first", "ann", passage=PASSAGE, seen_at=NOW)
    changed = notes.change_note(note.id, 1, "second", "ann")
    assert (changed.body, changed.version, changed.passage) == ("second", 2, PASSAGE)
    with pytest.raises(ConflictError, match=r"changed by ann .* nothing was overwritten") as caught:
        notes.change_note(note.id, 1, "third", "ben")
    assert (caught.value.theirs, caught.value.version) == ("second", 2)
    with pytest.raises(ConflictError):
        notes.delete_note(note.id, 1, "ben")
    notes.delete_note(note.id, 2, "ben")
    with pytest.raises(RefusedError, match="deleted by ben"):
        notes.change_note(note.id, 2, "fourth", "ann")
    history = notes.history("note", note.id)
    assert [(each.actor, each.action, each.version, each.content["body"]) for each in history] == [
        ("ben", "deleted", 2, "second"), ("ann", "changed", 2, "second"), ("ann", "created", 1, "first"),
    ]  # fmt: skip


def test_of_two_who_change_a_collection_the_second_is_told(notes: Notes) -> None:
    mine = notes.create_collection("mine", "ann")
    notes.change_collection(mine.id, 1, "ours", "what we read", "ann")
    with pytest.raises(ConflictError) as caught:
        notes.change_collection(mine.id, 1, "theirs", "", "ben")
    assert caught.value.theirs == "ours\n\nwhat we read"
    notes.create_collection("other", "ann")
    with pytest.raises(RefusedError, match="already"):
        notes.change_collection(mine.id, 2, "OTHER", "", "ann")
    notes.set_aside("ours", [ONE], "ann")
    notes.delete_collection(mine.id, 2, "ben")
    assert notes.history("collection", mine.id)[0].content["articles"] == [URL]
    assert notes.articles(url=URL)


@pytest.mark.parametrize(
    ("name", "sentence"), [("", "needs a name"), (" \n", "needs a name"), ("x" * 201, "200 is the most")]
)
def test_a_name_that_is_none_is_refused(notes: Notes, name: str, sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        notes.create_collection(name, "ann")


def test_what_is_no_note_is_refused(notes: Notes) -> None:
    with pytest.raises(RefusedError, match="words or a passage"):
        notes.write_note(ONE, " \n", "ann")
    with pytest.raises(RefusedError, match="100,000 is the most"):
        notes.write_note(ONE, "x" * 100_001, "ann")
    with pytest.raises(RefusedError, match="5,000 is the most"):
        notes.write_note(ONE, "x", "ann", passage=replace(PASSAGE, exact="x" * 5001))
    with pytest.raises(RefusedError, match="There are: none yet"):
        notes.collection("x")
    assert notes.notes() == []
    assert notes.write_note(ONE, "a\0b\ud800", "ann").body == "a b"


def test_exports_hold_what_was_written(notes: Notes) -> None:
    notes.set_aside("mine", [ONE, TWO], "ann")
    notes.tag([ONE], ["好"], "ann")
    note = notes.write_note(ONE, "=SUM(1)\nsecond line", "ann", passage=PASSAGE, seen_at=NOW)
    found = notes.articles()
    written = {name: "".join(each.write(found)) for name, each in FORMATS.items()}
    rows = list(csv.DictReader(written["csv"].splitlines(keepends=True)))
    assert [(row["url"], row["note"], row["passage"]) for row in rows] == [
        (URL, "'=SUM(1)\nsecond line", "第一段说明"), (TWO.url, "", ""),
    ]  # fmt: skip
    assert rows[1]["title"] == "'=1+1"
    first = json.loads(written["json"])[0]
    assert (first["tags"], first["notes"][0]["id"], first["content_hash"]) == (["好"], note.id, "")
    assert "## 干细胞 \\*治疗\\*\n" in written["markdown"]
    assert "\n> 第一段说明\n\n=SUM(1)\nsecond line\n" in written["markdown"]


def test_commands_know_every_format() -> None:
    assert tuple(FORMATS) == OFFERED


def test_annotations_follow_the_model(notes: Notes) -> None:
    notes.tag([ONE], ["好"], "ann")
    note = notes.write_note(ONE, "words", "ann", passage=PASSAGE, seen_at=NOW)
    notes.write_note(ONE, "", "ben", passage=PASSAGE)
    whole = notes.write_note(TWO, "on all of it", "ben")
    value = json.loads("".join(FORMATS["annotations"].write(notes.articles())))
    assert (value["@context"], value["type"], value["total"]) == (
        "http://www.w3.org/ns/anno.jsonld", "AnnotationCollection", 3,
    )  # fmt: skip
    items = {each["id"]: each for each in value["first"]["items"]}
    one = items[f"urn:uuid:{note.id}"]
    assert one["target"] == {
        "type": "SpecificResource",
        "source": URL,
        "state": {"type": "TimeState", "sourceDate": "2024-06-01T00:00:00Z"},
        "selector": [
            {"type": "TextQuoteSelector", "exact": "第一段说明", "prefix": "", "suffix": "研究"},
            {"type": "TextPositionSelector", "start": 0, "end": 5},
        ],
    }
    assert [(body["purpose"], body["value"]) for body in one["body"]] == [("commenting", "words"), ("tagging", "好")]
    assert {each["motivation"] for each in items.values()} == {"commenting", "highlighting"}
    assert items[f"urn:uuid:{whole.id}"]["target"] == TWO.url


def test_a_passage_is_looked_for_in_all_revisions(tmp_path: Path, notes: Notes) -> None:
    db = new_archive(tmp_path)
    text = "开头的一段话说明了背景。两例患者都好转了，没有对照组。结尾的一段话说明了局限。"
    store(db, an_article(text=text, citations=()))
    passage = quote(text, 12, 26)
    note = notes.write_note(ONE, "", "ann", passage=passage, seen_at=NOW)
    assert locate(db, note).sentence == ""
    store(db, an_article(text=text.replace("都好转了", "没有好转"), citations=()), now="2024-06-02T00:00:00.000000Z")
    assert locate(db, note).sentence == "The passage reads otherwise now."
    store(db, an_article(text="全新的文字，说的是流感疫苗。", citations=()), now="2024-06-03T00:00:00.000000Z")
    found = locate(db, note)
    assert (found.revision, found.sentence) == (
        1, "The passage is no longer in the newest text: it was in revision 1, archived 2024-06-01.",
    )  # fmt: skip
    absent = notes.write_note(
        ONE, "", "ann", passage=Passage(exact="从来没有过的一句话在这里", start=3, end=15), seen_at=NOW
    )
    assert locate(db, absent).sentence == (
        "The passage is no longer in any revision: it was marked in revision 2, archived 2024-06-01."
    )
    elsewhere = notes.write_note(TWO, "", "ann", passage=passage)
    assert locate(db, elsewhere).sentence == "The archive has no such article: the note keeps its passage."
    db.close()


def spoil(kind: str, path: Path) -> None:
    """Put at `path` what is no notes file of this version."""
    if kind == "folder":
        path.mkdir()
    elif kind == "text":
        path.write_text("no database at all " * 100)
    elif kind == "archive":
        new_archive(path.parent).close()
        (path.parent / "healthnews.db").rename(path)
    else:
        with closing(sqlite3.connect(path)) as db:
            db.execute("create table t (x)")
            if kind == "newer":
                db.execute(f"pragma application_id = {APPLICATION_ID}")
                db.execute(f"pragma user_version = {VERSION + 1}")
            db.commit()


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("folder", "is a folder"),
        ("text", "is no SQLite file"),
        ("archive", "is an archive, not a notes file"),
        ("other", "of another program"),
        ("newer", "newer version of healthnews"),
    ],
)
def test_a_file_that_is_no_notes_file_stays_as_it_is(tmp_path: Path, kind: str, sentence: str) -> None:
    path = tmp_path / "mine.db"
    spoil(kind, path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(ArchiveError, match=sentence):
        open_notes(path, create=True)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_notes_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="There are no notes at"):
        open_notes(tmp_path / "none.db")
    with pytest.raises(ArchiveError, match=r"folder .* does not exist"):
        open_notes(tmp_path / "none" / "notes.db", create=True)


def test_a_full_disk_is_a_sentence_and_nothing_is_lost(notes: Notes) -> None:
    notes.write_note(ONE, "kept", "ann")
    (pages,) = notes.db.execute("pragma page_count").fetchone()
    notes.db.execute(f"pragma max_page_count = {pages}")  # SQLite's own way to be out of room
    with pytest.raises(FaultError, match="the disk is full"):
        notes.write_note(ONE, "x" * 90_000, "ann")
    assert [note.body for note in notes.notes()] == ["kept"]


def test_notes_that_are_read_only_are_read(tmp_path: Path, notes: Notes) -> None:
    notes.write_note(ONE, "kept", "ann")
    notes.db.execute("pragma query_only = on")
    with pytest.raises(FaultError, match="read-only"):
        notes.write_note(ONE, "lost", "ann")
    assert [note.body for note in notes.notes()] == ["kept"]


def test_commands_write_and_say_what_is_wrong(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article())
    db.close()
    for words, code, said in [
        (("notes", "list"), 2, "There are no notes at"),
        (("notes", "add", "1"), 2, "Missing option '--collection'"),
        (("notes", "add", "--collection", "mine"), 2, "Name articles, or a search"),
        (("notes", "add", "--collection", "mine", "--search", "硬皮病", "--as", "ann"), 0, "1 articles set aside"),
        (("notes", "tag", "9", "--tag", "x"), 2, "No article has the id 9"),
        (("notes", "tag", "1", "--tag", ""), 2, "A tag needs a name"),
        (("notes", "write", "1", "why?", "--passage", "第一段 说明", "--as", "ann"), 0, "was written"),
        (("notes", "write", "1", "--passage", "nowhere"), 2, "no such passage"),
        (("notes", "passages"), 0, "It is there."),
        (("notes", "list", "--collection", "other"), 2, "There are: mine."),
        (("notes", "list", "--article", "1"), 0, "why?"),
        (("notes", "export", "--format", "csv"), 0, "第一段说明"),
        (("notes", "list", "--notes", "healthnews.db"), 2, "is an archive, not a notes file"),
    ]:
        done = run(*words, cwd=tmp_path)
        assert (done.returncode, said in done.stdout + done.stderr) == (code, True), (words, done.stdout, done.stderr)


def test_a_passage_in_no_revision_is_exit_code_1(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article())
    db.close()
    with open_notes(tmp_path / "notes.db", create=True) as opened:
        opened.write_note(ONE, "", "ann", passage=Passage(exact="从来没有过的一句话在这里", start=3, end=15))
    done = run("notes", "passages", cwd=tmp_path)
    assert done.returncode == 1
    assert "no longer in any revision" in done.stdout
