"""Answers that are none: redirects to no address, 304 to who did not ask for it, validators that break a server."""

from collections.abc import Iterator

import pytest

from tests.loopback import Asked, Reply
from tests.recrawl import Page, World, crawled, page, to


def without_validators(asked: Asked) -> Reply:
    """A server that cannot answer a conditional request."""
    return Reply(400) if "If-None-Match" in asked.headers else page("breaking", "More.", ETag='"a"')


NO_ADDRESS = ("http://[::1", "http://a..b/x", "http://host:99999/", "mailto:x@y", "ftp://x/y", "javascript:void(0)",
              "http://exa mple/", f"http://{'a' * 70}.com/", "https:")  # fmt: skip
STORIES: dict[str, list[Page]] = {
    **{f"/a/to-{n}": [to(301, location)] for n, location in enumerate(NO_ADDRESS)},
    "/a/never": [Reply(304), page("never")],
    "/a/breaking": [page("breaking", ETag='"a"'), without_validators],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with crawled(tmp_path_factory.mktemp("odd"), STORIES, 3) as made:
        yield made


@pytest.mark.parametrize("number", range(len(NO_ADDRESS)))
def test_who_leads_to_no_address_is_refused(world: World, number: int) -> None:
    assert world.fates(f"/a/to-{number}")[0] == ("refused", "bad address", None)


def test_unchanged_is_no_answer_to_who_knows_nothing(world: World) -> None:
    assert world.fates("/a/never")[:2] == [("failed", "http 304", None), ("stored", None, "new")]


def test_after_a_failure_nothing_is_said_of_what_is_known(world: World) -> None:
    assert world.fates("/a/breaking") == [
        ("stored", None, "new"),
        ("failed", "http 400", None),
        ("stored", None, "changed"),
    ]
