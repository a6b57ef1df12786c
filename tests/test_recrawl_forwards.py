"""Pages that only forward are followed as redirects are, and within the same rules."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.articles.tdmrep import PATH as TDMREP
from tests.loopback import Loopback, Reply, article_html
from tests.recrawl import HTML, Page, World, crawled, page, prose


def refresh(where: str, seconds: int = 0) -> Reply:
    """A stub with a meta refresh."""
    head = f'<meta http-equiv="refresh" content="{seconds}; url={where}">'
    return Reply(body=f"<html><head>{head}</head><body><p></p></body></html>".encode(), headers=HTML)


def unscripted(where: str) -> Reply:
    text = f'<html><body><noscript><meta http-equiv="refresh" content="0;url={where}"></noscript></body></html>'
    return Reply(body=text.encode(), headers=HTML)


def scripted(where: str) -> Reply:
    return Reply(body=f"<html><script>location.href = '{where}'</script><body></body></html>".encode(), headers=HTML)


STORIES: dict[str, list[Page]] = {
    "/robots.txt": [Reply(body=b"User-agent: *\nDisallow: /closed\n", headers={"Content-Type": "text/plain"})],
    "/a/refresh": [refresh("/b/refresh")],
    "/a/delayed": [refresh("/b/delayed", seconds=3)],
    "/a/unscripted": [unscripted("/b/unscripted")],
    "/a/scripted": [scripted("/b/scripted")],
    "/a/chain": [refresh("/c/chain")],
    "/c/chain": [scripted("/c/chain-2")],
    "/c/chain-2": [Reply(302, headers={"Location": "/b/chain"})],
    **{f"/b/{name}": [page(name)] for name in ("refresh", "delayed", "unscripted", "scripted", "chain")},
    "/a/loop": [refresh("/c/loop")],
    "/c/loop": [refresh("/a/loop")],
    "/a/itself": [refresh("/a/itself")],
    "/a/closed": [refresh("/closed/page")],
    "/closed/page": [page("closed")],
    "/a/home": [refresh("/")],
    "/a/mail": [refresh("mailto:editor@news.example")],
    "/a/missing": [refresh("/c/missing")],
    "/a/private": [refresh("http://10.9.8.7:1/a")],
    "/a/reads": [
        Reply(
            body=article_html("Reads", *prose("reads"), head='<meta http-equiv="refresh" content="0; url=/b/refresh">'),
            headers=HTML,
        )
    ],
    "/a/later": [page("later"), refresh("/c/later"), page("later")],
    "/c/later": [page("a log-in page that is another text")],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with crawled(tmp_path_factory.mktemp("forwards"), STORIES, 3, concurrency=1) as made:
        yield made


@pytest.mark.parametrize("name", ["refresh", "delayed", "unscripted", "scripted"])
def test_the_page_it_leads_to_is_the_article(world: World, name: str) -> None:
    assert world.state(f"/a/{name}") == ("alias", "moved")
    assert world.shown(f"/a/{name}")["url"] == f"{world.base}/b/{name}"
    assert prose(name)[0] in world.shown(f"/a/{name}")["text"]


def test_a_chain_is_followed_to_its_end(world: World) -> None:
    assert prose("chain")[0] in world.shown("/a/chain")["text"]


@pytest.mark.parametrize(
    ("name", "fate"),
    [
        ("loop", ("refused", "redirect loop", None)),
        ("itself", ("no article", "no text", None)),
        ("closed", ("refused", "robots", None)),
        ("home", ("gone", "redirect to home page", None)),
        ("mail", ("no article", "no text", None)),
        ("missing", ("gone", "http 404", None)),
        ("private", ("refused", "private address", None)),
        ("reads", ("stored", None, "new")),
    ],
)
def test_what_is_not_to_be_followed(world: World, name: str, fate: tuple[str, str | None, str | None]) -> None:
    assert world.fates(f"/a/{name}")[0] == fate


def test_no_rule_is_broken_on_the_way(world: World) -> None:
    paths = [asked.path for asked in world.asked]
    assert "/closed/page" not in paths
    assert paths.count("/c/loop") <= 3 * 6  # ten redirects a job


def test_a_known_article_is_not_lost_to_a_page_that_leads_to_another(world: World) -> None:
    assert world.fates("/a/later") == [
        ("stored", None, "new"),
        ("failed", "led elsewhere", None),
        ("unchanged", None, None),
    ]
    assert world.state("/a/later") == ("stored", None)


def test_another_host_is_asked_by_its_own_rules(tmp_path: Path) -> None:
    world = World(folder=tmp_path, pages={})
    other_pages: dict[str, Reply] = {
        "/robots.txt": Reply(body=b"User-agent: *\nDisallow: /no\n", headers={"Content-Type": "text/plain"}),
        "/yes": page("yes"),
        "/no": page("no"),
    }
    with (
        Loopback(respond=world.respond) as site,
        Loopback(lambda path: other_pages.get(path, Reply(404))) as other,
    ):
        base = other.url.replace("127.0.0.1", "localhost")
        world.pages = {"/a/yes": [refresh(f"{base}/yes")], "/a/no": [refresh(f"{base}/no")]}
        world.configure(site)
        world.crawl("--allow-private")
    assert other.paths == ["/robots.txt", "/yes", TDMREP]
    assert world.state("/a/yes") == ("alias", "moved")
    assert world.state("/a/no") == ("refused", "robots")
