"""The Atom feed of a search, read by a feed reader."""

from datetime import date
from pathlib import Path
from typing import Any

import feedparser
import pytest
from datasette.app import Datasette
from lxml import etree

from archive.literature.checking.verdicts import METHOD
from archive.references import parse_reference
from archive.web.atom import ENTRIES, NOT_XML
from archive.web.server import datasette as serve
from tests.archives import an_article, new_archive, store
from tests.web import get

URL = "https://news.example/{}"
FEED = "/healthnews/-/search.atom"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """An archive that got its articles in another order than they were published in."""
    folder = tmp_path_factory.mktemp("feed")
    db = new_archive(folder)
    for number, (title, published) in enumerate(
        [("Newest & <b>published</b>", date(2024, 5, 1)), ("干细胞", None), ("Got last\x0b\ufffe", date(2020, 1, 2))]
    ):
        words = " ".join(f"word{number}x{place}" for place in range(100))  # or they would be copies of one another
        text = f"About marrow, no. {number}. And on it goes: {words}"
        article = an_article(title=title, published=published, text=text, description=None, citations=())
        store(db, article, url=URL.format(number), now=f"2024-06-0{number + 1}T00:00:00.000000Z")
    db.close()
    return serve(folder / "healthnews.db")


def feed(served: Datasette, query: str = "") -> Any:
    answer = get(served, FEED + query)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    read = feedparser.parse(answer.content)
    assert not read.bozo
    return read


def test_what_came_last_into_the_archive_comes_first(served: Datasette) -> None:
    entries = feed(served).entries
    assert [entry.title for entry in entries] == ["Got last", "干细胞", "Newest & <b>published</b>"]
    assert [entry.published for entry in entries] == [
        "2020-01-02T00:00:00Z", "2024-06-02T00:00:00.000000Z", "2024-05-01T00:00:00Z",
    ]  # fmt: skip


def test_entries_lead_to_the_page_and_to_the_archive(served: Datasette) -> None:
    entry = feed(served).entries[0]
    addresses = {link.rel: link.href for link in entry.links}
    assert addresses["alternate"] == URL.format(2)
    assert addresses["related"] == "http://localhost/healthnews/-/article/3"
    assert [author.name for author in entry.authors] == ["王伟", "Li Na"]
    assert entry.summary.startswith("About marrow, no. 2. And on it goes")
    assert entry.summary.endswith("…")


@pytest.mark.parametrize(
    ("query", "titles", "about"),
    [
        ("?q=干细胞", ["干细胞"], "干细胞"),
        ("?since=2024&page=7&sort=rank", ["Newest & <b>published</b>"], "New articles · Published since: 2024"),
        ("?q=zzz", [], "zzz"),
    ],
)
def test_a_feed_follows_any_search(served: Datasette, query: str, titles: list[str], about: str) -> None:
    read = feed(served, query)
    assert [entry.title for entry in read.entries] == titles
    assert read.feed.title == about
    assert read.feed.updated


def test_ids_are_stable_and_the_feed_names_itself(served: Datasette) -> None:
    first, again, narrowed = feed(served), feed(served, "?sort=date&page=2"), feed(served, "?q=marrow")
    ids = [entry.id for entry in first.entries]
    assert ids == [entry.id for entry in narrowed.entries] == [entry.id for entry in again.entries]
    assert len(set(ids)) == 3
    assert first.feed.id == again.feed.id != narrowed.feed.id
    assert first.feed.id == f"http://localhost{FEED}"
    assert first.feed.updated == "2024-06-03T00:00:00.000000Z"


def test_it_is_atom_as_rfc_4287_wants_it(served: Datasette) -> None:
    root = etree.fromstring(get(served, FEED).content)
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.iter(f"{ATOM}entry")):
        for needed in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{needed}")) == 1
        alternates = [link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
    assert {text.get("type") for text in root.iter(f"{ATOM}title", f"{ATOM}summary")} == {"text"}


def test_a_feed_has_an_end(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    for number in range(ENTRIES + 3):
        store(db, an_article(text=f"Text {number}.", citations=(), references=()), url=URL.format(number))
    db.close()
    assert len(feed(serve(tmp_path / "healthnews.db"), "?copies=yes").entries) == ENTRIES


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_what_xml_cannot_write_is_left_out(character: str) -> None:
    assert NOT_XML.sub("", f"a{character}b") == "ab"
    assert NOT_XML.sub("", "a\t\n干𠮷") == "a\t\n干𠮷"


def test_doubtful_references_are_categories_with_their_method(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    wrong = parse_reference("[1] Silva M. Warm tea against cold feet. Lancet. 2017;212:44-9.")
    store(db, an_article(references=(wrong,), citations=()), url=URL.format(1))
    db.close()
    (entry,) = feed(serve(tmp_path / "healthnews.db")).entries
    (doubt,) = [tag for tag in entry.tags if tag.term == "doubtful-reference"]
    assert doubt.label == "Reference 1: Contradicts: volume 212 is not of that year (389 to 390)."
    assert doubt.scheme == f"urn:health-news-archive:{METHOD.replace(' ', ':')}"
