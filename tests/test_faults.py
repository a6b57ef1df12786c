"""Faults on purpose while a crawl runs: it ends with one sentence, and nothing is lost."""

import resource
import sqlite3
import subprocess
from pathlib import Path

from tests.commands import HEALTHNEWS, PATIENCE, environment, run
from tests.loopback import Loopback, linked_site, site_file
from tests.recrawl import crawled, page, to


def limit_files() -> None:
    """As a full disk: no file grows beyond a megabyte and a half, and the attempt is an error, not a signal."""
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))


def test_a_full_disk_ends_the_crawl_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with Loopback(linked_site(80)) as site:
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url))
        command = [*HEALTHNEWS, "crawl", "--sites", "sites"]
        full = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            preexec_fn=limit_files,
        )
        assert full.returncode in (1, 2), full.stderr
        assert "Traceback" not in full.stderr
        assert "body=" not in full.stderr
        assert "cannot be" in full.stderr
        again = run("crawl", "--sites", "sites", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    with sqlite3.connect(tmp_path / "healthnews.db") as db:
        assert db.execute("select count(*), count(distinct url) from articles").fetchone() == (80, 80)
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_mishap_of_redirects_loses_nothing(tmp_path: Path) -> None:
    """For one job all addresses lead to a page without an article."""
    stories = {f"/a/{name}": [page(name), to(301, "/sorry"), page(name)] for name in ("one", "two", "three")}
    sorry = page("sorry", title="Log in")._replace(body=b"<p>Hi</p>")
    with crawled(tmp_path, {**stories, "/sorry": [sorry]}, 3) as world:
        assert world.rows("select url, revision from articles order by url") == [
            ("/a/one", 1), ("/a/three", 1), ("/a/two", 1)
        ]  # fmt: skip
        assert {world.state(path) for path in ("/a/one", "/a/two", "/a/three")} == {("stored", None)}
