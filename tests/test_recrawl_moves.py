"""Pages that move, lead elsewhere for a while, or say that they are another page: no article twice, and none lost."""

from collections.abc import Iterator

import pytest

from tests.commands import run
from tests.loopback import Reply
from tests.recrawl import Page, World, crawled, page, to
from tests.year.site import words

OLDER, DATE = "Mon, 01 Apr 2024 08:00:00 GMT", "Wed, 01 May 2024 08:00:00 GMT"


def names(path: str) -> str:
    return f'<link rel="canonical" href="{path}">'


STORIES: dict[str, list[Page]] = {
    "/a/moved": [page("moved"), to(301, "/b/moved")],
    "/b/moved": [page("moved")],
    "/a/chain": [to(301, "/b/chain-1")],
    "/b/chain-1": [to(308, "/b/chain-2")],
    "/b/chain-2": [page("chain")],
    "/a/mixed": [to(301, "/b/mixed-1")],
    "/b/mixed-1": [to(302, "/b/mixed-2")],
    "/b/mixed-2": [page("mixed")],
    "/a/passing": [page("passing"), to(302, "/b/passing"), to(307, "/b/passing"), page("passing")],
    "/b/passing": [page("passing")],
    "/a/sold": [page("sold"), to(301, "/a/other")],
    "/a/sold-dated": [page("sold-dated", Last_Modified=DATE), to(301, "/a/older")],
    "/a/lent": [page("lent"), to(302, "/a/other"), page("lent")],
    "/a/other": [page("other")],
    "/a/older": [page("older", Last_Modified=OLDER)],
    "/a/original": [page("original")],
    "/a/print": [Reply(404), page("original", head=names("/a/original"))],
    "/a/circle-1": [to(301, "/a/circle-2")],
    "/a/circle-2": [page("circle", head=names("/a/circle-1"))],
    "/a/pair-1": [page("pair", head=names("/a/pair-2"))],
    "/a/pair-2": [page("pair", head=names("/a/pair-1"))],
    "/a/swap-1": [to(301, "/a/swap-2"), page("swap")],
    "/a/swap-2": [page("swap"), to(301, "/a/swap-1")],
    "/a/with-list": [page("with-list", head=names("/list/1"))],
    **{f"/a/template-{n}": [page(f"template-{n}", head=names("/a/template-3"))] for n in range(6)},
    **{f"/a/same-{n}": [page(f"same-{n}", head=names("/a/to-be-gone"), Last_Modified=DATE)] for n in range(2)},
    "/a/to-be-gone": [Reply(404)],
    **{f"/a/landing-{n}": [page(f"landing-{n}", head=names("/landing"))] for n in range(3)},
}
JOBS = 4


def title_of(path: str) -> str:
    """The title of a page that is an article at first."""
    return words(path.removeprefix("/a/"), 5).rstrip(".")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Four jobs, each of which looks at everything."""
    with crawled(tmp_path_factory.mktemp("moves"), STORIES, JOBS, concurrency=1) as made:
        assert [job.returncode for job in made.done] == [0] * JOBS
        yield made


@pytest.mark.parametrize(
    ("old", "new"), [("/a/moved", "/b/moved"), ("/a/chain", "/b/chain-2"), ("/a/print", "/a/original")]
)
def test_what_moved_for_good_is_an_alias(world: World, old: str, new: str) -> None:
    assert world.state(old) == ("alias", "moved")
    assert world.state(new) == ("stored", None)
    shown = world.shown(old)
    assert shown["url"] == world.base + new
    assert world.base + old in shown["aliases"]
    assert [revision["number"] for revision in shown["revisions"]] == [1]


@pytest.mark.parametrize(("path", "elsewhere"), [("/a/passing", "/b/passing"), ("/a/mixed", "/b/mixed-2")])
def test_what_is_elsewhere_for_now_keeps_its_address(world: World, path: str, elsewhere: str) -> None:
    assert world.state(path) == ("stored", None)
    assert {content for _, _, content in world.fates(path)} <= {"new", "same", None}
    assert world.rows("select url from articles where url in (?, ?)", world.base + path, world.base + elsewhere) == [
        (path,)
    ]


@pytest.mark.parametrize(("path", "other"), [("/a/sold", "/a/other"), ("/a/sold-dated", "/a/older")])
def test_an_address_that_leads_to_another_article_is_gone(world: World, path: str, other: str) -> None:
    assert world.fates(path) == [("stored", None, "new"), *[("gone", "moved elsewhere", None)] * (JOBS - 1)]
    shown = world.shown(path)
    assert (shown["state"], shown["url"]) == ("gone", world.base + path)
    assert shown["title"] == title_of(path)
    assert [content for _, _, content in world.fates(other)] == ["new", *[None] * (JOBS - 1)]


def test_an_address_that_leads_to_another_article_for_now_is_kept(world: World) -> None:
    assert [fate[:2] for fate in world.fates("/a/lent")] == [
        ("stored", None),
        ("failed", "led elsewhere"),
        ("unchanged", None),
        ("unchanged", None),
    ]
    assert len(world.shown("/a/lent")["revisions"]) == 1


@pytest.mark.parametrize("kind", ["template", "landing", "with-list", "same"])
def test_one_canonical_link_on_all_pages_folds_nothing(world: World, kind: str) -> None:
    """Each article ends at the address that answers it, and none is a revision of another one."""
    expected = {(path, title_of(path), 1) for path in STORIES if path.startswith(f"/a/{kind}")}
    kept = world.rows("select url, title, revision from articles where url like ?", f"%/{kind}%")
    assert set(kept) == expected
    assert {world.state(path) for path, _, _ in expected} == {("stored", None)}


@pytest.mark.parametrize("kind", ["circle", "pair", "swap"])
def test_addresses_that_name_each_other_have_one_article(world: World, kind: str) -> None:
    assert world.rows("select count(*), max(revision) from articles where url like ?", f"%/{kind}%") == [(1, 1)]
    assert sorted(world.state(f"/a/{kind}-{n}") for n in (1, 2)) == [("alias", "moved"), ("stored", None)]
    assert {outcome for n in (1, 2) for outcome, _, _ in world.fates(f"/a/{kind}-{n}")} <= {
        "stored", "unchanged", "alias"
    }  # fmt: skip
    assert len({world.shown(f"/a/{kind}-{n}")["url"] for n in (1, 2)}) == 1


def test_the_archive_is_sound(world: World) -> None:
    checked = run("check", cwd=world.folder)
    assert checked.returncode == 0, checked.stdout


def test_a_list_that_pages_call_canonical_stays_a_list(world: World) -> None:
    assert world.state("/list/1") == ("read", None)
    assert world.state("/a/with-list") == ("stored", None)
