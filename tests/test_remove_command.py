"""`healthnews remove` as a user meets it: it shows first, asks before much goes, and says what became of it."""

import json
from pathlib import Path

import pytest

from archive.operations.takedown import remove
from archive.storage.connection import warc_folder
from archive.storage.exclusions import Exclusion
from archive.storage.lock import hold
from archive.storage.warc.files import Location, read_page
from crawler.cli.exclusion_syntax import entries_in, entry_of
from tests.commands import run
from tests.takedowns import BASE, NOW, SECRET, Crawled, article, contents, states
from tests.terminals import run_on_terminal


@pytest.fixture
def folder(crawled: Crawled) -> Path:
    """The archive of pages to remove, closed."""
    crawled.warc.close()
    return crawled.path.parent


def all_of(crawled: Crawled) -> list[object]:
    """What a removal would change."""
    tables = ("pages", "fetches", "articles", "optouts", "erasures")
    rows = [crawled.db.execute(f"select * from {table} order by id").fetchall() for table in tables]
    return [*rows, *(file.read_bytes() for file in warc_folder(crawled.path).iterdir())]


@pytest.mark.parametrize(
    ("text", "kind", "pattern"),
    [
        ("https://News.example:443/a/index.html?utm_source=x#y", "url", "https://news.example/a/"),
        (" http://127.0.0.1:8000/x", "url", "http://127.0.0.1:8000/x"),
        ("Example.org", "host", "example.org"), ("例子.中国", "host", "xn--fsqu00a.xn--fiqs8s"),
        ("127.0.0.1", "host", "127.0.0.1"), ("page.html", "host", "page.html"),
        (r"page\.html", "pattern", r"page\.html"), ("example.org/tag", "pattern", "example.org/tag"),
        ("/tag/[0-9]+$", "pattern", "/tag/[0-9]+$"), ("localhost", "pattern", "localhost"), ("", "pattern", ""),
    ],
)  # fmt: skip
def test_what_is_meant(text: str, kind: str, pattern: str) -> None:
    entry = entry_of(text)
    assert (entry.kind, entry.pattern) == (kind, pattern)
    assert entry_of(pattern) == entry


def test_a_file_names_one_a_line(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("# ours\n\nexample.org # asked 2026-11-25\n  /tag/[0-9]+$\nhttps://a.example/#x\n")
    assert list(entries_in(tmp_path / "list")) == [
        Exclusion("host", "example.org"), Exclusion("pattern", "/tag/[0-9]+$"), Exclusion("url", "https://a.example/")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name a URL, a host or a pattern; or give one of --from FILE, --list and --undo PATTERN."),
        (["a.example", "--list"], "Name a URL, a host or a pattern; or give one of"),
        (["(a"], "'(a' is no URL, no host and no regular expression: missing )"),
        (["ftp://a.example/"], "ftp://a.example/ is no http or https URL: give a whole one, a host or a pattern."),
        ([r"https://a\.example/.*"], r"a regular expression has no ://, as in example\.org/tag/."),
        (["/[34]$"], "That would remove 2 pages, 1 article, 200 bytes of stored answers: --dry-run shows them, --yes"),
        ([".*", "--yes"], "'.*' matches every URL (5 pages, 3 articles,"),
        (["", "--yes"], "'' matches every URL (5 pages, 3 articles,"),
        (
            ["--undo", "a.example"],
            "a.example is not on the list of what was removed. healthnews remove --list shows it.",
        ),
        (["--from", "nothing"], "nothing cannot be read: No such file or directory."),
        (["--from", "latin"], "latin cannot be read: it is not in UTF-8."),
        (["--from", "empty"], "empty names nothing: write a URL, a host or a pattern on each line."),
        (["--from", "wrong"], "wrong, line 2: '(a' is no URL, no host and no regular expression"),
    ],
)
def test_a_mistake_gets_one_sentence_and_removes_nothing(
    folder: Path, crawled: Crawled, arguments: list[str], sentence: str
) -> None:
    (folder / "latin").write_bytes(b"\xff")
    (folder / "empty").write_text("# nothing yet\n")
    (folder / "wrong").write_text(f"{BASE}/1\n(a\n")
    before = all_of(crawled)
    done = run("remove", *arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert all_of(crawled) == before


def test_a_dry_run_changes_nothing(folder: Path, crawled: Crawled) -> None:
    before = all_of(crawled)
    shown = run("remove", "news.example", "--dry-run", cwd=folder).stdout
    for part in (f"{BASE}/1", "https://blog.news.example:8080/3", "Article 3", "4 pages, 2 articles, 600 bytes"):
        assert part in shown
    found = json.loads(run("remove", "news.example", "--dry-run", "--json", cwd=folder).stdout)
    assert (found["pages"], found["articles"], found["bytes"], found["erased"]) == (4, 2, 600, 0)
    assert found["removed"][1] == {"url": f"{BASE}/1", "title": "Article 1", "bytes": 300}
    assert all_of(crawled) == before


def test_a_removed_page_says_so(folder: Path) -> None:
    done = run("remove", f"{BASE}/1#top", "--reason", "asked for", "--yes", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Removed: 2 pages, 1 article, 400 bytes of stored answers; WARC records erased: 8.",
        f"Never fetched again: {BASE}/1.",
    ]
    assert all(SECRET.encode() not in content for content in contents(folder / "healthnews.db").values())
    for url, said in ((f"{BASE}/1", "was removed on"), ("https://old.example/1", "was removed on")):
        shown = run("show", url, cwd=folder)
        assert shown.returncode == 2
        assert f"{url} {said} 20" in shown.stderr
        assert shown.stderr.endswith(" (asked for).\n")
    [entry] = json.loads(run("remove", "--list", "--json", cwd=folder).stdout)
    assert (entry["kind"], entry["pattern"], entry["pages"], entry["articles"]) == ("url", f"{BASE}/1", 2, 1)
    assert "asked for" in run("remove", "--list", cwd=folder).stdout
    assert (
        "Removed pages that the next crawl fetches again: 2;" in run("remove", "--undo", f"{BASE}/1", cwd=folder).stdout
    )
    assert run("remove", "--list", cwd=folder).stdout == "Nothing was removed so far.\n"


def test_what_was_never_seen_is_opted_out_too(folder: Path) -> None:
    (folder / "list").write_text("unseen.example\nhttps://else.example/1\n")
    done = run("remove", "--from", "list", "--reason", "robots", cwd=folder)
    assert done.stdout.splitlines()[1] == "Never fetched again: unseen.example, https://else.example/1."
    assert (
        "https://www.unseen.example/x is opted out since 20"
        in run("show", "https://www.unseen.example/x", cwd=folder).stderr
    )


def test_copies_that_stay_are_named(crawled: Crawled) -> None:
    crawled.fetch("https://copy.example/5", article(5, SECRET * 9))
    crawled.warc.close()
    done = run("remove", f"{BASE}/1", "--yes", cwd=crawled.path.parent)
    assert done.stdout.endswith(
        "Copies of the removed pages stay, since they are other pages:\n  https://copy.example/5\n"
    )


@pytest.mark.parametrize(("answer", "left"), [("n", 6), ("y", 1)])
def test_at_a_terminal_it_asks_before_more_than_one_article_goes(
    crawled: Crawled, folder: Path, answer: str, left: int
) -> None:
    crawled.fetch("https://other.example/1", None)
    crawled.warc.close()
    (folder / "list").write_text("news.example\ncopy.example\n")
    shown = run_on_terminal("remove", "--from", "list", cwd=folder, keys=f"{answer}\n")
    assert "Remove them? [y/N]" in shown.raw
    assert any(line.startswith("5 pages, 3 articles") for line in shown.lines)
    assert shown.code == 0
    assert sum(state != "refused" for state in states(crawled.db).values()) == left


def test_at_a_terminal_everything_goes_only_on_a_yes(folder: Path, crawled: Crawled) -> None:
    shown = run_on_terminal("remove", ".*", "--yes", cwd=folder, keys="n\n")
    assert "Remove all of it? [y/N]" in shown.raw
    assert "Nothing was removed." in shown.raw
    assert "refused" not in states(crawled.db).values()


def test_a_removal_that_was_killed_is_finished_by_the_next(folder: Path, crawled: Crawled) -> None:
    remove(
        crawled.db, folder / "healthnews-warc", [Exclusion("url", f"{BASE}/1")], reason=None, now=NOW, progress=print
    )
    assert any(SECRET.encode() in content for content in contents(folder / "healthnews.db").values())
    assert "WARC records erased: 8." in run("remove", "unseen.example", cwd=folder).stdout
    assert all(SECRET.encode() not in content for content in contents(folder / "healthnews.db").values())


def test_another_job_is_not_disturbed(folder: Path, crawled: Crawled) -> None:
    with hold(folder / "healthnews.db"):
        done = run("remove", f"{BASE}/4", cwd=folder)
    assert done.returncode == 3
    assert "is writing to healthnews.db: wait for it to end" in done.stderr
    assert "refused" not in states(crawled.db).values()


def test_bytes_that_cannot_be_erased_need_a_look(folder: Path, crawled: Crawled) -> None:
    crawled.db.execute("insert into erasures (warc_file, warc_offset) select distinct warc_file, 5 from fetches")
    done = run("remove", f"{BASE}/4", cwd=folder)
    assert done.returncode == 1
    assert "still holds removed pages (it is damaged at 5): delete the file" in done.stderr
    place = crawled.db.execute("select warc_file, warc_offset from fetches where id = 1").fetchone()
    assert read_page(folder / "healthnews-warc", Location(*place)).url == f"{BASE}/1"


def test_copies_from_before_an_upgrade_need_a_look(folder: Path) -> None:
    names = ("healthnews-before-m008_notes.db", "healthnews-before-m008_notes-2.db")
    for name in (*names, "healthnews-before-moving.db", "other-before-m008_notes.db"):
        (folder / name).write_bytes(b"with removed pages")
    done = run("remove", "https://news.example/no-such-page", "--yes", cwd=folder)
    assert done.returncode == 1
    kept = "healthnews-before-m008_notes-2.db, healthnews-before-m008_notes.db"
    assert f"Removed pages may still be in {kept}, from before an upgrade: delete these once" in done.stderr
    for name in names:
        (folder / name).unlink()
    assert run("remove", "https://news.example/no-such-page", "--yes", cwd=folder).returncode == 0


def test_damaged_files_that_were_kept_need_a_look(folder: Path) -> None:
    for name in ("healthnews.db.damaged-1", "healthnews.db.damaged-1-wal"):
        (folder / name).write_bytes(SECRET.encode())
    assert run("remove", f"{BASE}/1", "--dry-run", cwd=folder).returncode == 0
    done = run("remove", f"{BASE}/1", "--yes", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.startswith("Removed: 2 pages, 1 article")
    kept = "healthnews.db.damaged-1, healthnews.db.damaged-1-wal"
    assert done.stderr == f"Removed pages may still be in {kept}: delete what you need nothing of.\n"
