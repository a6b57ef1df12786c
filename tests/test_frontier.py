"""The frontier: what is noted of what is found, what is due, and how little is read to know it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.storage.frontier import (
    FAMILY_LIMIT,
    Frontier,
    NewPage,
    Selection,
    add_pages,
    due_count,
    due_hosts,
    make_due,
    make_sites_due,
    unknown,
)
from tests.archives import NOW, new_archive

LATER = "2024-06-02T00:00:00.000000Z"
MOMENTS = st.sampled_from((None, "2024-01-01", "2024-06-01", "2025-01-01"))
PAGES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("st"), st.sampled_from(("feed", "article")), MOMENTS), max_size=12
)
SELECTIONS = st.one_of(
    st.just(Selection()),
    st.frozensets(st.sampled_from("st")).map(lambda sites: Selection(sites=sites)),
    st.frozensets(st.sampled_from("0123")).map(lambda urls: Selection(urls=urls)),
)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=PAGES, selection=SELECTIONS)
def test_what_is_due_is_found_by_the_index(
    db: Database, pages: list[tuple[str, str, str, str | None]], selection: Selection
) -> None:
    db.execute("delete from pages")
    found = [
        NewPage(url=str(number), host=host, site=site, kind=kind, due_at=due_at)
        for number, (host, site, kind, due_at) in enumerate(pages)
    ]
    add_pages(db, found, NOW)
    due = [
        page
        for page in found
        if page.due_at
        and page.due_at <= "2024-06-01"
        and (selection.sites is None or page.site in selection.sites)
        and (selection.urls is None or page.url in selection.urls)
    ]
    assert due_hosts(db, selection, "2024-06-01") == sorted({page.host for page in due})
    assert due_count(db, selection, "2024-06-01") == len(due)


@pytest.mark.parametrize("sites", [None, frozenset({"s"})])
@pytest.mark.parametrize("ask", [due_hosts, due_count])
def test_the_table_is_not_walked_for_what_is_due(db: Database, ask: object, sites: frozenset[str] | None) -> None:
    plans: list[str] = []
    db.conn.set_trace_callback(plans.append)
    ask(db, Selection(sites=sites), NOW)  # type: ignore[operator]
    db.conn.set_trace_callback(None)
    steps = [row[3] for row in db.execute(f"explain query plan {plans[0]}") if "pages" in row[3]]
    assert steps
    assert all("pages_due" in step for step in steps)


def shaped(numbers: range) -> list[NewPage]:
    """Addresses of one family."""
    return [
        NewPage(url=f"u?a={number}", host="h", site="s", due_at=NOW, link_modified=NOW, family="u?a=*")
        for number in numbers
    ]


def test_of_an_endless_family_one_row_says_that_it_is_cut(db: Database) -> None:
    for start in range(0, 500, 100):
        add_pages(db, shaped(range(start, start + 100)), NOW)
        assert unknown(db, shaped(range(start, start + 200))) == 0  # an endless list brings nothing new
    rows = db.execute("select state, reason, due_at, count(*) from pages group by 1 order by 1").fetchall()
    cut = f"trap: more than {FAMILY_LIMIT} such addresses"
    assert rows == [("new", None, NOW, FAMILY_LIMIT), ("refused", cut, None, 1)]


def test_a_family_of_addresses_is_cut(db: Database) -> None:
    found = shaped(range(FAMILY_LIMIT + 3))
    assert unknown(db, found) == FAMILY_LIMIT + 3
    add_pages(db, found, NOW)
    assert unknown(db, found) == 0
    assert db.execute("select reason, count(*) from pages where due_at is null group by 1").fetchall() == [
        (f"trap: more than {FAMILY_LIMIT} such addresses", 1)
    ]
    make_sites_due(db, ["s"], LATER)
    assert db.execute("select count(*) from pages where due_at = ?", [LATER]).fetchone() == (FAMILY_LIMIT,)


def test_a_known_address_of_a_family_that_is_cut_stays_what_it_is(db: Database) -> None:
    add_pages(db, shaped(range(100)), NOW)
    db.execute("update pages set state = 'stored', due_at = null, fetched_at = '2024-01-01', link_modified = null")
    add_pages(db, shaped(range(3)), NOW)
    assert db.execute("select count(*) from pages where due_at is not null").fetchone() == (3,)


@pytest.mark.parametrize(("said", "due"), [("2024-05-31", "2024-07-01"), ("2024-06-02", NOW)])
def test_an_alias_that_a_list_says_was_changed_is_looked_at(db: Database, said: str, due: str) -> None:
    add_pages(db, [NewPage(url="u", host="h", site="s")], NOW)
    db.execute("update pages set state = 'alias', fetched_at = ?, due_at = '2024-07-01'", [NOW])
    add_pages(db, [NewPage(url="u", host="h", site="s", link_modified=said)], NOW)
    assert db.execute("select due_at from pages").fetchone() == (due,)


@pytest.mark.parametrize(
    ("state", "reason", "optout", "due"),
    [
        ("stored", None, None, True),
        ("alias", "moved", None, True),
        ("gone", "http 410", None, True),
        ("refused", "robots", None, True),
        ("refused", "trap: endless calendar", None, False),
        ("refused", "removed", 1, False),
    ],
)
def test_what_is_due_when_all_is_asked_for(
    db: Database, state: str, reason: str | None, optout: int | None, due: bool
) -> None:
    add_pages(db, [NewPage(url="u", host="h", site="s", state=state, reason=reason)], NOW)
    if optout:
        db.execute("insert into optouts (id, kind, pattern, added_at) values (?, 'url', 'u', ?)", [optout, NOW])
        db.execute("update pages set optout_id = ?", [optout])
    make_sites_due(db, ["s"], NOW)
    assert db.execute("select due_at from pages").fetchone() == (NOW if due else None,)


def test_discovery_pages_come_before_articles(db: Database) -> None:
    add_pages(
        db, [NewPage(url=f"u{kind}", host="h", kind=kind, due_at=NOW) for kind in ("article", "listing", "feed")], NOW
    )
    taken: list[int] = []
    frontier = Frontier(db, Selection(), NOW)
    while page := frontier.take("h", taken):
        taken.append(page.id)
    assert taken == [3, 2, 1]


def test_only_what_is_selected_and_due_is_taken(db: Database) -> None:
    for site, due in (("a", NOW), ("b", NOW), ("a", LATER), ("a", None)):
        add_pages(db, [NewPage(url=f"{site}{due}", host=site, site=site, due_at=due)], NOW)
    only = Selection(sites=frozenset({"a"}))
    assert due_hosts(db, only, NOW) == ["a"]
    assert Frontier(db, only, NOW).take("a", [1]) is None
    make_sites_due(db, ["a"], NOW)
    assert Frontier(db, only, NOW).take("a", [1]) is not None
    make_due(db, [f"b{NOW}"], LATER)
    assert due_hosts(db, Selection(urls=frozenset({f"b{NOW}"})), NOW) == []


def filled(db: Database, hosts: int = 5, each: int = 20) -> None:
    """Add pages on some hosts, of all kinds and of two sites, every other one due."""
    kinds = ("article", "article", "listing", "feed", "sitemap")
    add_pages(
        db,
        [
            NewPage(
                url=f"https://h{host}.example/{number}", host=f"h{host}.example", site="st"[number % 2],
                kind=kinds[number % 5], due_at=NOW if number % 4 < 2 else LATER,
            )
            for host in range(hosts) for number in range(each)
        ],
        NOW,
    )  # fmt: skip


NAMED = Selection(urls=frozenset({"https://h1.example/1", "https://h2.example/0"}))
LISTED = Selection(urls=frozenset({"https://h1.example/1"}), lists=frozenset({"https://h1.example/1"}))


@pytest.mark.parametrize("selection", [Selection(), Selection(sites=frozenset("s")), NAMED, LISTED])
def test_no_table_is_walked_to_take_a_page(db: Database, selection: Selection) -> None:
    filled(db)
    plans: list[str] = []
    db.conn.set_trace_callback(plans.append)
    frontier = Frontier(db, selection, NOW)
    assert frontier.hosts()
    assert all(frontier.take(host, [999]) for host in frontier.hosts())
    db.conn.set_trace_callback(None)
    asked = [sql for sql in plans if sql.lstrip().startswith(("select", "with")) and "pages" in sql]
    assert asked
    for sql in asked:
        steps = [row[3] for row in db.execute(f"explain query plan {sql}")]
        walked = [step for step in steps if step.startswith("SCAN") and "pages" in step and "INDEX" not in step]
        assert walked == [], sql
        if selection.urls is None:
            assert any("pages_due" in step or "INTEGER PRIMARY KEY" in step for step in steps), sql


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.data(), selection=SELECTIONS)
def test_each_page_is_taken_once_in_order(db: Database, data: st.DataObject, selection: Selection) -> None:
    db.execute("delete from pages")
    number = data.draw(st.integers(0, 200))
    kinds = data.draw(st.lists(st.sampled_from(("feed", "sitemap", "listing", "article")), min_size=1, max_size=9))
    found = [
        NewPage(
            url=str(each), host="h", site="st"[each % 2], kind=kinds[each % len(kinds)],
            due_at=f"2024-01-0{1 + each % 3}" if each % 7 else None,
        )
        for each in range(number)
    ]  # fmt: skip
    add_pages(db, found, NOW)
    order = ("feed", "sitemap", "listing", "article")
    due = sorted(
        (
            page for page in found
            if page.due_at and (selection.sites is None or page.site in selection.sites)
            and (selection.urls is None or page.url in selection.urls)
        ),
        key=lambda page: (order.index(page.kind), page.due_at, int(page.url)),
    )  # fmt: skip
    frontier = Frontier(db, selection, "2024-01-03")
    taken: dict[int, str] = {}
    while page := frontier.take("h", taken):
        taken[page.id] = page.url
        if data.draw(st.booleans()):
            frontier.reread("h")
    assert list(taken.values()) == [page.url for page in due]


def test_a_page_that_changed_since_its_id_was_read_is_left_out(db: Database) -> None:
    add_pages(db, [NewPage(url=str(number), host="h", due_at=NOW) for number in range(4)], NOW)
    frontier = Frontier(db, Selection(), NOW)
    first = frontier.take("h", [])
    db.execute("update pages set due_at = ? where url = '1'", [LATER])
    db.execute("delete from pages where url = '2'")
    last = frontier.take("h", [1])
    assert first
    assert last
    assert (first.url, last.url) == ("0", "3")
    assert frontier.take("h", [1, 4]) is None
