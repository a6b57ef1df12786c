"""A year of hourly jobs over a loopback site, under a controlled clock: the archive knows what happened, no rule was
broken, and hardly a request was made that was not needed.

In the year the site errs, asks for patience, asks for a captcha for a week, cuts answers short and changes its rules;
the site's file is edited twice and renamed once. The rules are those of robots.txt, of Retry-After, and the delay and
quiet hours of the site's file (`YearSite.violations`).

The requests are at most WASTE times the least. The least are those of a crawler that knows beforehand what happens
when, and makes all the looks that docs/crawling.md promises, no other; tests/year/oracle.py counts them from the script
of the site's true history, without the archive.
"""

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.commands import run
from tests.year.oracle import answered, least, opened, versions
from tests.year.script import BREAK, YEAR, Script, ScriptedPage, write
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
            assert went[0].day < day_of_text(gone[0]) < went[0].day + BREAK


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
        seen = dict(zip(versions(year.script, page), [day_of_text(at) for _, at in sorted(rows)], strict=False))
        first = opened(year.script, page)
        if not page.hidden and seen and first == page.states[0].day:
            waits.append(seen[page.states[0].version] - answered(year.script, first))
        waits += [seen[s.version] - answered(year.script, s.day) for s in page.states if s.announced and s.day > first]
    waits.sort()
    print(f"median {waits[len(waits) // 2]:.1f} days, longest {waits[-1]:.1f}")
    assert min(waits) >= 0
    assert waits[len(waits) // 2] < 5
    assert waits[-1] <= 7 + 2  # the ceiling between two looks, and a trouble in the way


def test_a_week_of_captchas_is_no_news(year: Year) -> None:
    [week] = [trouble for trouble in year.script.troubles if trouble.captcha]
    during = [row for row in fetched(year) if week.day < row.day < week.end]
    assert {(row.outcome, row.reason) for row in during} == {("blocked", "challenge")}
    assert sum(week.day < day < week.end for day, _, _ in year.asked) < 30
    told = year.rows("select at, detail from notices where kind = 'robots' order by id")
    for (at, detail), (day, text) in zip(told, year.script.robots[1:], strict=True):
        assert day < day_of_text(at) < day + 3, detail
        assert text.splitlines()[-1] in detail or "no longer says" in detail


def test_answers_that_were_cut_short_were_asked_for_again(year: Year) -> None:
    rows = fetched(year)
    cut = [row for row in rows if row.reason == "cut short"]
    assert {row.outcome for row in cut} == {"failed"}
    # A connection that breaks is tried again at once, after the host's delay: only halves of codings are recorded.
    assert Counter(row.path for row in cut) == Counter(one.path for one in year.script.cuts if one.how != "length")
    for one in year.script.cuts:
        asked = [day for day, path, _ in year.asked if path == one.path and day > one.day]
        assert asked[1] - asked[0] < 0.5, one.path
        found = next(row for row in rows if row.path == one.path and row.day >= asked[1])
        assert found.outcome in ("stored", "unchanged"), one.path


def test_an_edited_site_file_takes_effect_at_the_next_job(year: Year) -> None:
    stored: dict[str, float] = {}
    for row in fetched(year):
        if row.outcome == "stored":
            stored.setdefault(row.path, row.day)
    edited = {
        page.path: opened(year.script, page)
        for page in year.seen()
        if opened(year.script, page) in [file.day for file in year.script.files]
    }
    assert sum(path.startswith("/reports/") for path in edited) == 6
    assert sum(path.startswith("/news/marked-") for path in edited) == 4
    for path, day in edited.items():
        assert day <= stored[path] < day + 1, path
    refused = [row for row in fetched(year) if row.outcome == "refused" and row.reason == "noarchive"]
    assert {row.path for row in refused} == {path for path in edited if path.startswith("/news/marked-")}
    marked = year.rows("select url from articles where noarchive order by url")
    assert [url.rpartition("/")[2] for (url,) in marked] == [f"marked-{n}.html" for n in range(5)]


def test_a_renamed_site_keeps_its_pages_and_their_history(year: Year) -> None:
    [name] = {file.name for file in year.script.files[-1:]}
    for table in ("pages", "articles", "blocks", "superseded", "site_rules"):
        assert year.rows(f"select distinct site from {table}") == [(name,)], table
    renamed = year.script.files[-1].day
    assert sum(renamed <= day < renamed + 1 for day, _, _ in year.asked) < 15


def test_the_archive_is_sound(year: Year) -> None:
    checked = run("check", cwd=year.folder)
    assert checked.returncode == 0, checked.stdout


class Fetched(NamedTuple):
    """A fetch as the archive has it."""

    day: float
    path: str
    outcome: str
    reason: str | None
    status: int | None


def fetched(year: Year) -> list[Fetched]:
    """All fetches of the year in their order."""
    rows = year.rows(
        "select f.fetched_at, p.url, f.outcome, f.reason, f.status from fetches f join pages p on p.id = f.page_id "
        "order by f.id"
    )
    return [Fetched(day_of_text(when), url.removeprefix(year.url), *rest) for when, url, *rest in rows]


def day_of_text(moment: str) -> float:
    """The day of the year of a time as the archive writes it."""
    return day_of(datetime.fromisoformat(moment))
