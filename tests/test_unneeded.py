"""Commands import no library that only another one would use."""

import subprocess
import sys
from pathlib import Path

import pytest

from archive.cli.unneeded import UNNEEDED, without_unneeded
from archive.storage.connection import transaction
from archive.storage.frontier import NewPage, add_pages
from tests.archives import new_archive
from tests.loopback import site_file

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
    ],
)
def test_a_crawl_and_its_workers_start_without(module: str, absent: str) -> None:
    code = f"import sys, {module}; print({absent!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_crawl_of_which_nothing_is_due_loads_nothing_for_pages(tmp_path: Path) -> None:
    feed, later = "http://127.0.0.1/feed.xml", "2099-01-01T00:00:00.000000Z"
    (tmp_path / "loop.toml").write_text(site_file("http://127.0.0.1", listings="[]", feeds=f'["{feed}"]'))
    db = new_archive(tmp_path)
    with transaction(db):
        add_pages(db, [NewPage(url=feed, host="127.0.0.1", site="loop", kind="feed", due_at=later)], later)
    db.close()
    absent = {"scrapy.core.downloader.handlers.http11", "archive.articles.writer", "archive.extraction.forwards"}
    arguments = ["--archive", str(tmp_path / "healthnews.db"), "crawl", "--sites", str(tmp_path)]
    code = (
        "import sys; from crawler.cli.main import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        f"print(sorted({absent!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
