"""Soft-404 probe: telling a site's "not found" page from an article."""

import gzip
import json
import random
import re
from pathlib import Path

import pytest

from crawler.visit.soft404_probe import is_missing_page, is_notice, missing_url
from tests.archives import an_article
from tests.commands import run
from tests.loopback import Asked, Loopback, Reply, site_file
from tests.recrawl import World
from tests.year.site import words

LONG = "研究人员在两名患者身上观察到皮肤硬度的改善，随访持续了十二个月，没有出现严重的不良反应。" * 12


@pytest.mark.parametrize(
    ("url", "like"),
    [
        ("https://n.example/news/a-title.html", r"https://n\.example/news/[a-z]{16}\.html"),
        ("https://n.example/news/a-title/", r"https://n\.example/news/[a-z]{16}/"),
        ("https://n.example/12345", r"https://n\.example/\d{10}"),
        ("https://n.example/a-12-b-345.html", r"https://n\.example/a-\d{10}-b-\d{10}\.html"),
        ("https://n.example/news.php?id=123&lang=en", r"https://n\.example/news\.php\?id=\d{10}&lang=en"),
        ("https://n.example/a?x=y", r"https://n\.example/[a-z]{16}"),
    ],
)
def test_missing_url_has_the_form_of_the_url(url: str, like: str) -> None:
    assert re.fullmatch(like, missing_url(url, random.Random(1)))


def test_notice_is_short() -> None:
    old = an_article(text=LONG)
    assert is_notice(old, an_article(title="晨光", text="您要找的内容去火星了。"))
    assert not is_notice(old, an_article(title="晨光", text="本周气温下降，专家提醒老年人注意保暖。" * 20))
    assert not is_notice(an_article(text="短。"), an_article(title="别的", text="也短。"))


def test_missing_pages_are_alike() -> None:
    assert is_missing_page(None, None)
    assert not is_missing_page(None, an_article())
    assert is_missing_page(an_article(), an_article(title="别的"))


def html(title: str, text: str) -> bytes:
    """A page that shares nothing with any other."""
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>".encode()


LOST = html("Daybreak Health", "Whatever you were looking for has left for Mars and took its readers along. " * 9)
OTHER = html("A new kind of bandage", "Hospitals in the north have tried a bandage made of seaweed. " * 9)


def test_article_replaced_by_the_not_found_page_is_gone(tmp_path: Path) -> None:
    """Three articles are replaced: one by what the site says of everything it does not have, one by nothing that has
    text, as everything it does not have in another folder, and one by another article, which is a change."""
    now = {path: html(f"About {path}", words(path, 200)) for path in ("/a/one", "/a/two", "/b/three")}
    shell = b"<html><head><title>Daybreak</title></head><body><div id=app></div></body></html>"

    def answer(path: str) -> Reply:
        if path == "/list/1":
            return Reply(body="".join(f'<a href="{page}">x</a>' for page in now).encode())
        if path == "/robots.txt":
            return Reply(404)
        return Reply(body=now.get(path, shell if path.startswith("/b/") else LOST))

    (tmp_path / "sites").mkdir()
    with Loopback(answer) as site:
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url, articles="['/a/', '/b/']"))
        assert run("crawl", "--sites", "sites", cwd=tmp_path).returncode == 0
        now |= {"/a/one": LOST, "/a/two": OTHER, "/b/three": shell}
        for _ in range(2):
            assert run("crawl", "--sites", "sites", "--all", cwd=tmp_path).returncode == 0
    shown = {path: json.loads(run("show", site.url + path, "--json", cwd=tmp_path).stdout) for path in now}
    assert [(shown[path]["state"], shown[path]["reason"], shown[path]["revision"]) for path in now] == [
        ("gone", "soft 404", 1),
        ("stored", None, 2),
        ("gone", "soft 404", 1),
    ]
    probes = [
        path
        for path in site.paths
        if path not in now and path not in ("/list/1", "/robots.txt", "/.well-known/tdmrep.json")
    ]
    assert len(probes) == 5  # each doubtful look, but for the second at what had become an article of its own


@pytest.mark.parametrize(
    ("robots", "expected"),
    [("Allow: /a/$", ("gone", "soft 404")), ("Allow: /a/one\nDisallow: /a/", ("failed", "doubtful"))],
)
def test_probe_obeys_robots_and_is_recorded(tmp_path: Path, robots: str, expected: tuple[str, str]) -> None:
    world = World(folder=tmp_path, pages={"/a/one": [Reply(body=html("One", words("one", 200))), Reply(body=LOST)]})

    def respond(asked: Asked) -> Reply:
        if asked.path == "/robots.txt":
            return Reply(body=f"User-agent: *\n{robots}".encode(), headers={"Content-Type": "text/plain"})
        reply = world.respond(asked)
        return Reply(body=LOST) if reply.status == 404 else reply

    with Loopback(respond=respond) as site:
        world.configure(site)
        assert world.crawl().returncode == 0
        world.stage = 1
        world.crawl("--all")
    assert world.fates("/a/one")[-1][:2] == expected
    probes = {path for path in site.paths if path.startswith("/a/") and path != "/a/one"}
    assert len(probes) == (expected == ("gone", "soft 404"))
    assert all(world.records(path)[0][0] == "response" for path in probes)


def test_half_an_answer_to_the_probe_proves_nothing(tmp_path: Path) -> None:
    """What the site answers for a missing page is cut short: it looks like another page than the whole notice."""
    packed = gzip.compress(LOST)
    half = Reply(body=packed[: len(packed) // 2], headers={"Content-Encoding": "gzip"})
    world = World(folder=tmp_path, pages={"/a/one": [Reply(body=html("One", words("one", 200))), Reply(body=LOST)]})

    def respond(asked: Asked) -> Reply:
        reply = world.respond(asked)
        return half if reply.status == 404 and asked.path != "/robots.txt" else reply

    with Loopback(respond=respond) as site:
        world.configure(site)
        assert world.crawl().returncode == 0
        world.stage = 1
        world.crawl("--all")
    assert world.fates("/a/one")[-1][:2] == ("failed", "doubtful")
    assert world.rows("select revision from articles") == [(1,)]
