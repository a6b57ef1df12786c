"""Images of articles from one job to the next: changed articles, kills, edited site files, single URLs."""

import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clocks import VirtualClock
from tests.commands import HEALTHNEWS, environment, run
from tests.images import illustrated, image, png
from tests.loopback import Asked, Loopback, Reply
from tests.recrawl import World
from tests.year.site import words

FATES = "select fate, fate_reason from article_image_fates order by image_url"


def asked(site: Loopback, path: str) -> list[Asked]:
    return [each for each in site.asked if each.path == path]


def test_images_of_a_changed_article_are_asked_for_again_after_a_month(tmp_path: Path) -> None:
    pictures = ("/i/same.png", "/i/other.png")
    changes = [illustrated("one", *pictures, more=words(f"edition {n}", 40)) for n in range(4)]
    world = World(folder=tmp_path, clock=VirtualClock(datetime(2024, 6, 1, tzinfo=UTC)), pages={
        "/a/1": [changes[0], changes[1], changes[2], changes[2]],
        "/i/same.png": [image(png(), ETag='"1"')],
        "/i/other.png": [image(png(seed=number)) for number in range(4)],
    })  # fmt: skip
    assert world.clock
    with Loopback(respond=world.respond) as site:
        world.configure(site, images="true")
        for stage, days in enumerate((0, 5, 40, 40)):
            world.stage = stage
            world.clock.moment += timedelta(days=days)
            assert world.crawl("--all").returncode == 0
        assert [each.headers.get("If-None-Match") for each in asked(site, "/i/same.png")] == [None, '"1"']
        assert len(asked(site, "/i/other.png")) == 2
    assert world.rows(FATES) == [("kept", None), ("kept", None)]
    assert [outcome for outcome, *_ in world.fates("/i/same.png")] == ["read", "unchanged"]
    files = [
        {each["url"]: each["digest"] for each in world.shown_revision("/a/1", number)["image_files"]}
        for number in (1, 2, 3)
    ]
    assert files[0] == files[1] != files[2]
    assert files[0][site.url + "/i/same.png"] == files[2][site.url + "/i/same.png"]


@pytest.mark.parametrize("excluded", [False, True])
def test_a_new_article_brings_back_an_image_that_went_with_another(tmp_path: Path, excluded: bool) -> None:
    world = World(folder=tmp_path, pages={
        "/a/1": [illustrated("one", "/i/a.png")],
        "/a/2": [Reply(404), illustrated("two", "/i/a.png")],
        "/i/a.png": [image(png())],
    })  # fmt: skip
    with Loopback(respond=world.respond) as site:
        world.configure(site, images="true")
        world.crawl("--all")
        pages = ["/a/1", "/i/a.png"] if excluded else ["/a/1"]
        for path in pages:
            assert run("remove", site.url + path, "--yes", cwd=tmp_path).returncode == 0
        world.stage = 1
        world.crawl("--all")
        assert len(asked(site, "/i/a.png")) == (1 if excluded else 2)
        assert len(asked(site, "/a/1")) == 1
    assert world.rows(FATES) == [("refused", "removed") if excluded else ("kept", None)]


@pytest.mark.parametrize("number", [0, 3])
def test_images_that_wait_survive_a_kill(tmp_path: Path, number: int) -> None:
    world = World(folder=tmp_path, pages={})
    running: list[subprocess.Popen[bytes]] = []

    def deadly(_: Asked) -> Reply:
        if running:
            running.pop().send_signal(signal.SIGKILL)
        return image(png(seed=number))

    paths = [f"/i/{each}.png" for each in range(6)]
    world.pages = {
        "/a/1": [illustrated("one", *paths)],
        **{path: [image(png(seed=n))] for n, path in enumerate(paths)},
        paths[number]: [deadly],
    }
    with Loopback(respond=world.respond) as site:
        world.configure(site, images="true", concurrency="1")
        command = [*HEALTHNEWS, "crawl", "--sites", "sites"]
        with subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL) as process:
            running.append(process)
            assert process.wait() == -signal.SIGKILL
        waiting = world.rows("select count(*) from pages where kind = 'image' and due_at is not null")
        assert waiting[0][0] >= 6 - number
        assert world.crawl().returncode == 0
        assert world.rows(FATES) == [("kept", None)] * 6
        assert [len(asked(site, path)) for path in paths] == [1 + (at == number) for at in range(6)]


def test_an_edited_site_file_lets_images_wait(tmp_path: Path) -> None:
    world = World(folder=tmp_path, pages={
        "/a/1": [illustrated("one", "/i/1.png", "/i/2.png")],
        "/i/1.png": [Reply(500), image(png())],
        "/i/2.png": [image(png(padding=400_000))],
    })  # fmt: skip
    with Loopback(respond=world.respond) as site:
        for stage, (keys, expected) in enumerate([
            ({"images": "true", "image_megabytes": "0.3"}, [("failed", "http 500"), ("refused", "too large")]),
            ({"images": "false", "image_megabytes": "0.3"}, [("failed", "http 500"), ("refused", "too large")]),
            ({"images": "true", "image_megabytes": "0.5"}, [("kept", None), ("kept", None)]),
        ]):  # fmt: skip
            world.stage = stage
            world.configure(site, **keys)
            assert world.crawl().returncode == 0
            assert world.rows(FATES) == expected
            assert len(asked(site, "/i/1.png")) == (1, 1, 2)[stage]


def test_a_named_article_is_fetched_with_its_images(tmp_path: Path) -> None:
    world = World(folder=tmp_path, pages={
        "/a/1": [illustrated("one", "/i/1.png")],
        "/a/2": [illustrated("two", "/i/2.png")],
        "/i/1.png": [image(png())],
        "/i/2.png": [image(png())],
    })  # fmt: skip
    with Loopback(respond=world.respond) as site:
        world.configure(site, images="true")
        done = run("crawl", site.url + "/a/1", "--sites", "sites", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert not asked(site, "/i/2.png")
    assert world.rows(FATES) == [("kept", None)]
