"""One page under several URLs: one article where the site shows it, two where it does not."""

from collections.abc import Iterator

import pytest

from tests.clocks import VirtualClock
from tests.commands import run
from tests.loopback import Asked, Reply
from tests.recrawl import Page, World, crawled, page

JOBS = 3


def counted(name: str) -> Page:
    """An article's page with another number in its head each time."""
    seen = iter(range(100))

    def answer(_: Asked) -> Reply:
        return page(name, head=f'<meta name="nonce" content="{next(seen)}">')

    return answer


def names(name: str, path: str) -> Reply:
    """An article's page with a paragraph of its own, whose Link header names another URL."""
    return page(name, f"Printed from the page {name}.", Link=f'<{path}>; rel="shortlink canonical"')


DEFAULT = page("please choose a story from the list")
STORIES: dict[str, list[Page]] = {
    "/a/plain": [page("plain")],
    "/a/plain?ref=rss": [page("plain")],
    "/a/late?ref=rss": [page("late")],
    "/a/late": [page("late")],
    "/a/slash/": [page("slash")],
    "/a/slash": [page("slash")],
    "/a/order?id=7&lang=en": [page("order")],
    "/a/order?lang=en&id=7": [page("order")],
    "/a/nonce": [counted("nonce")],
    "/a/nonce?print=1": [counted("nonce")],
    "/a/header": [page("header")],
    "/a/header?view=all": [Reply(404), names("header", "/a/header")],
    "/a/many": [page("many")],
    **{f"/a/many?from={word}": [page("many")] for word in ("feed", "home", "mail", "list")},
    "/a/edited": [page("edited"), page("edited"), page("edited", "A correction was added.")],
    "/a/edited?ref=rss": [page("edited"), page("edited"), page("edited", "A correction was added.")],
    "/a/parted": [page("parted")],
    "/a/parted?view=1": [page("parted"), page("parted"), page("something else that took its place")],
    "/a/differs": [page("differs")],
    "/a/differs/": [page("differs", "The printed edition has a longer text.")],
    "/a/show?id=1": [page("show one")],
    "/a/show?id=2": [page("show two")],
    "/a/same?id=1": [page("same")],
    "/a/same?id=2": [page("same")],
    "/a/story": [DEFAULT],
    "/a/story?about=knee": [page("about knee")],
    "/a/story?about=hip": [DEFAULT, page("about hip")],
    "/a/joined": [page("joined")],
    "/a/joined?ref=rss": [page("joined apart"), page("joined")],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Three jobs, each of which looks at everything."""
    folder, clock = tmp_path_factory.mktemp("variants"), VirtualClock()
    with crawled(folder, STORIES, JOBS, clock=clock, concurrency=1, delay=1) as made:
        assert [job.returncode for job in made.done] == [0] * JOBS
        yield made


@pytest.mark.parametrize(
    ("kept", "alias", "revisions"),
    [
        ("/a/plain", "/a/plain?ref=rss", 1),
        ("/a/late", "/a/late?ref=rss", 1),
        ("/a/nonce", "/a/nonce?print=1", 1),
        ("/a/header", "/a/header?view=all", 1),
        ("/a/many", "/a/many?from=list", 1),
        ("/a/edited", "/a/edited?ref=rss", 2),
    ],
)
def test_one_page_under_two_urls_is_one_article(world: World, kept: str, alias: str, revisions: int) -> None:
    assert world.state(kept) == ("stored", None)
    assert world.state(alias) == ("alias", "moved")
    shown = world.shown(alias)
    assert shown["url"] == world.base + kept
    assert len(shown["revisions"]) == revisions


@pytest.mark.parametrize("path", ["/a/slash", "/a/order"])
def test_of_two_equally_plain_urls_one_is_an_alias(world: World, path: str) -> None:
    """Which of them is stored depends on which is read first."""
    states = world.rows("select state from pages where url like ? order by state", f"%{path}%")
    assert states == [("alias",), ("stored",)]
    assert world.rows("select count(*), max(revision) from articles where url like ?", f"%{path}%") == [(1, 1)]


@pytest.mark.parametrize("path", ["/a/differs", "/a/show", "/a/same"])
def test_what_the_site_does_not_show_to_be_one_page_stays_two(world: World, path: str) -> None:
    assert world.rows("select count(*), max(revision) from articles where url like ?", f"%{path}%") == [(2, 1)]


def test_a_variant_that_parts_gets_its_own_article(world: World) -> None:
    assert [fate[:2] for fate in world.fates("/a/parted?view=1")][1:] == [("alias", "moved"), ("stored", None)]
    assert world.shown("/a/parted?view=1")["url"] == world.base + "/a/parted?view=1"
    assert len(world.shown("/a/parted")["revisions"]) == 1


def test_the_default_page_of_a_program_takes_no_articles(world: World) -> None:
    assert world.state("/a/story?about=hip") == ("stored", None)
    assert world.shown("/a/story?about=hip")["url"] == world.base + "/a/story?about=hip"


def test_two_articles_that_become_one_page_are_merged(world: World) -> None:
    assert world.state("/a/joined?ref=rss") == ("alias", "moved")
    assert len(world.shown("/a/joined?ref=rss")["revisions"]) == 2


def test_the_archive_is_sound(world: World) -> None:
    checked = run("check", cwd=world.folder)
    assert checked.returncode == 0, checked.stdout


def test_short_articles_under_many_urls_are_no_run_of_the_same_answer(world: World) -> None:
    assert world.rows("select count(*) from fetches where outcome = 'blocked'") == [(0,)]
