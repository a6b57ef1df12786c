"""Groups of copies: kept in step with the articles, whatever comes, changes or goes, and in whatever order."""

from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.copies import group
from tests.archives import NOW, an_article, new_archive, store

LATER = "2024-06-02T00:00:00.000000Z"
EN = " ".join(f"sentence{n} reports trial outcome{n * 7} of patients group{n * 3} under treatment." for n in range(40))


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


def put(
    db: Database,
    name: str,
    text: str,
    published: str | None = "2024-05-01",
    title: str = "Title",
    site: str = "demo",
    now: str = NOW,
) -> int:
    """Stores an article under a URL of that name, and returns its id."""
    url = f"https://{site}.example/{name}"
    day = date.fromisoformat(published) if published else None
    store(
        db, an_article(text=text, title=title, published=day, references=(), citations=()), url=url, site=site, now=now
    )
    return int(db.execute("select id from articles where url = ?", [url]).fetchone()[0])


def test_groups_follow_the_texts(db: Database) -> None:
    a = put(db, "a", EN, "2024-05-03")
    b = put(db, "b", EN.upper(), "2024-05-02", site="other")
    c = put(db, "c", EN[: len(EN) // 2], "2024-05-01", site="third")
    found = group(db, a)
    assert found and found.id == c
    put(db, "c", "something else", site="third")
    found = group(db, a)
    assert found and found.id == b and [m.article_id for m in found.members] == [b, a]
