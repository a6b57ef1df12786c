"""Jobs that are killed at seeded moments leave what undisturbed ones leave; `benchmarks.kills` kills many more."""

from pathlib import Path

import pytest

from tests.kills.commands import run_commands
from tests.kills.crawls import AT_MOST_TWICE, run_kills

PAGES = 60
pytestmark = pytest.mark.slow


def test_killed_jobs_leave_what_undisturbed_ones_leave(tmp_path: Path) -> None:
    report = run_kills(tmp_path, kills=8, pages=PAGES, seed=3)
    assert report.problems == []
    assert report.kills.total() >= 6  # a job may end before its kill
    assert max(report.twice) <= AT_MOST_TWICE
    done, problems = run_commands(tmp_path / "killed", tmp_path, pages=PAGES, kills=2, seed=3)
    assert problems == []
    assert set(done) == {"reprocess", "remove", "compact", "backup", "merge", "upgrade"}
