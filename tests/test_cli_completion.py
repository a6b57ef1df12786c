"""Shell completion, asked for as the shells ask."""

import subprocess
from datetime import date
from pathlib import Path

import pytest

from tests.archives import URL, an_article, new_archive, store
from tests.commands import HEALTHNEWS, PATIENCE, environment, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of twelve articles of two sites in three languages, the twelfth the newest."""
    db = new_archive(tmp_path)
    for number in range(1, 13):
        language = ("zh-Hans", "zh-Hant", None)[number % 3]
        article = an_article(title=f"Title {number}", published=date(2024, 1, number), language=language)
        store(db, article, url=f"{URL}/{number}", site=("who", "demo")[number % 2])
    db.close()
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "mine.toml").write_text(
        'name = "mine"\nhome = "https://a.example/"\nfeeds = ["https://a.example/f"]'
    )
    return tmp_path


def completed(line: str, cwd: Path, **more: str) -> list[str]:
    """What zsh is told of `line` behind the program's name, when Tab is pressed after its last character."""
    words = ["healthnews", *line.split(" ")]
    asked = environment(
        _HEALTHNEWS_COMPLETE="zsh_complete", COMP_WORDS=" ".join(words), COMP_CWORD=str(len(words) - 1), **more
    )
    done = subprocess.run(HEALTHNEWS, cwd=cwd, env=asked, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")
    lines = iter(done.stdout.splitlines())  # a type, a value and an explanation on three lines each
    return [value.replace("\\:", ":") for kind, value, _ in zip(lines, lines, lines, strict=False) if kind == "plain"]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("sea", ["search"]),
        ("search x --no-ref", ["--no-references"]),
        ("search x --site ", ["demo", "who"]),
        ("search x --site w", ["who"]),
        ("search x --language ", ["zh", "zh-Hans", "zh-Hant"]),
        ("search x --sort ", ["rank", "date", "references", "advertising"]),
        ("export --format b", ["bibtex"]),
        ("export --site d", ["demo"]),
        ("works --site ", ["demo", "who"]),
        ("reprocess ", ["demo", "who"]),
        ("show ", ["12", "11", "10", "9", "8", "7", "6", "5", "4", "3", "2", "1"]),
        ("show 1", ["1", "10", "11", "12"]),
        ("diff 12", ["12"]),
        (f"show {URL}/1", [f"{URL}/1", f"{URL}/10", f"{URL}/11", f"{URL}/12"]),
        ("show %", []),
        ("crawl --sites sites ", ["mine"]),
        ("sites --sites sites try m", ["mine"]),
        ("sites try --sites sites m", ["mine"]),
        ("--sites sites crawl m", ["mine"]),
        ("completion z", ["zsh"]),
    ],
)
def test_names_are_completed(folder: Path, line: str, values: list[str]) -> None:
    assert completed(line, folder) == values


def test_the_archive_that_was_named_is_asked(folder: Path) -> None:
    assert completed("--archive healthnews.db show 12", folder.parent) == []
    assert completed(f"--archive {folder}/healthnews.db show 12", folder.parent) == ["12"]
    assert completed("show 12", folder.parent, HEALTHNEWS_ARCHIVE=f"{folder}/healthnews.db") == ["12"]
    assert completed("crawl m", folder.parent, HEALTHNEWS_SITES=f"{folder}/sites") == ["mine"]


@pytest.mark.parametrize("content", [None, b"", b"no database", b"x" * 5000])
@pytest.mark.parametrize("line", ["show ", "search x --site ", "search x --language z", "show https://"])
def test_without_an_archive_nothing_is_completed_or_said(tmp_path: Path, content: bytes | None, line: str) -> None:
    if content is not None:
        (tmp_path / "healthnews.db").write_bytes(content)
    assert completed(line, tmp_path) == []
    assert (tmp_path / "healthnews.db").exists() == (content is not None)


def test_bundled_sites_are_completed_and_broken_files_are_not(tmp_path: Path) -> None:
    assert "who" in completed("crawl w", tmp_path)
    (tmp_path / "bad.toml").write_text("nonsense")
    assert completed("crawl --sites . ", tmp_path) == []


@pytest.mark.parametrize(
    ("shell", "setup"), [("bash", "complete -o nosort"), ("zsh", "compdef"), ("fish", "complete ")]
)
def test_the_script_is_printed(tmp_path: Path, shell: str, setup: str) -> None:
    done = run("completion", shell, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert setup in done.stdout
    assert "_HEALTHNEWS_COMPLETE" in done.stdout


def test_bash_takes_the_script(folder: Path) -> None:
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    (bin_folder / "healthnews").write_text(f'#!/bin/sh\nexec {" ".join(HEALTHNEWS)} "$@"\n')
    (bin_folder / "healthnews").chmod(0o755)
    script = (
        'eval "$(healthnews completion bash)"; COMP_WORDS=(healthnews search x --site w); COMP_CWORD=4; '
        '_healthnews_completion healthnews; echo "${COMPREPLY[@]}"'
    )
    variables = environment(PATH=f"{bin_folder}:{environment()['PATH']}")
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=variables, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.stdout, done.stderr) == ("who\n", "")
