"""The page for operators is true: its commands run, its jobs start, its units are what systemd takes."""

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import PATIENCE, environment, run
from tests.kept import crawl, rows

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "operations.md").read_text(encoding="utf-8")
UNITS = sorted((DOCS / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
PROGRAM = "/opt/healthnews/.venv/bin/healthnews"


def blocks(language: str) -> list[str]:
    """The page's code blocks in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def programs() -> list[str]:
    """Every command line of the program in the units, in cron's lines and in the other blocks."""
    text = "\n".join([*blocks("cron"), *blocks("ini"), *(unit.read_text(encoding="utf-8") for unit in UNITS)])
    return [line.rstrip() for line in re.findall(rf"{PROGRAM} ([^>|\n]*)", text)]


@pytest.fixture
def healthnews(tmp_path: Path) -> str:
    """A folder for $PATH that has the program, as an installation puts it."""
    program = tmp_path / "bin" / "healthnews"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m crawler "$@"\n')
    program.chmod(0o755)
    return str(program)


def test_the_walk_through_works_as_it_stands(tmp_path: Path, healthnews: str) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    crawl(folder / "healthnews.db", 0, 1, 2)
    env = environment(PATH=f"{Path(healthnews).parent}:/usr/bin:/bin", PYTHONPATH=str(DOCS.parent))
    command = ["bash", "-euo", "pipefail", "-c", "\n".join(blocks("sh"))]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=4 * PATIENCE)
    assert done.returncode == 0, done.stderr + done.stdout
    for name, articles in (("healthnews.db", 2), ("backup/healthnews.db", 2), ("new-machine/healthnews.db", 3)):
        assert rows(folder / name, "select count(*) from articles") == [(articles,)]


@pytest.mark.parametrize("line", programs())
def test_the_jobs_have_the_options_that_the_page_names(line: str, tmp_path: Path) -> None:
    done = run(*shlex.split(line), "--help", cwd=tmp_path)  # options that are not there are refused before the help
    assert (done.returncode, done.stdout[:6]) == (0, "Usage:")


def test_what_is_named_in_the_page_exists() -> None:
    text = run("--help", cwd=DOCS).stdout
    named = set(re.findall(r"`healthnews ([a-z]+)", PAGE))
    assert named
    assert {name for name in named if not re.search(rf"^  {name} ", text, re.MULTILINE)} == set()


@pytest.mark.parametrize("line", [line for block in blocks("cron") for line in block.splitlines() if line[0].isdigit()])
def test_lines_of_cron_have_their_fields(line: str) -> None:
    *times, user, command = line.split(maxsplit=6)
    assert all(re.fullmatch(r"\*|\d+", field) for field in times)
    assert len(times) == 5
    assert user == "healthnews"
    assert "%" not in command  # cron would end the line there
    assert command.startswith("cd /var/lib/healthnews && ")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path, healthnews: str) -> None:
    for each in UNITS:  # a timer needs its service, and a service its program
        (tmp_path / each.name).write_text(each.read_text(encoding="utf-8").replace(PROGRAM, healthnews))
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_job_may_end_as_it_wants(unit: Path) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(unit, encoding="utf-8")
    service = parser["Service"]
    assert service["Type"] == "oneshot"
    assert {"3", "130"} <= set(service["SuccessExitStatus"].split())
    assert int(service["TimeoutStopSec"]) > 30
    assert service["ProtectSystem"] == "strict"


def test_a_crawl_ends_before_the_next_one() -> None:
    minutes = [float(found) for line in programs() for found in re.findall(r"crawl --minutes (\d+)", line)]
    assert len(minutes) == 3
    assert max(minutes) < 60 - 5  # the period of cron's line and of the timer, and the timer's delay
