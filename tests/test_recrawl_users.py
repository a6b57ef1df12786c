"""A user name in a redirect is left out, and nobody's host is held because of it."""

from pathlib import Path

import pytest

from crawler.middlewares.invalid_redirects import redirect_without_user
from tests.loopback import Loopback
from tests.recrawl import World, page, to


def test_a_user_name_costs_the_host_behind_it_nothing(tmp_path: Path) -> None:
    world = World(folder=tmp_path, pages={})
    with Loopback(respond=world.respond) as site, Loopback(lambda path: page(path)) as other:
        victim = other.url.removeprefix("http://").replace("127.0.0.1", "localhost")
        forms = ("http://u@{}", "//u@{}", "http://u:word@{}", "http://u@v@{}", "http://@{}", "http:\\\\u@{}")
        world.pages = {f"/a/{n}": [to(302, f"{form.format(victim)}/{n}")] for n, form in enumerate(forms)}
        world.configure(site)
        world.crawl("--allow-private")
        assert [world.state(f"/a/{n}") for n in range(len(forms))] == [("stored", None)] * len(forms)
        assert all("Authorization" not in asked.headers for asked in other.asked)
    assert world.rows("select host from hosts where held is not null") == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://u:p@news.example:81/x?q=@", "http://news.example:81/x?q=@"),
        ("http://news.example/x@y", None),
        ("https://[2001:db8::1]:8/", None),
    ],
)
def test_an_address_without_its_user(url: str, expected: str | None) -> None:
    assert redirect_without_user(url) == expected


def test_an_address_that_names_two_hosts_is_none() -> None:
    with pytest.raises(ValueError, match="two host names"):
        redirect_without_user("http://news.example\\@other.example/")
