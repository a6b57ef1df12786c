"""The pages of an archive as a reader meets them: in Chromium, by keyboard, on a phone, without JavaScript."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from archive.storage.database import open_archive
from archive.works.retraction_watch import load_table
from tests.archives import NOW, an_article, store
from tests.browser import DESK, PHONE, Listener, chromium, open_at, serious_findings, serving, window
from tests.conftest import Demo
from tests.retraction_table import a_row, a_table

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
HOSTILE = 'x</script><script>document.title="broken"</script><img src=x onerror=alert(1)>'
START = "/"
PAGES = (  # a page of every kind; "ours" is the article that `served` stores
    START,
    "/healthnews/-/search",
    "/healthnews/-/search?q=干细胞+OR+cell&since=2020&references=yes&page=1",
    "/healthnews/-/search?q=nothing-has-this-word&since=yesterday&site=demo",
    "/healthnews/-/search?q=治愈率&revisions=yes",
    "/healthnews/-/search?gone=yes",
    "/healthnews/-/article/ours",
    "/healthnews/-/article/ours?q=硬皮病+OR+治愈",
    "/healthnews/-/article/ours/revision/1",
    "/healthnews/-/article/ours/changes",
    "/healthnews/-/article/ours/received",
    "/healthnews/-/changes",
    "/healthnews/-/changes?q=好转&since=2024&min_size=4&claims=yes&sort=size",
    "/healthnews/-/changes?q=nothing-has-this-word&since=yesterday&site=demo",
    "/healthnews/-/trend",
    "/healthnews/-/trend?q=干细胞&q2=cell&by=month&date=archived&site=demo",
    "/healthnews/-/copies/ours",
    "/healthnews/-/works?q=cell",
    "/healthnews/-/works?retracted=yes",
    "/healthnews/-/work/1",
    "/healthnews/-/sites",
    "/healthnews/-/sites?sort=references",
    "/healthnews/-/site/demo",
)
DATASETTE = (
    "/-/databases-and-tables",
    "/healthnews",
    "/healthnews/articles",
    "/healthnews/articles?_search=cell&_facet=site",
    "/healthnews/articles/1",
    "/healthnews?sql=select+id,+title+from+articles",
    "/-/dashboards",
    "/-/dashboards/health-news",
    "/-/dashboards/health-news/months",
    "/-/settings",
    "/-/patterns",
)
CHARTS = {"/-/dashboards/health-news": 4, "/-/dashboards/health-news/months": 1}
DRAWN = ".vega-embed svg, .vega-embed canvas"
MISSING = "/healthnews/-/article/999999"
ALL = (*PAGES, MISSING)


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def served(demo: Demo, browser: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The demo's archive with an article that has all there is: a hostile title, two revisions, a copy on another site,
    a retracted reference, a page that is gone. Gives the server's address and that article's id."""
    folder = tmp_path_factory.mktemp("browser")
    archive = folder / "healthnews.db"
    with closing(sqlite3.connect(demo.archive)) as source, closing(sqlite3.connect(archive)) as copy:
        source.backup(copy)
    db = open_archive(archive)
    article = an_article(
        title=HOSTILE, text="第一段说明研究[1]。\n\n" + "干细胞治疗硬皮病的两例患者都好转了。" * 30 + "治愈率极高。"
    )
    store(db, article, url="https://news.example/ours", now=NOW, site="ours")
    newer = replace(article, text=article.text.replace("都好转了", "没有好转", 1).removesuffix("治愈率极高。"))
    store(db, newer, url="https://news.example/ours", now="2024-06-02T00:00:00.000000Z", site="ours")
    store(db, article, url="https://other.example/copy", now=NOW, site="other")
    load_table(db, a_table(folder, a_row(RetractionNature="Retraction", Reason="+Fraud")), NOW)
    ours, gone = db.execute("select id, page_id from articles where url = 'https://news.example/ours'").fetchone()
    db.execute("update pages set state = 'gone', missing_since = ?, gone_since = ? where id = ?", [NOW, NOW, gone])
    db.close()
    with serving(archive) as address:
        yield address, ours


@contextmanager
def looking(
    browser: "Browser", served: tuple[str, int], path: str, **context: Any
) -> "Iterator[tuple[Page, Listener]]":
    """A page of the archive in a window of its own, and what it complains of."""
    address, ours = served
    with window(browser, base_url=address, **{"viewport": DESK, **context}) as page:
        listener = Listener(page)
        open_at(page, path.replace("/ours", f"/{ours}"), 404 if path == MISSING else 200)
        yield page, listener


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_quiet_and_ask_nobody_else(browser: "Browser", served: tuple[str, int], path: str) -> None:
    with looking(browser, served, path) as (page, listener):
        assert listener.complaints == []
        assert [url for url in listener.asked if not url.startswith(served[0] + "/")] == []
        assert "broken" not in page.title().split()


@pytest.mark.parametrize("path", DATASETTE)
def test_pages_of_datasette_keep_to_the_policy(browser: "Browser", served: tuple[str, int], path: str) -> None:
    with looking(browser, served, path) as (page, listener):
        page.locator("body").click(position={"x": 1, "y": 1})
        if charts := CHARTS.get(path):
            page.locator(DRAWN).nth(charts - 1).wait_for()
        assert [each for each in listener.complaints if not each.startswith("WARN ")] == []  # Vega warns of its version
        assert [url for url in listener.asked if not url.startswith(served[0] + "/")] == []
        assert page.locator(".CodeMirror").count() == ("sql=" in path or path == "/healthnews")
        assert page.locator(DRAWN).count() == CHARTS.get(path, 0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ALL)
def test_pages_fit_a_phone(browser: "Browser", served: tuple[str, int], path: str, scheme: str) -> None:
    with looking(browser, served, path, viewport=PHONE, color_scheme=scheme, has_touch=True) as (page, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness = sum(int(part) for part in re.findall(r"\d+", ground)[:3]) / 3
        assert brightness > 200 if scheme == "light" else brightness < 60


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize("path", ALL)
def test_axe_finds_nothing_serious(browser: "Browser", served: tuple[str, int], path: str, locale: str) -> None:
    with looking(browser, served, path, locale=locale, bypass_csp=True) as (page, _):
        assert serious_findings(page) == []


@pytest.mark.parametrize(("scheme", "viewport"), [("light", DESK), ("dark", PHONE)])
@pytest.mark.parametrize("path", DATASETTE[:8])
def test_axe_finds_nothing_serious_on_pages_of_datasette(
    browser: "Browser", served: tuple[str, int], path: str, scheme: str, viewport: dict[str, int]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    with looking(browser, served, path, color_scheme=scheme, viewport=viewport, bypass_csp=True) as (page, _):
        assert page.locator("header a.hn-brand").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        found = axe.run(page).response["violations"]
    serious = [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found if is_serious(rule)]
    assert serious == []


CHINESE = (START, "/healthnews/-/search?q=干细胞+OR+cell", "/healthnews/-/article/ours", "/healthnews/-/sites")


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW"])
@pytest.mark.parametrize("path", CHINESE)
def test_chinese_pages_fit_a_phone_and_have_nothing_serious(
    browser: "Browser", served: tuple[str, int], path: str, locale: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    with looking(browser, served, path, locale=locale, viewport=PHONE, bypass_csp=True) as (page, listener):
        assert page.locator("html").get_attribute("lang") == {"zh-CN": "zh-Hans", "zh-TW": "zh-Hant"}[locale]
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert [url for url in listener.asked if not url.startswith(served[0] + "/")] == []
        found = axe.run(page).response["violations"]
        with page.expect_navigation():
            page.locator(".hn-languages a", has_text="English").press("Enter")
        assert page.locator("html").get_attribute("lang") == "en"
    serious = [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found if is_serious(rule)]
    assert serious == []


def is_serious(rule: dict[str, Any]) -> bool:
    return rule["impact"] in ("serious", "critical")


@pytest.mark.parametrize("path", ALL)
def test_pages_have_one_heading_one_main_and_a_language(browser: "Browser", served: tuple[str, int], path: str) -> None:
    with looking(browser, served, path) as (page, _):
        counts = [page.locator(what).count() for what in ("h1", "main", "html[lang]", "a.hn-skip")]
    assert counts == [1, 1, 1, 1]


def test_charts_draw_and_follow_the_scheme(browser: "Browser", served: tuple[str, int]) -> None:
    with looking(browser, served, START) as (page, listener):
        page.locator("[data-chart] svg").nth(3).wait_for()
        assert page.locator("[data-chart] details[open]").count() == 0
        bar = "[data-chart=languages] .mark-rect path"
        light = page.locator(bar).first.get_attribute("fill")
        page.emulate_media(color_scheme="dark")
        page.locator(f"{bar}:not([fill='{light}'])").first.wait_for()
        assert listener.complaints == []


def test_keys_lead_to_the_search_box_and_to_the_hits(browser: "Browser", served: tuple[str, int]) -> None:
    with looking(browser, served, "/healthnews/-/article/ours?q=硬皮病") as (page, listener):
        hits = page.locator("article mark").count()
        assert hits > 20
        for key, place in (("n", 0), ("n", 1), ("p", 0), ("p", hits - 1)):
            page.keyboard.press(key)
            current = page.evaluate("[...document.querySelectorAll('article mark')].indexOf(document.activeElement)")
            assert current == place
        assert page.locator("mark.hn-current").count() == 1
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.type("n/p")
        assert page.locator("#hn-q").input_value() == "n/p"
        assert listener.complaints == []


def test_a_citation_is_copied(browser: "Browser", served: tuple[str, int]) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    with looking(browser, served, "/healthnews/-/article/ours", viewport=PHONE, permissions=allowed) as (page, heard):
        page.evaluate("() => { window.setTimeout = () => 0 }")  # what is said is taken back after three seconds
        page.locator(".hn-cite summary", has_text="RIS").click()
        page.get_by_role("button", name="Copy RIS").click()
        page.get_by_role("button", name="Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()").startswith("TY  - ELEC")
        assert page.locator("#cite-said").text_content() == "Copied: RIS"
        assert heard.complaints == []


def test_a_trend_draws_its_charts(browser: "Browser", served: tuple[str, int]) -> None:
    with looking(browser, served, "/healthnews/-/trend?q=干细胞&q2=cell") as (page, listener):
        page.locator("[data-chart] svg").nth(1).wait_for()
        assert page.locator("[data-chart] details[open]").count() == 0
        assert listener.complaints == []


def test_search_by_keyboard_alone(browser: "Browser", served: tuple[str, int]) -> None:
    with looking(browser, served, START) as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "hn-skip"
        while page.evaluate("document.activeElement.name") != "q":
            page.keyboard.press("Tab")
        page.keyboard.insert_text("干细胞")
        page.keyboard.press("Enter")
        page.wait_for_url("**/-/search?q=*")
        assert page.locator(".hn-hit mark").count() > 0
        while "/-/article/" not in (page.evaluate("document.activeElement.href") or ""):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/-/article/*")
        assert page.locator("h1").count() == 1


def test_everything_is_there_without_javascript(browser: "Browser", served: tuple[str, int]) -> None:
    with looking(browser, served, START, java_script_enabled=False) as (page, _):
        assert page.locator("[data-chart] details[open] table").count() == 4
        assert page.locator(".hn-canvas:visible").count() == 0
        page.fill("input[name=q]", "cell")
        assert _shown_after(page, "main form button", ".hn-hit") > 0
        assert _shown_after(page, ".hn-facet a >> nth=0", ".hn-chip") == 1
        assert _shown_after(page, ".hn-chip", ".hn-chip") == 0


def _shown_after(page: "Page", clicked: str, shown: str) -> int:
    """Click what leads to another page; return how many elements of a kind that one has when it is loaded whole."""
    with page.expect_navigation():  # a click alone waits for the first bytes only
        page.click(clicked)
    return page.locator(shown).count()


def test_hostile_titles_are_text(browser: "Browser", served: tuple[str, int]) -> None:
    with looking(browser, served, "/healthnews/-/search?site=ours") as (page, _):
        assert page.locator(".hn-hit h2").first.inner_text() == HOSTILE
        assert page.locator("main img").count() == 0
