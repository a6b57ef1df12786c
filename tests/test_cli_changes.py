"""`healthnews changes`."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.archives import NOW, an_article, new_archive, store
from tests.commands import run

LATER = "2024-07-01T00:00:00.000000Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of an article whose claim was turned round, and of one of another site whose page went."""
    made = tmp_path_factory.mktemp("changes")
    db = new_archive(made)
    for text, now in (("疗效没有达到预期。", NOW), ("疗效明显超过了预期。", LATER)):
        store(db, an_article(text=text, citations=()), now=now)
    store(db, an_article(title="Bone", text="Of marrow.", citations=()), url="https://b.example/", site="b")
    db.execute("update pages set state = 'gone', missing_since = ?, gone_since = ? where id = 2", [NOW, NOW])
    db.close()
    return made


def test_changes_are_listed_with_their_passages(folder: Path) -> None:
    done = run("changes", cwd=folder)
    assert done.returncode == 0
    assert "疗效[-没有达到-]{+明显超过了+}预期。" in done.stdout
    assert "2024-07-01  demo  revision 1 to 2  9 characters" in done.stdout
    assert "hint: certainty -达到 +明显 +超过; negation -没有" in done.stdout
    assert "page gone" in done.stdout
    assert "2 changes" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["没有达到"], [1]), (["明显超过了"], [1]), (["疗效", "-达到"], [1]), (["marrow"], [2]), (["--site", "b"], [2]),
        (["--since", "2024-07"], [1]), (["--until", "2024-06"], [2]), (["--claims"], [1]), (["--min-size", "99"], [2]),
        (["--sort", "size"], [1, 2]), (["--limit", "1", "--offset", "1"], [2]), (["--gone"], [2]),
    ],
)  # fmt: skip
def test_filters(folder: Path, arguments: list[str], found: list[int]) -> None:
    done = run("changes", *arguments, "--json", cwd=folder)
    assert [change["id"] for change in json.loads(done.stdout)] == found


def test_nothing_found_and_nonsense(folder: Path) -> None:
    assert "No change matches." in run("changes", "nothing", cwd=folder).stderr
    done = run("changes", "--since", "yesterday", cwd=folder)
    assert (done.returncode, "not a date" in done.stderr) == (2, True)


def test_long_changes_are_cut(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    text = "\n\n".join(f"Sentence {number} about an old thing." for number in range(9))
    for each, now in ((text, NOW), (text.replace("an old", "a new"), LATER)):
        store(db, replace(an_article(citations=()), text=each), now=now)
    db.close()
    assert "… and 5 more passages: healthnews diff 1 --from 1 --to 2" in run("changes", cwd=tmp_path).stdout
