"""Pages that are taken away: every trace of them, and nothing of the others."""

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.articles.reprocess import reprocess
from archive.operations.takedown import NotExcludedError, delete_exclusion, plan, remaining_duplicates, remove
from archive.storage.connection import warc_folder
from archive.storage.exclusions import Exclusion, Exclusions, stored_exclusions
from archive.storage.frontier import NewPage, add_pages
from archive.storage.fulltext.index import check
from archive.storage.warc.files import Location, read_page
from tests.damages import put_byte
from tests.kept import warcio_check
from tests.takedowns import BASE, LATER, NOW, OLD_SECRET, SECRET, Crawled, article, contents, states

URL_1 = Exclusion("url", f"{BASE}/1")


def test_no_byte_of_it_is_left(crawled: Crawled) -> None:
    crawled.warc.close()
    secrets = (SECRET, OLD_SECRET, "Link to https://news.example/1", "Article 1", "10.5555/1")
    for secret in secrets:
        assert any(secret.encode() in content for content in contents(crawled.path).values()), secret
    crawled.remove(URL_1)
    for name, content in contents(crawled.path).items():
        for secret in (*secrets, "zwolf"):
            assert secret.encode() not in content, (name, secret)


def test_without_records_no_byte_is_left_either(crawled: Crawled) -> None:
    """Its WARC file was deleted, and `check --repair` let the rows go of it."""
    crawled.warc.close()
    next(warc_folder(crawled.path).glob("*.warc.gz")).unlink()
    crawled.db.execute("update fetches set warc_file = null, warc_offset = null")
    crawled.remove(URL_1)
    assert all(SECRET.encode() not in content for content in contents(crawled.path).values())


@pytest.mark.parametrize(("table", "url"), [("articles", f"{BASE}/5"), ("superseded", f"{BASE}/6")])
def test_no_word_of_a_damaged_text_is_left_in_the_index(crawled: Crawled, table: str, url: str) -> None:
    word = "Qvzwxkjh"  # the index has its end as it is: no other word begins like it
    crawled.fetch(url, article(5, f"{word} is said once."))
    if table == "superseded":
        crawled.fetch(url, article(5, "It is said no more."), fetched_at=LATER)
    crawled.warc.close()
    [row_id] = crawled.db.execute(f"select id from {table} where text like '{word}%'").fetchone()
    put_byte(crawled.path, table, "text", row_id, at=3)
    crawled.remove(Exclusion("url", url))
    for name, content in contents(crawled.path).items():
        assert b"xkjh" not in content.lower(), name
    assert check(crawled.db)


def test_the_others_are_untouched(crawled: Crawled) -> None:
    crawled.warc.close()
    db, folder = crawled.db, warc_folder(crawled.path)
    others = "select * from articles where url not like ? order by id"
    before = db.execute(others, [f"{BASE}/1"]).fetchall()
    crawled.remove(URL_1)
    assert db.execute("select * from articles order by id").fetchall() == before
    assert check(db)
    assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert db.execute("pragma foreign_key_check").fetchall() == []
    assert db.execute("select count(*) from erasures").fetchone() == (0,)
    rows = db.execute("select url, warc_file, warc_offset from fetches where warc_file is not null").fetchall()
    assert {url for url, *_ in rows} == {"https://copy.example/2", "https://blog.news.example:8080/3", f"{BASE}/4"}
    assert [read_page(folder, Location(file, offset)).url for _, file, offset in rows] == [url for url, *_ in rows]
    [file] = folder.glob("*.warc.gz")
    assert warcio_check(file) == 0


def test_works_that_nobody_else_cites_go(crawled: Crawled) -> None:
    works = "select doi from works order by doi"
    assert len(crawled.db.execute(works).fetchall()) == 4
    crawled.remove(URL_1)
    assert crawled.db.execute(works).fetchall() == [("10.5555/2",), ("10.5555/3",), ("10.5555/sci.2016",)]
    assert crawled.db.execute("select count(*) from blocks where pages = 0").fetchone() == (0,)


def test_a_tombstone_is_left(crawled: Crawled) -> None:
    crawled.remove(URL_1, reason="asked for by the author")
    [row] = crawled.db.query("select * from pages where url = ?", [f"{BASE}/1"])
    kept = {"id", "url", "host", "site", "kind", "state", "reason", "discovered_at", "fetched_at", "optout_id"}
    assert {name for name, value in row.items() if value not in (None, 0, "[]")} == {*kept, "priority"}
    assert (row["state"], row["reason"]) == ("refused", "removed")
    fetches = list(crawled.db.query("select * from fetches where page_id = ?", [row["id"]]))
    assert [fetch["outcome"] for fetch in fetches] == ["stored", "stored", "stored"]
    assert {fetch[name] for fetch in fetches for name in ("warc_file", "warc_offset", "detail", "digest")} == {None}
    [entry] = stored_exclusions(crawled.db)
    assert (entry.reason, entry.pages, entry.articles, entry.added_at) == ("asked for by the author", 2, 1, NOW)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([URL_1], ["https://news.example/1", "https://old.example/1"]),
        ([Exclusion("url", "https://old.example/1")], ["https://news.example/1", "https://old.example/1"]),
        ([Exclusion("host", "old.example")], ["https://old.example/1"]),
        (
            [Exclusion("host", "news.example")],
            ["https://blog.news.example:8080/3", "https://news.example/1", "https://news.example/4",
             "https://old.example/1"],
        ),
        ([Exclusion("pattern", "/[34]$")], ["https://blog.news.example:8080/3", "https://news.example/4"]),
        (
            [Exclusion("pattern", "/[34]$"), Exclusion("url", "https://copy.example/2")],
            ["https://blog.news.example:8080/3", "https://copy.example/2", "https://news.example/4"],
        ),
        ([Exclusion("url", "https://news.example/never-seen")], []),
    ],
)  # fmt: skip
def test_what_goes(crawled: Crawled, entries: list[Exclusion], expected: list[str]) -> None:
    assert [page.url for page in plan(crawled.db, entries)] == expected
    assert states(crawled.db)[f"{BASE}/1"] == "stored"
    assert crawled.remove(*entries) == expected
    assert {url for url, state in states(crawled.db).items() if state == "refused"} == set(expected)
    known = Exclusions.load(crawled.db)
    assert {url for url in states(crawled.db) if known.match(url) is not None} == set(expected)
    assert crawled.remove(*entries) == []
    assert [entry.pages for entry in stored_exclusions(crawled.db)] == [
        sum(known.match(url) == number for url in expected) for number in range(1, len(entries) + 1)
    ]


def test_copies_that_stay_are_named(crawled: Crawled) -> None:
    crawled.fetch("https://copy.example/5", article(5, SECRET * 9))
    crawled.fetch("https://copy.example/6", article(6, SECRET * 9))
    candidates = plan(crawled.db, [URL_1, Exclusion("url", "https://copy.example/6")])
    assert remaining_duplicates(crawled.db, candidates) == ["https://copy.example/5"]
    assert remaining_duplicates(crawled.db, plan(crawled.db, [Exclusion("url", f"{BASE}/4")])) == []


def test_an_alias_goes_without_the_article_of_another_host(crawled: Crawled) -> None:
    crawled.warc.close()
    crawled.remove(Exclusion("host", "old.example"))
    row = "select warc_file, warc_offset from fetches join pages p on p.id = page_id where p.url = ? and outcome = ?"
    [place] = crawled.db.execute(f"{row} order by fetches.id desc limit 1", [f"{BASE}/1", "stored"]).fetchall()
    assert read_page(warc_folder(crawled.path), Location(*place)).body.decode() == SECRET * 9
    with (warc_folder(crawled.path) / place[0]).open("rb") as file:
        urls = {record.rec_headers.get_header("WARC-Target-URI") for record in ArchiveIterator(file)}
    assert "https://old.example/1" not in urls


def test_a_page_that_a_removed_one_answered_points_nowhere(crawled: Crawled) -> None:
    """Its redirect led to a page that is gone; what came of it is no alias."""
    sql = "update fetches set (warc_file, warc_offset) = (select warc_file, warc_offset from fetches where id = 1) "
    crawled.db.execute(f"{sql} where outcome = 'no article'")
    crawled.remove(URL_1)
    row = crawled.db.execute("select warc_file, warc_offset, detail from fetches where outcome = 'no article'")
    assert row.fetchone() == (None, None, "In a sentence")


def test_nothing_is_done_when_it_fails(crawled: Crawled, monkeypatch: pytest.MonkeyPatch) -> None:
    before = states(crawled.db)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remove(crawled.db, warc_folder(crawled.path), [URL_1], reason=None, now=NOW, progress=interrupted)
    assert (states(crawled.db), stored_exclusions(crawled.db)) == (before, [])


def test_undone_it_may_be_asked_for_again(crawled: Crawled) -> None:
    crawled.remove(URL_1)
    crawled.remove(Exclusion("host", "news.example"))
    assert delete_exclusion(crawled.db, URL_1, now=NOW) == 1  # the alias; the article's page is of the host
    assert states(crawled.db)["https://old.example/1"] == "new"
    assert delete_exclusion(crawled.db, Exclusion("host", "news.example"), now=NOW) == 3
    assert set(states(crawled.db).values()) == {"new", "stored"}
    due = "select count(*) from pages where state = 'new' and due_at = ?"
    assert crawled.db.execute(due, [NOW]).fetchone() == (4,)
    assert crawled.db.execute("select count(*) from pages where optout_id is not null").fetchone() == (0,)
    assert crawled.db.execute("select count(*) from articles").fetchone() == (1,)
    with pytest.raises(NotExcludedError, match=r"^https://news\.example/1 is not on the list of what was removed\.$"):
        delete_exclusion(crawled.db, URL_1, now=NOW)


def test_undone_a_site_is_found_as_before(crawled: Crawled) -> None:
    lists = [
        NewPage(url=f"{BASE}/{kind}", host="news.example", site="demo", kind=kind, due_at=NOW)
        for kind in ("feed", "sitemap", "listing")
    ]
    add_pages(crawled.db, lists, NOW)
    host, url = Exclusion("host", "news.example"), Exclusion("url", f"{BASE}/feed")
    crawled.remove(host, url)
    delete_exclusion(crawled.db, host, now=LATER)
    sql = "select kind from pages where kind <> 'article' and due_at = ? order by kind"
    assert crawled.db.execute(sql, [LATER]).fetchall() == [("listing",), ("sitemap",)]
    delete_exclusion(crawled.db, url, now=LATER)
    assert crawled.db.execute(sql, [LATER]).fetchall() == [("feed",), ("listing",), ("sitemap",)]


def test_reprocessing_does_not_bring_it_back(crawled: Crawled) -> None:
    crawled.warc.close()
    crawled.remove(URL_1)
    reprocess(crawled.db, warc_folder(crawled.path), languages={}, workers=1, progress=lambda *_: None)
    assert states(crawled.db)[f"{BASE}/1"] == "refused"
    assert crawled.db.execute("select count(*) from articles where url = ?", [f"{BASE}/1"]).fetchone() == (0,)
