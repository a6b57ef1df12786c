"""How far a crawl is: the line of a log, and the bar on a terminal."""

import re
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.extensions.progress import Figures, line
from tests.loopback import Loopback, Reply, linked_site, site_file
from tests.terminals import run_on_terminal


def some(**changes: object) -> Figures:
    values: dict[str, object] = {
        "done": 1234, "known": 20500, "counts": Counter(new=1000, read=200, failed=34), "rate": 2.04, "in_flight": 4,
        "held": 0, "elapsed": timedelta(minutes=10, seconds=4.4), "left": None,
    }  # fmt: skip
    return Figures(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "1,234 of 20,500 pages: 1,000 new, 34 failed, 2.0 pages/s, 4 in flight, 0:10:04 passed"),
        ({"counts": Counter(changed=2)}, "1,234 of 20,500 pages: 2 changed, 2.0 pages/s, 4 in flight, 0:10:04 passed"),
        (
            {"held": 1, "left": timedelta(minutes=49), "counts": Counter(new=1000)},
            "1,234 of 20,500 pages: 1,000 new, 2.0 pages/s, 4 in flight, 1 host held, 0:10:04 passed, 0:49:00 left",
        ),
        (
            {"done": 0, "known": 1, "counts": Counter(), "held": 2, "left": timedelta(seconds=-3), "rate": 0.0},
            "0 of 1 pages: 0.0 pages/s, 4 in flight, 2 hosts held, 0:10:04 passed, 0:00:00 left",
        ),
    ],
)
def test_the_line_of_a_log(changes: dict[str, object], expected: str) -> None:
    assert line(some(**changes)) == expected


def test_a_bar_on_a_terminal(tmp_path: Path) -> None:
    answer = linked_site(3)

    def slow(path: str) -> Reply:
        time.sleep(0.7 * path.startswith("/a/"))  # so that the bar is drawn meanwhile
        return answer(path)

    (tmp_path / "sites").mkdir()
    with Loopback(slow) as site:
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url, concurrency=1, delay=0.3))
        shown = run_on_terminal("crawl", "--sites", "sites", "--minutes", "10", cwd=tmp_path, columns=120)
    assert shown.code == 0
    text = "\n".join(shown.lines)
    assert text.startswith("Starting the crawl …\n")  # the bar comes some seconds later
    assert re.search(
        r"[1-3]/4 +\d\d%\n([12] new, )?\d\.\d pages/s, \d in flight, 0:0\d:\d\d passed, 0:0\d:\d\d left", text
    )
    assert "host held" not in shown.raw  # for its delay only
    assert shown.raw.rfind("\x1b[?25h") > shown.raw.rfind("\x1b[?25l")  # the cursor is there
    assert "Crawl 1" in text
