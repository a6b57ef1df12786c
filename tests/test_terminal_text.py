"""Stored text does nothing to a terminal, in any command's output."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.console.terminal_text import plain, plain_json
from tests.archives import an_article, new_archive, store
from tests.commands import run

HOSTILE = "干\x1b]0;owned\x07\x1b[31m\x9b2J\x90\u202e\u2066evil\u2069\r\x08\x00细胞"
EXECUTED = "\x1b\x07\x9b\x90\u202e\u2066\u2069\r\x08\x00"


@given(st.text())
def test_plain_text_has_nothing_to_execute(text: str) -> None:
    assert not set(plain(text)) & set(EXECUTED)
    assert plain("שלום\u200f 干细胞\n\t") == "שלום\u200f 干细胞\n\t"


@given(st.recursive(st.text(), st.lists))
def test_json_means_the_same(value: object) -> None:
    text = plain_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == value
    assert not set(text) & set(EXECUTED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    db = new_archive(made)
    article = an_article(
        title=HOSTILE, text=HOSTILE, markdown=HOSTILE, source=HOSTILE, authors=(HOSTILE,), citations=()
    )
    store(db, article)
    store(db, an_article(title=HOSTILE, text=f"{HOSTILE}二", citations=()), now="2024-06-02T00:00:00.000000Z")
    db.close()
    return made


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "1"], ["show", "1", "--markdown"], ["show", "1", "--revision", "1"], ["show", "1", "--json"],
        ["search", "细胞"], ["search", "细胞", "--json"], ["diff", "1"], ["diff", "1", "--json"], ["works"], ["report"],
        ["show", HOSTILE.replace("\x00", "")], ["search", "site:" + HOSTILE.replace("\x00", "")], ["sites"],
    ],
    ids=lambda value: ascii(" ".join(value))[:40],
)  # fmt: skip
def test_commands_print_nothing_to_execute(folder: Path, arguments: list[str]) -> None:
    done = run(*arguments, cwd=folder)
    assert "Traceback" not in done.stderr
    assert not set(done.stdout + done.stderr) & set(EXECUTED)
