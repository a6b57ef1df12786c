"""What the command prints on a terminal, and that a pipe gets plain text."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archive.article import Citation, Removal
from tests.archives import URL, a_reference, an_article, new_archive, store
from tests.commands import HEALTHNEWS, PATIENCE, environment, run_process
from tests.terminals import cells, run_on_terminal

LONG = "研究共纳入48名患者，随机分成两组：一组注射干细胞（IL-10，TGF-β1），另一组作为对照[1]。" * 4
TITLES = [
    "幹細胞：a trial of 48 patients with systemic sclerosis, and what it does not say about the skin",
    "[bold]干细胞[/bold] :smile: 治疗硬皮病的两例患者随访十二个月的结果与长期安全性观察报告",
    "Café e\u0301te\u0301: 🧬 干细胞 👍 が\u3099 ガ\u3099 ﾊﾟ 한국어 줄기세포 치료 임상시험",
    "x" * 120,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of a long article, and of articles with titles of all widths."""
    made = tmp_path_factory.mktemp("terminal")
    db = new_archive(made)
    at = LONG.index("[1]")
    article = an_article(
        text=f"背景\n\n{LONG}\n\n" + "\n\n".join(["Stem cells were injected into the skin of both patients. " * 5] * 8),
        markdown=f"## 背景\n\n{LONG}",
        citations=(Citation(marker="[1]", start=4 + at, end=7 + at, references=(0,)),),
        references=(
            a_reference(title="Stem cells for scleroderma: " + "a very long title " * 6),
            a_reference(label="10"),
        ),
        removals=(Removal(text="电话\n400", reason="marketing", kind="phone"),),
    )
    store(db, article)
    for number, title in enumerate(TITLES):
        work = a_reference(title=title, doi=f"10.5555/{'long' * 9}.{number}", pmid=None, pmcid=None, nct=None,
                           chictr=None, isrctn=None, arxiv=None)  # fmt: skip
        other = an_article(title=title, text=f"{title}\n\n" * 3 + "\x1b[31mred\x9b", references=(work,), citations=())
        store(db, other, url=f"{URL}{number}")
    db.close()
    return made


@pytest.mark.parametrize(
    "arguments",
    [["search", "干细胞"], ["show", "1"], ["works"], ["works", "trial"], ["report"], ["sites"]],
    ids=" ".join,
)
def test_a_pipe_gets_plain_text(folder: Path, arguments: list[str]) -> None:
    done = run_process(*arguments, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert "\x9b" not in done.stdout


@pytest.mark.parametrize(
    ("variables", "colour", "bold"),
    [({}, False, False), ({"FORCE_COLOR": "1"}, True, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, True)],
)
def test_a_pipe_is_coloured_when_asked(folder: Path, variables: dict[str, str], colour: bool, bold: bool) -> None:
    shown = run_process("search", "硬皮病", cwd=folder, TERM="xterm", **variables).stdout
    assert ("\x1b[1;33m" in shown, "\x1b[1m" in shown) == (colour, bold)


def test_a_terminal_gets_colours_and_links(folder: Path) -> None:
    shown = run_on_terminal("--no-pager", "search", "硬皮病", cwd=folder)
    assert shown.code == 0
    assert "\x1b[1;33m硬皮病\x1b[0m" in shown.raw
    assert re.search(rf"\x1b]8;id=\d+;{URL}\d?\x1b\\", shown.raw)
    assert (
        "\x1b[1;33m"
        not in run_on_terminal("--no-pager", "search", "硬皮病", cwd=folder, variables={"NO_COLOR": "1"}).raw
    )


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize(
    "arguments",
    [["search", "干细胞"], ["show", "1", "--removed"], ["show", "4"], ["works"], ["works", "trial"], ["report"]],
    ids=" ".join,
)
def test_nothing_is_wider_than_the_terminal(folder: Path, columns: int, arguments: list[str]) -> None:
    shown = run_on_terminal("--no-pager", *arguments, cwd=folder, columns=columns)
    assert shown.code == 0
    assert [line for line in shown.lines if cells(line) > columns] == []
    if arguments[0] in ("search", "show"):
        assert [line for line in shown.lines if cells(line) > 88] == []
        assert [line for line in shown.lines if line.strip()[:1] in set("，。、」）")] == []


def test_columns_align_whatever_is_in_them(folder: Path) -> None:
    heading, *bodies = run_on_terminal("--no-pager", "works", cwd=folder).lines
    start = cells(heading.partition("work")[0])
    for line in bodies:
        left = next(line[:end] for end in range(len(line) + 1) if cells(line[:end]) >= start)
        assert (cells(left), left[-2:]) == (start, "  ")
    whole = "".join("".join(line.split()) for line in bodies)
    assert ["".join(title.split()) in whole for title in TITLES] == [True] * len(TITLES)


def test_an_article_is_set_to_be_read(folder: Path) -> None:
    shown = run_on_terminal("--no-pager", "show", "1", "--removed", cwd=folder, columns=70)
    assert "\x1b[1m背景\x1b[0m" in shown.raw  # a heading
    assert "\x1b[36m[1]\x1b[0m" in shown.raw  # a marker
    at = shown.lines.index("References")
    first, second = shown.lines[at + 1 : at + 3]
    assert first.startswith("[1]  Wu T, et al. Stem cells for scleroderma")
    assert second.startswith("     long title a very long title")
    assert "[10] Wu T, et al. Stem cells for scleroderma. J Cells." in [line[:54] for line in shown.lines]
    assert "     DOI 10.5555/sci.2016  PMID 27770001  PMCID PMC5060001  NCT" in "\n".join(shown.lines)
    assert "  phone: 电话 400" in shown.lines


def test_a_pipe_gets_paragraphs_whole(folder: Path) -> None:
    assert LONG in run_process("show", "1", cwd=folder).stdout.splitlines()


@pytest.fixture
def pager(tmp_path: Path) -> dict[str, str]:
    """A pager that keeps what it was given, of which it reads `$LINES_READ` lines, in the file seen.txt."""
    script = tmp_path / "pager.py"
    script.write_text(
        "import os, sys\n"
        "lines = [line for _, line in zip(range(int(os.environ['LINES_READ'])), sys.stdin)]\n"
        f"open({str(tmp_path / 'seen.txt')!r}, 'w').writelines(lines)\n"
    )
    return {"PAGER": f"{sys.executable} {script}", "LINES_READ": "9999"}


def test_what_is_long_goes_through_the_pager(folder: Path, pager: dict[str, str], tmp_path: Path) -> None:
    seen = tmp_path / "seen.txt"
    shown = run_on_terminal("show", "1", cwd=folder, variables=pager)
    assert (shown.raw, shown.code) == ("", 0)
    assert "[10] Wu T, et al. Stem cells for scleroderma. J Cells. 2016;3(1):48-50." in seen.read_text()
    assert "\x1b" not in seen.read_text()
    seen.unlink()
    for arguments, variables in (
        (["--no-pager", "show", "1"], {}),
        (["show", "1"], {"HEALTHNEWS_NO_PAGER": "1"}),
        (["show", "1", "--json"], {}),
        (["search", "幹細胞 trial", "--limit", "1"], {}),  # short
        (["show", "1"], {"PAGER": "no-such-pager"}),
    ):
        shown = run_on_terminal(*arguments, cwd=folder, variables=pager | variables)
        assert shown.code == 0
        assert len(shown.lines) > 3
        assert not seen.exists()
    assert "References" in run_process("show", "1", cwd=folder, **pager).stdout  # a pipe
    assert not seen.exists()


@pytest.mark.parametrize("arguments", [["search", "干细胞"], ["works"], ["report"], ["works", "trial"]], ids=" ".join)
def test_every_long_list_is_paged(folder: Path, pager: dict[str, str], tmp_path: Path, arguments: list[str]) -> None:
    shown = run_on_terminal(*arguments, cwd=folder, rows=5, variables=pager)
    assert (shown.raw, shown.code) == ("", 0)
    assert len((tmp_path / "seen.txt").read_text().splitlines()) > 5


def test_a_pager_that_is_left_early_ends_quietly(folder: Path, pager: dict[str, str]) -> None:
    shown = run_on_terminal("show", "1", cwd=folder, variables=pager | {"LINES_READ": "1"})
    assert (shown.raw, shown.code) == ("", 0)


def test_a_pager_that_makes_no_sense_is_named(folder: Path) -> None:
    shown = run_on_terminal("show", "1", cwd=folder, variables={"PAGER": 'less "'})
    assert (shown.lines, shown.code) == (["Error: $PAGER cannot be understood: No closing quotation."], 2)


@pytest.mark.parametrize("less", ["less", "less -R"])
def test_colours_survive_in_less(folder: Path, tmp_path: Path, less: str) -> None:
    if shutil.which("less") is None:
        pytest.skip("less is not installed")
    shown = run_on_terminal("show", "1", cwd=folder, keys="q", variables={"PAGER": less})
    assert shown.code == 0
    assert "\x1b[1m" in shown.raw
    assert "ESC" not in shown.raw


@pytest.mark.parametrize(
    "arguments",
    [["search", "干细胞"], ["show", "1"], ["export"], ["search", "干细胞", "--json"], ["works"]],
    ids=" ".join,
)
def test_a_reader_that_hangs_up_ends_the_command_quietly(folder: Path, arguments: list[str]) -> None:
    process = subprocess.Popen(
        [*HEALTHNEWS, *arguments], cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    process.stdout.close()
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (141, b"")


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1"])
def test_a_terminal_without_the_characters_gets_the_rest(folder: Path, encoding: str) -> None:
    command = [*HEALTHNEWS, "search", "硬皮病"]
    done = subprocess.run(command, cwd=folder, env=environment(PYTHONIOENCODING=encoding), capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "articles" in done.stdout.decode(encoding)
    command.append("--json")
    done = subprocess.run(command, cwd=folder, env=environment(PYTHONIOENCODING=encoding), capture_output=True)
    assert "\\u786c" in done.stdout.decode("ascii")
    command = [*HEALTHNEWS, "export"]
    done = subprocess.run(command, cwd=folder, env=environment(PYTHONIOENCODING=encoding), capture_output=True)
    assert "硬皮病" in done.stdout.decode("utf-8")
