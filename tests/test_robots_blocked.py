"""A challenge in the place of robots.txt is no set of rules: the host is left alone until its rules can be read."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import ExitCode
from tests.loopback import Reply
from tests.recrawl import HTML, Page, World, page, to
from tests.test_blocked import LOGIN, MAINTENANCE, alerts, captcha, notice, served

ROBOTS = "/robots.txt"
RULES = "User-agent: *\nDisallow: /a/1\n"
FORBIDDEN = notice("403 Forbidden", "You don't have permission to access this resource.", status=403)


def articles(robots: Reply, *then: Reply) -> dict[str, list[Page]]:
    return {ROBOTS: [robots, *then], **{f"/a/{n}": [page(f"article {n}")] for n in range(3)}}


def wait_of(world: World) -> tuple[str, timedelta]:
    """Why the host is left alone, and for how long from the end of the last crawl."""
    [(held, ready, ended)] = world.rows("select held, ready_at, (select max(finished_at) from crawls) from hosts")
    return held, datetime.fromisoformat(ready) - datetime.fromisoformat(ended)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        *((captcha(status), "challenge") for status in (200, 401, 403, 429, 503)),
        (MAINTENANCE, "maintenance"),
        (to(302, "/captcha/check?back=robots"), "challenge"),
        (to(302, "http://verify.example/robotcheck"), "challenge"),
    ],
    ids=["200", "401", "403", "429", "503", "maintenance", "redirect", "redirect to a stranger"],
)
def test_another_page_in_place_of_the_rules_closes_the_host(tmp_path: Path, answer: Reply, reason: str) -> None:
    with served(tmp_path, articles(answer, Reply(body=RULES.encode()))) as (world, site):
        done = world.crawl()
        assert done.returncode == ExitCode.BLOCKED
        assert f"cannot be read (robots {reason})" in done.stderr
        assert site.paths == [ROBOTS]
        assert world.rows("select outcome, reason from fetches") == [("blocked", reason)]
        held, wait = wait_of(world)
        assert held == f"blocked: {reason}"
        assert wait > timedelta(minutes=59)
        assert [kind for kind, _ in alerts(world)] == ["blocked"]
        world.stage = 1
        assert world.clock
        world.clock.moment += timedelta(days=2)
        assert world.crawl().returncode == 0
    assert "/a/1" not in site.paths
    assert {"/a/0", "/a/2"} < set(site.paths)


def test_a_challenge_in_place_of_the_rules_may_ask_for_more_patience(tmp_path: Path) -> None:
    with served(tmp_path, articles(captcha(Retry_After="86400"))) as (world, site):
        assert world.crawl().returncode == ExitCode.BLOCKED
        assert site.paths == [ROBOTS]
        held, wait = wait_of(world)
        assert held == "blocked: challenge"
        assert wait > timedelta(hours=23)
        assert [kind for kind, _ in alerts(world)] == ["host waits"]


def test_known_rules_outlast_a_challenge(tmp_path: Path) -> None:
    rules = Reply(body=RULES.encode())
    with served(tmp_path, articles(rules, captcha(), rules)) as (world, site):
        for stage in range(3):
            world.stage = stage
            world.crawl("--all")
            assert world.clock
            world.clock.moment += timedelta(days=2)
    assert "/a/1" not in site.paths
    assert world.rows("select detail from notices") == []


@pytest.mark.parametrize(
    "answer",
    [
        Reply(body=RULES.encode(), headers=HTML),
        Reply(body=b"# <html> is not what this is\n" + RULES.encode(), headers=HTML),
        Reply(body=b"\xef\xbb\xbf" + RULES.encode(), headers={"Content-Type": "application/octet-stream"}),
    ],
    ids=["html", "a comment with a tag", "bytes"],
)
def test_rules_under_a_wrong_label_are_read(tmp_path: Path, answer: Reply) -> None:
    with served(tmp_path, articles(answer)) as (world, site):
        assert world.crawl().returncode == 0
    assert "/a/1" not in site.paths
    assert "/a/0" in site.paths


@pytest.mark.parametrize(
    "answer",
    [FORBIDDEN, Reply(403, b"Forbidden"), captcha(404), LOGIN, page("the home page of an app")],
    ids=["forbidden", "in a word", "missing", "login", "another page"],
)
def test_a_page_that_says_that_there_are_no_rules_closes_nothing(tmp_path: Path, answer: Reply) -> None:
    with served(tmp_path, articles(answer)) as (world, site):
        assert world.crawl().returncode == 0
    assert {f"/a/{n}" for n in range(3)} < set(site.paths)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (FORBIDDEN, ("refused", "http 403")),
        (Reply(403, b"Forbidden"), ("refused", "http 403")),
        (Reply(403, b"Forbidden", {"Content-Type": "text/plain"}), ("refused", "http 403")),
        (notice("401 Authorization Required", "nginx", status=401), ("refused", "http 401")),
        (notice("Access denied", "Access denied", status=403), ("refused", "http 403")),
        (notice("访问被拒绝", "您没有权限访问此页面。", status=403), ("refused", "http 403")),
        (notice("Access denied", "Your IP address has been blocked.", status=403), ("blocked", "challenge")),
        (notice("Access denied", "You don't have permission to access this page. Reference #18.4", status=403),
         ("blocked", "challenge")),
        (notice("403 Forbidden", "<script>window._cf_chl_opt = {}</script>", status=403), ("blocked", "challenge")),
        (notice("Access denied", "You don't have permission to access this page."), ("blocked", "challenge")),
    ],
)  # fmt: skip
def test_a_servers_own_refusal_is_no_challenge(tmp_path: Path, answer: Reply, outcome: tuple[str, str]) -> None:
    with served(tmp_path, {"/a/0": [answer]}) as (world, _):
        world.crawl()
        assert world.state("/a/0") == outcome
    assert [held for (held,) in world.rows("select held from hosts")] == [
        "blocked: challenge" if outcome[0] == "blocked" else None
    ]
