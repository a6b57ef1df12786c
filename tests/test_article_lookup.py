"""Find an article by its id, its URL and its aliases, and load it with the state of its page."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.articles.lookup import find_article, load
from archive.errors import NotStoredError
from archive.storage.frontier import NewPage, add_pages
from archive.storage.page_history import aliases
from tests.archives import NOW, URL, an_article, new_archive, store

SITE = "https://news.example"
ALIASES = {"/old": "/older", "/older": "/a/1", "/round": "/about", "/about": "/round", "/self": "/self"}


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """An article with a chain of aliases, aliases that lead in a circle, and a page without an article."""
    made = new_archive(tmp_path)
    store(made, an_article())
    add_pages(
        made, [NewPage(url=f"{SITE}{path}", host="news.example") for path in (*ALIASES, "/empty", "/to-empty")], NOW
    )
    for path, target in (*ALIASES.items(), ("/to-empty", "/empty")):
        made.execute(
            "update pages set state = 'alias', reason = 'moved', alias_of = (select id from pages where url = ?) "
            "where url = ?",
            [SITE + target, SITE + path],
        )
    made.execute("update pages set state = 'no article', reason = 'no text' where url = ?", [f"{SITE}/empty"])
    return made


@pytest.mark.parametrize(
    "wanted",
    [
        "1", URL, f"{SITE}/older", f"{SITE}/old", f"{URL}#top", f"{URL}?utm_source=x", f" {URL} ",
        "HTTPS://News.Example:443/old?gclid=1#x",
    ],
)  # fmt: skip
def test_an_article_is_found_by_all_that_leads_to_it(db: Database, wanted: str) -> None:
    assert find_article(db, wanted) == 1


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("2", "No article has the id 2."),
        ("9" * 30, "No article has the id 9999"),
        ("scleroderma", "^'scleroderma' is neither the id nor the URL of an article.$"),
        ("", "^'' is neither the id nor the URL of an article.$"),
        ("news.example/a/1", "is neither the id nor the URL"),
        (f"{SITE}/nowhere", "is not in the archive"),
        (f"{SITE}/empty", r"\(no article, no text\)"),
        (f"{SITE}/to-empty", r"\(no article, no text\)"),
        (f"{SITE}/round", r"\(alias, moved\)"),
        (f"{SITE}/self", r"\(alias, moved\)"),
    ],
)
def test_what_is_not_there_is_said(db: Database, wanted: str, sentence: str) -> None:
    with pytest.raises(NotStoredError, match=sentence):
        find_article(db, wanted)


def test_what_leads_to_an_article(db: Database) -> None:
    assert aliases(db, 1) == (f"{SITE}/old", f"{SITE}/older")
    db.execute("update pages set alias_of = (select id from pages where url = ?) where url = ?", [f"{SITE}/old", URL])
    assert set(aliases(db, 1)) == {f"{SITE}/old", f"{SITE}/older", URL}


def test_an_older_revision_says_when_it_was_seen(db: Database) -> None:
    later = NOW.replace("-06-", "-07-")
    store(db, an_article(text="Another text.", citations=()), now=later)
    assert [load(db, 1, number).last_changed for number in (1, 2)] == [NOW, later]
    assert load(db, 1).last_changed == later
    assert load(db, 1, 1).article == an_article()


def test_an_article_says_what_became_of_its_page(db: Database) -> None:
    stored = load(db, 1)
    assert (stored.state, stored.reason, stored.gone_since, stored.missing_since) == ("stored", None, None, None)
    db.execute("update pages set state = 'gone', reason = 'http 410', missing_since = ?, gone_since = ?", [NOW, NOW])
    shown = load(db, 1).as_object()
    assert [shown[name] for name in ("state", "reason", "gone_since", "missing_since")] == [
        "gone",
        "http 410",
        NOW,
        NOW,
    ]
