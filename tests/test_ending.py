"""What a crawl leaves behind: its report and figures in files, what needs a look, and the exit code."""

import json
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.clocks import VirtualClock
from tests.commands import run, run_under
from tests.loopback import Loopback, Reply, linked_site, site_file


@pytest.mark.parametrize("option", ["--report", "--metrics"])
@pytest.mark.parametrize(
    ("name", "why"), [("no/where", "No such file or directory"), ("folder", "Is a directory"), ("file/x", "Not a dire")]
)
def test_an_unwritable_file_is_named_before_the_crawl(tmp_path: Path, option: str, name: str, why: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with Loopback(linked_site(1)) as site:
        done = run("crawl", site.url + "/a/0", "--allow-private", option, name, cwd=tmp_path)
        assert site.paths == []
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {name} cannot be written: {why}")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "healthnews.db").exists()


def test_a_crawl_writes_its_report_and_figures(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with Loopback(linked_site(3)) as site:
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url))
        files = ["--report", "report.json", "--metrics", "crawl.prom"]
        done = run("crawl", "--sites", "sites", *files, "--json", cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report == json.loads(done.stdout)
    assert report["counts"] == {"loop": {"new": 3, "read": 1}}
    assert (report["waiting"], report["warnings"], report["reason"]) == ([], [], None)
    figures = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families((tmp_path / "crawl.prom").read_text())
        for sample in family.samples
    }
    assert figures["healthnews_last_crawl_exit_status",] == 0
    assert figures["healthnews_articles", "present"] == 3
    assert figures["healthnews_warc_bytes",] > 0


def test_a_closed_host_needs_a_look(tmp_path: Path) -> None:
    with Loopback(lambda _: Reply(503)) as site:
        files = ["--report", "report.json", "--metrics", "crawl.prom"]
        done = run("crawl", site.url + "/a/0", "--allow-private", *files, cwd=tmp_path)
    assert done.returncode == 1
    assert "127.0.0.1: closed, since" in done.stderr
    assert json.loads((tmp_path / "report.json").read_text())["warnings"] == done.stderr.splitlines()
    assert "\nhealthnews_last_crawl_exit_status 1.0\n" in (tmp_path / "crawl.prom").read_text()


def test_a_site_whose_articles_all_fail_needs_a_look(tmp_path: Path) -> None:
    answer = linked_site(6)
    (tmp_path / "sites").mkdir()
    with Loopback(lambda path: Reply(500) if path.startswith("/a/") else answer(path)) as site:
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url))
        done = run("crawl", "--sites", "sites", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "loop: 6 of 6 articles failed, http 500\n")


def test_a_crawl_that_ran_out_of_time_says_what_is_left(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with Loopback(linked_site(40)) as site:
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url, delay=30))
        arguments = ("--minutes", "3", "--report", "report.json")
        done = run_under(VirtualClock(), "crawl", "--sites", "sites", *arguments, cwd=tmp_path)
    assert done.returncode == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["due"] > 0
    assert f"Its 3 minutes were over.\nPages still due: {report['due']}.\n" in done.stdout
