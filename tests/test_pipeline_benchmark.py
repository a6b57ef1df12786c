"""The benchmark of the pipeline runs, and counts processes that nobody waits for."""

import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.pipeline import __main__ as command
from benchmarks.pipeline import report
from benchmarks.pipeline.measured import FailedError, run

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="reads /proc, and needs a core for the server"
)

# A process that leaves a busy child behind, as a fork server does with its workers.
ORPHAN = """
import subprocess, sys
busy = "import time\\nwhile time.process_time() < 0.3: pass"
subprocess.Popen([sys.executable, "-c", busy])
"""


@pytest.mark.slow
def test_contenders_run_on_generated_pages(tmp_path: Path) -> None:
    sizes = {"pages": 5, "rounds": 1, "small": 20, "articles": 40, "urls": 200, "hosts": 20, "long": 5}
    options = [part for name, value in sizes.items() for part in (f"--{name}", str(value))]
    places = ["--corpus", str(tmp_path / "none"), "--archives", str(tmp_path / "archives")]
    chosen = {
        "bare",
        "extract",
        "scrapy",
        "crawl-2",
        "reprocess-2",
        "long",
        "start-help",
        "frontier-hosts",
        "insert-1m",
    }
    only = [part for name in chosen for part in ("--only", name)]
    result = CliRunner().invoke(command.main, [*options, *places, *only, "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["head"]["pages"].startswith("5 generated")
    (figures,) = found["rounds"]
    assert set(figures) == chosen
    assert {name: one["pages"] for name, one in figures.items() if "pages" in one} == dict.fromkeys(
        ["bare", "extract", "scrapy", "crawl-2", "reprocess-2", "long"], 5
    )
    assert figures["frontier-hosts"]["requests"] == 20 + 2  # the site's feed and its robots.txt


def test_processes_that_nobody_waits_for_are_counted(tmp_path: Path) -> None:
    usage = run([sys.executable, "-c", ORPHAN], cores=os.sched_getaffinity(0), output=tmp_path / "output")
    assert usage.cpu - usage.main >= 0.29


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="no luck"):
        run([sys.executable, "-c", "exit('no luck')"], cores=os.sched_getaffinity(0), output=tmp_path / "output")


def test_targets_are_of_the_medians_of_ratios() -> None:
    rounds = [{"bare": {"cpu ms": 10.0}, "extract": {"cpu ms": cost}} for cost in (9.0, 9.4, 12.0)]
    ((name, target, values, is_met),) = report.against_targets(rounds)
    assert (name, target, str(values), is_met) == ("extraction: CPU against bare", "≤ 0.95", "0.94 (0.9-1.2)", True)
