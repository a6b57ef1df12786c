"""Crawls that are killed at seeded moments leave what an undisturbed one leaves; `benchmarks.kills` runs many more."""

from pathlib import Path

import pytest

from tests.kills.crawls import AT_MOST_TWICE, run_kills

pytestmark = pytest.mark.slow


def test_killed_crawls_leave_what_an_undisturbed_one_leaves(tmp_path: Path) -> None:
    report = run_kills(tmp_path, kills=8, pages=60, seed=3)
    assert report.problems == []
    assert report.kills.total() >= 6  # a job may end before its kill
    assert max(report.twice) <= AT_MOST_TWICE
