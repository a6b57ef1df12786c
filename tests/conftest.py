"""The demo, run once for all tests that look at what comes of it."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

from tests.commands import run

settings.register_profile("project", deadline=None)  # no test may depend on a time measured
settings.load_profile("project")


class Demo(NamedTuple):
    """What `healthnews demo` printed, the archive it made, and the site's address."""

    output: str
    archive: Path
    base: str


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    done = run("demo", "--folder", folder, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    base = done.stdout.split("http://127.0.0.1:")[1].split()[0]
    return Demo(done.stdout, folder / "healthnews.db", f"http://127.0.0.1:{base}")


@pytest.fixture(scope="session")
def expected() -> dict[str, Any]:
    """What a careful reader says of the sample site's pages, by path."""
    content: dict[str, Any] = json.loads(files("crawler.demo").joinpath("expected.json").read_text(encoding="utf-8"))
    return content
