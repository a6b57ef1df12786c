"""A year of hourly jobs over a loopback site, under a controlled clock: the archive knows what happened, no rule was
broken, and hardly a request was made that was not needed. See tests/year."""

import json
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.commands import run
from tests.year.oracle import least, opened, versions
from tests.year.script import YEAR, Script, ScriptedPage, write
from tests.year.site import day_of, paragraphs, title

ROOT = Path(__file__).parent.parent
DRIVE = "import sys; from tests.year.drive import main; main(sys.argv[1])"
pytestmark = pytest.mark.slow
WASTE = 1.2  # requests, against the least that would do


@dataclass(frozen=True)
class Year:
    """The script, what the server saw, and the archive."""

    script: Script
    folder: Path
    url: str
    asked: list[tuple[float, str, int]]
    violations: list[str]

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        db = sqlite3.connect(self.folder / "healthnews.db")
        found = db.execute(sql, values).fetchall()
        db.close()
        return found

    def seen(self) -> list[ScriptedPage]:
        """The pages that a crawler was to come upon in the year, printed versions left out."""
        return [page for page in self.script.pages if opened(self.script, page) < YEAR - 30 and not page.canonical]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    folder = tmp_path_factory.mktemp("year")
    done = subprocess.run([sys.executable, "-c", DRIVE, folder], cwd=ROOT, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    found = json.loads((folder / "year.json").read_text())
    asked = [(day, path, status) for day, path, status in found["asked"]]
    return Year(write(), folder, found["url"], asked, found["violations"])


def test_no_request_broke_a_rule(year: Year) -> None:
    assert year.violations == []
    assert {status for _, _, status in year.asked} >= {200, 301, 302, 304, 404, 410, 429, 500, 503}


def test_hardly_a_request_was_not_needed(year: Year) -> None:
    needed = least(year.script)
    print(f"{len(year.asked)} requests, {needed.total()} would do: {dict(needed)}")
    assert len(year.asked) <= WASTE * needed.total()


def test_every_version_of_every_article_is_there(year: Year) -> None:
    for page in year.seen():
        path = page.path if page.states[-1].kind != "moved" else page.path.replace("/news/", "/moved/")
        found = year.rows(
            "select json_extract(content, '$.title'), json_extract(content, '$.text') from revisions r join articles a "
            "on a.id = r.article_id where a.url = ? order by number",
            year.url + path,
        )
        expected = [(title(path), "\n\n".join(paragraphs(path, n))) for n in versions(year.script, page)]
        assert found == expected, path


def test_no_article_is_there_twice(year: Year) -> None:
    addresses = {page.path for page in year.seen() if page.states[-1].kind != "moved"}
    found = {url.removeprefix(year.url) for (url,) in year.rows("select url from articles")}
    late = {page.path for page in year.script.pages}
    assert addresses <= found <= late
    printed = year.rows("select state from pages where url = ?", year.url + "/print/plain-0.html")
    assert printed == [("alias",)]


def test_what_went_is_known_with_its_day(year: Year) -> None:
    for page in year.seen():
        went = [state for state in page.states if state.kind in ("404", "410", "soft 404", "home")]
        fetches = year.rows(
            "select f.outcome, f.fetched_at from fetches f join pages p on p.id = f.page_id where p.url = ? "
            "order by f.id",
            year.url + page.path,
        )
        gone = [when for outcome, when in fetches if outcome == "gone"]
        assert bool(gone) == bool(went), page.path
        if went and page.states[-1] is went[0]:
            [(state, since)] = year.rows("select state, gone_since from pages where url = ?", year.url + page.path)
            assert (state, since) == ("gone", gone[0])
        if went:
            assert went[0].day < day_of_text(gone[0]) < went[0].day + 92


def test_what_came_back_is_no_longer_gone(year: Year) -> None:
    back = [page for page in year.seen() if page.path.startswith("/news/vanishing") and page.states[-1].kind == "text"]
    assert len(back) == 4
    for page in back:
        found = year.rows("select state, gone_since, missing_since from pages where url = ?", year.url + page.path)
        assert found == [("stored", None, None)]


def test_what_moved_is_found_under_both_addresses(year: Year) -> None:
    for number in range(3):
        old, new = (f"{year.url}/{folder}/moving-{number}.html" for folder in ("news", "moved"))
        shown = run("show", old, "--json", cwd=year.folder)
        assert shown.returncode == 0, shown.stderr
        assert json.loads(shown.stdout)["url"] == new


def test_new_articles_and_announced_changes_are_soon_there(year: Year) -> None:
    waits = []
    for page in year.seen():
        rows = year.rows(
            "select number, seen_at from revisions r join articles a on a.id = r.article_id where a.url = ?",
            year.url + page.path,
        )
        seen = dict(rows)
        if not page.hidden and 1 in seen and opened(year.script, page) == page.states[0].day:
            waits.append(day_of_text(seen[1]) - page.states[0].day)
        waits += [day_of_text(seen[s.version + 1]) - s.day for s in page.states if s.announced]
    waits.sort()
    print(f"median {waits[len(waits) // 2]:.1f} days, longest {waits[-1]:.1f}")
    assert min(waits) >= 0
    assert waits[len(waits) // 2] < 5
    assert waits[-1] <= 7 + 2  # the ceiling between two looks, and a trouble in the way


def test_the_archive_is_sound(year: Year) -> None:
    checked = run("check", cwd=year.folder)
    assert checked.returncode == 0, checked.stdout


def day_of_text(moment: str) -> float:
    """The day of the year of a time as the archive writes it."""
    return day_of(datetime.fromisoformat(moment))
