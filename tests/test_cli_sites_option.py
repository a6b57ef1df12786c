"""The option --sites: it may stand before a command, after it, or in the environment."""

import json
from pathlib import Path

import pytest

from tests.commands import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders of site files, each with one site, and a saved page."""
    made = tmp_path_factory.mktemp("sites")
    for name in ("mine", "other"):
        (made / name).mkdir()
        (made / name / f"{name}.toml").write_text(
            f'name = "{name}"\nhome = "https://{name}.example/"\nfeeds = ["https://{name}.example/feed"]\n'
        )
    (made / "page.html").write_text(f"<title>Stem cells</title><h1>Stem cells</h1><p>{'They divide. ' * 60}</p>")
    return made


def listed(*arguments: str, cwd: Path, **environment: str) -> list[str]:
    done = run(*arguments, "--json", cwd=cwd, **environment)
    return [site["name"] for site in json.loads(done.stdout)]


def test_the_folder_is_named_before_the_command_after_it_or_in_the_environment(folder: Path) -> None:
    assert listed("sites", "--sites", "mine", cwd=folder) == ["mine"]
    assert listed("--sites", "mine", "sites", cwd=folder) == ["mine"]
    assert listed("sites", cwd=folder, HEALTHNEWS_SITES="mine") == ["mine"]
    assert "who" in listed("sites", cwd=folder, HEALTHNEWS_SITES="")


def test_the_option_nearest_to_the_command_counts(folder: Path) -> None:
    assert listed("--sites", "other", "sites", "--sites", "mine", cwd=folder, HEALTHNEWS_SITES="none") == ["mine"]
    assert listed("--sites", "mine", "sites", cwd=folder, HEALTHNEWS_SITES="other") == ["mine"]


TRY = ("try", "mine", "page.html")
NO_SUCH_SITE = "There is no site 'x'; the configured ones are: mine."


@pytest.mark.parametrize(
    "arguments",
    [("sites", "--sites", "mine", *TRY), ("sites", *TRY, "--sites", "mine"), ("--sites", "mine", "sites", *TRY)],
)
def test_a_page_is_tried_with_the_site_of_the_folder(folder: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, cwd=folder)
    assert (done.returncode, "Stem cells" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("sites", "--sites", "mine", "check", "x"),
        ("sites", "check", "x", "--sites", "mine"),
        ("--sites", "mine", "sites", "check", "x"),
        ("crawl", "x", "--sites", "mine"),
        ("--sites", "mine", "crawl", "x"),
    ],
)
def test_other_commands_take_it_in_every_place(folder: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert NO_SUCH_SITE in done.stderr


def test_the_environment_names_the_folder_for_every_command(folder: Path) -> None:
    for command in (("crawl",), ("sites", "check"), ("sites", "try")):
        page = ("page.html",) if command[-1] == "try" else ()
        assert NO_SUCH_SITE in run(*command, "x", *page, cwd=folder, HEALTHNEWS_SITES="mine").stderr
