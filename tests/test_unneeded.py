"""Commands import no library that only another one would use."""

import subprocess
import sys

import pytest

from archive.cli.unneeded import UNNEEDED, without_unneeded

CODE = """
import sys
from archive.cli.unneeded import without_unneeded
with without_unneeded():
    import sqlite_utils
print([name for name in ("pandas", "numpy") if name in sys.modules])
import numpy
"""


def test_sqlite_utils_goes_without() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_modules_that_are_loaded_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in UNNEEDED:
        monkeypatch.setitem(sys.modules, name, pytest)
    with without_unneeded():
        import pandas as pd
    assert pd is pytest


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("crawler.__main__", "click"),
        ("crawler.run", "Stemmer"),
        ("crawler.run", "archive.extraction.answers"),
        ("crawler.pipelines", "archive.works.matching"),
        ("crawler.pipelines", "archive.literature"),
        ("crawler.middlewares.forwards", "archive.extraction.interstitials"),
        ("crawler.spiders.look", "crawler.discovery"),
        ("crawler.politeness.first_request", "scrapy.core.downloader.contextfactory"),
    ],
)
def test_a_crawl_and_its_workers_start_without(module: str, absent: str) -> None:
    code = f"import sys, {module}; print({absent!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
