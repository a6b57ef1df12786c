"""Studies in the browser: two code blind, then settle; and pages of notes and studies in Chinese."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli_json import CODEBOOK
from tests.test_web_languages import KNOWN, WORDS, english
from tests.visitors import Visitor
from tests.web_notes import DB, make_archive, make_notes, serve, write


@pytest.fixture
def served(tmp_path: Path) -> Any:
    return serve(make_archive(tmp_path), make_notes(tmp_path))


@pytest.fixture
def ann(served: Any) -> Visitor:
    return Visitor(served, "ann")


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
