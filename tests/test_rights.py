"""What pages and sites say of their use by machines: read as stated, kept, shown and exported."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.policy.rights import LONGEST, MOST, page_rights
from tests.commands import run
from tests.loopback import Loopback, Reply
from tests.recrawl import World, page


@pytest.mark.parametrize(
    ("headers", "head", "expected"),
    [
        ([], "", ()),
        ([("TDM-Reservation", "1"), ("tdm-policy", "https://x.example/p")], "",
         ("header tdm-reservation: 1", "header tdm-policy: https://x.example/p")),
        ([("X-Robots-Tag", "noai, noimageai"), ("x-robots-tag", "otherbot: noai")], "",
         ("header X-Robots-Tag: noai", "header X-Robots-Tag: noimageai")),
        ([("X-Robots-Tag", "otherbot: noai")], "", ()),
        ([("X-Robots-Tag", "noindex")], "", ()),
        ([("Content-Usage", "train-ai=n"), ("Content-Signal", "ai-train=no")], "",
         ("header Content-Signal: ai-train=no", "header Content-Usage: train-ai=n")),
        ([], '<meta name="TDM-Reservation" content="0">', ("meta tdm-reservation: 0",)),
        ([], '<meta name="tdm-reservation" content="">', ()),
        ([], "<meta content='noai, NoImageAI' name=robots>", ("meta robots: noai", "meta robots: noimageai")),
        ([], '<meta name="health-news-archive" content="noai"><meta name="x" content="noai">', ("meta robots: noai",)),
        ([], '<!-- <meta name="robots" content="noai"> --><p>noai tdm-reservation: 1</p>', ()),
    ],
)  # fmt: skip
def test_what_a_page_says(headers: list[tuple[str, str]], head: str, expected: tuple[str, ...]) -> None:
    assert page_rights(headers, head.encode()) == expected


@given(st.lists(st.tuples(st.sampled_from(["tdm-reservation", "X-Robots-Tag", "x"]), st.text())), st.binary())
def test_signals_are_few_and_short(headers: list[tuple[str, str]], head: bytes) -> None:
    found = page_rights(headers, head)
    assert len(found) <= MOST
    assert all(len(signal) <= LONGEST and "\n" not in signal for signal in found)


def test_signals_are_kept_shown_and_exported(tmp_path: Path) -> None:
    robots = b"License: https://x.example/l.xml\nUser-agent: *\nContent-Signal: ai-train=no\nDisallow: /x\n"
    said = page("said", head='<meta name="tdm-reservation" content="1">', X_Robots_Tag="noai")
    stories = {"/robots.txt": [Reply(body=robots)], "/a/said": [said], "/a/silent": [page("silent")]}
    of_site = ["robots.txt License: https://x.example/l.xml", "robots.txt Content-Signal: ai-train=no"]
    of_page = ["header X-Robots-Tag: noai", "meta tdm-reservation: 1"]
    world = World(folder=tmp_path, pages=stories)
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
        world.crawl("--all")
    assert world.shown("/a/said")["rights"] == [*of_page, *of_site]
    assert world.shown("/a/silent")["rights"] == of_site
    assert json.loads(world.rows("select rights from pages where url = ?", world.base + "/a/said")[0][0]) == of_page
    shown = " ".join(run("show", world.base + "/a/said", cwd=tmp_path).stdout.split())
    assert "; ".join(of_page) in shown
    exported = run("export", "--article", world.base + "/a/said", "--format", "csv", cwd=tmp_path).stdout
    [row] = csv.DictReader(io.StringIO(exported))
    assert row["rights"] == "; ".join([*of_page, *of_site])
