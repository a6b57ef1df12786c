"""`healthnews diff`: what changed between revisions, in a pipe and on a terminal."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import Reference
from archive.console.diff import shortened
from archive.text.diff import Piece
from tests.archives import URL, a_reference, an_article, new_archive, store
from tests.commands import run
from tests.terminals import run_on_terminal

FILLER = "这一段从来没有改动过，只是为了让文章足够长。" * 8
FIRST = f"{FILLER}\n\n研究共纳入48名患者，疗效良好。\n\n{FILLER}\n\nOne more sentence about IL-10."
SECOND = f"{FILLER}\n\n研究共纳入52名患者，疗效良好。\n\n{FILLER}\n\nOne more sentence about IL-17, they say."


def a_new_one() -> Reference:
    """A reference to another work than a_reference()."""
    return Reference(label="2", raw="[2] New one.", title="A new work of another title", doi="10.5555/new")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of an article in three revisions, and of one that never changed."""
    db = new_archive(tmp_path)
    old, new = a_reference(), a_new_one()
    store(db, an_article(text=FIRST, citations=(), references=(old,)))
    store(db, an_article(text=SECOND, citations=(), references=(old, new)))
    third = an_article(text=SECOND, title="干细胞能治疗硬皮病吗", citations=(), references=(new,))
    store(db, third)
    store(db, an_article(title="Other"), url=f"{URL}0")
    db.close()
    return tmp_path


def test_changed_words_are_marked_in_a_pipe(folder: Path) -> None:
    done = run("diff", "1", "--from", "1", "--to", "2", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{URL}: revision 1 to 2" in done.stdout
    assert "研究共纳入[-48-]{+52+}名患者，疗效良好。" in done.stdout.splitlines()
    assert "One more sentence about [-IL-10-]{+IL-17, they say+}." in done.stdout.splitlines()
    assert "+ [2] New one." in done.stdout.splitlines()
    assert FILLER not in done.stdout
    assert "…" in done.stdout.splitlines()


def test_the_last_change_is_shown_by_default(folder: Path) -> None:
    shown = run("diff", URL, cwd=folder).stdout.splitlines()
    assert shown[0] == f"{URL}: revision 2 to 3"
    assert "干细胞{+能+}治疗硬皮病{+吗+}" in shown
    assert "- [1] Wu T. Cells. J Cells 2016;3:48." in shown
    assert "52" not in "".join(shown)


def test_changed_words_are_coloured_on_a_terminal(folder: Path) -> None:
    shown = run_on_terminal("--no-pager", "diff", "1", "--to", "2", cwd=folder)
    assert "\x1b[9;31m48\x1b[0m\x1b[4;32m52\x1b[0m" in shown.raw
    assert "[-" not in shown.raw
    for colourless in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = run_on_terminal("--no-pager", "diff", "1", "--to", "2", cwd=folder, variables=colourless)
        assert "研究共纳入[-48-]{+52+}名患者，疗效良好。" in plain.lines


def test_references_alone_follow_the_title_after_one_blank_line(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article(citations=(), references=(a_reference(),)))
    store(db, an_article(citations=(), references=(a_reference(), a_new_one())))
    db.close()
    lines = [line.strip() for line in run("diff", "1", cwd=tmp_path).stdout.splitlines()]
    assert lines == [f"{URL}: revision 1 to 2", "", "干细胞治疗硬皮病", "", "References", "+ [2] New one."]


def test_json_holds_both_texts(folder: Path) -> None:
    found = json.loads(run("diff", "1", "--from", "1", "--to", "3", "--json", cwd=folder).stdout)
    assert "".join(piece["text"] for piece in found["text"] if piece["kind"] != "added") == FIRST
    assert "".join(piece["text"] for piece in found["text"] if piece["kind"] != "removed") == SECOND
    assert (found["id"], found["from"], found["to"]) == (1, 1, 3)
    assert [entry["raw"] for entry in found["references_added"]] == ["[2] New one."]
    assert [entry["doi"] for entry in found["references_removed"]] == ["10.5555/sci.2016"]


def test_nothing_changed_is_said(folder: Path) -> None:
    assert run("diff", "2", cwd=folder).stdout == f"{URL}0: revision 1 to 1, nothing changed\n"
    assert "nothing changed" in run("diff", "1", "--from", "2", "--to", "2", cwd=folder).stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["9"], "No article has the id 9."),
        (["1", "--to", "4"], "The article has revisions 1 to 3, not 4."),
        (["1", "--from", "7"], "The article has revisions 1 to 3, not 7."),
        (["https://nobody.example/"], "https://nobody.example/ is not in the archive"),
    ],
)
def test_a_mistake_gets_one_sentence(folder: Path, arguments: list[str], sentence: str) -> None:
    done = run("diff", *arguments, cwd=folder)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {sentence}")
    assert len(done.stderr.splitlines()) == 1


WORDS = st.text(st.sampled_from("ab 干细\n"), max_size=60)
PIECES = st.lists(st.builds(Piece, st.sampled_from(["same", "added", "removed"]), WORDS), max_size=6)


@given(PIECES)
def test_shortening_keeps_every_change(pieces: list[Piece]) -> None:
    short = shortened(pieces, 5)
    changed = [piece for piece in pieces if piece.kind != "same"]
    assert [piece for piece in short if piece.kind != "same"] == changed
    assert len(short) == (len(pieces) if changed else 0)
    for piece, whole in zip(short, pieces, strict=False):
        for part in piece.text.split("…"):
            assert part.strip() in whole.text


@pytest.mark.parametrize(
    ("text", "first", "middle", "last"),
    [
        ("short", "short", "short", "short"),
        ("a beginning of words and an end", "…an end", "a beginning…an end", "a beginning…"),
        ("one\n\ntwo\n\nthree four five", "…\n\n… five", "one\n\n…\n\n… five", "one\n\n…"),
        ("干细胞治疗硬皮病的研究报告", "…的研究报告", "干细胞治疗…的研究报告", "干细胞治疗…"),
    ],
)
def test_what_stayed_is_shortened(text: str, first: str, middle: str, last: str) -> None:
    same, change = Piece("same", text), Piece("added", "new")
    kept = [piece.text for piece in shortened([same, change, same, change, same], 5) if piece.kind == "same"]
    assert kept == [first, middle, last]
