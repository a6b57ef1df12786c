"""`healthnews serve`: it says where, stops cleanly, and names what is in its way."""

import re
import subprocess
import urllib.request
from pathlib import Path

import pytest

from archive.web.server import database_name, datasette
from tests.archives import an_article, new_archive, store
from tests.browser import serving
from tests.commands import HEALTHNEWS, PATIENCE, environment
from tests.loopback import Loopback, Reply


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive whose name needs quoting in an address."""
    folder = tmp_path / "a b"
    folder.mkdir()
    db = new_archive(folder)
    store(db, an_article())
    db.close()
    return (folder / "healthnews.db").rename(tmp_path / "my 健康 archive.db")


def test_the_address_is_the_real_one_and_serves(archive: Path) -> None:
    with serving(archive) as address:
        assert not address.endswith(":0")
        with urllib.request.urlopen(f"{address}/my-archive/-/search.json?q=IL10") as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert '"total": 1' in answer.read().decode()


def test_a_port_that_is_taken_is_named_in_a_sentence(archive: Path) -> None:
    with Loopback(lambda path: Reply(404)) as other:
        port = other.url.rpartition(":")[2]
        done = subprocess.run(
            [*HEALTHNEWS, "--archive", str(archive), "serve", "--port", port],
            env=environment(), capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
    assert done.returncode == 2
    said = done.stderr.splitlines()[-1]
    assert re.search(rf"port {port} .*in use.*--port", said)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("healthnews.db", "healthnews"),
        ("my 健康 archive.db", "my-archive"),
        ("健康.db", "archive"),
        ("a.b_c.db", "a-b_c"),
    ],
)
def test_names_can_stand_in_an_address(file: str, name: str) -> None:
    assert database_name(Path(file)) == name


def test_only_the_archive_is_served(archive: Path) -> None:
    served = datasette(archive)
    assert [name for name in served.databases if name != "_internal"] == ["my-archive"]
