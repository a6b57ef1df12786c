"""`healthnews sites check` on loopback sites that are well, and on such as have fallen ill in one way each."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from archive.monitoring.alerts.discovery import LEADS_NOWHERE
from archive.storage.frontier import NewPage
from crawler.sitecheck.check import Verdict, judge
from crawler.sitecheck.parts import ArticleCheck, DiscoveryPageCheck, check_article
from crawler.spiders.check import newest
from tests.archives import an_article
from tests.commands import run
from tests.loopback import Loopback, Reply, article_html, site_file

DATED = '<meta property="article:published_time" content="2024-05-21T08:00:00Z">'
WORDS = (
    "Stem cells were given to both patients, who were seen again after a year and felt better than before. " * 3,
) * 3
CJK = ("两例患者接受了干细胞注射，随访十二个月后皮肤硬度下降，未见严重不良反应，研究者认为值得继续观察。" * 6,) * 2
FULL = article_html("A full article", *WORDS, head=DATED)
EMPTY = b"<html><head><title>Loading</title></head><body><div id=app></div></body></html>"

ARTICLES = {  # by site: what its articles answer
    "well": FULL,
    "chinese": article_html("干细胞治疗硬皮病", *CJK, head=DATED),
    "dead-feed": FULL,
    "some-gone": FULL,
    "hollow": EMPTY,
    "undated": article_html("A full article", *WORDS),
    "empty-feed": FULL,
}
FEEDS = ("well", "dead-feed", "empty-feed", "closed")
SITES = (*ARTICLES, "no-links", "redesigned", "closed", "quiet")
NOW = datetime.now(UTC)
QUIET = f'["{NOW - timedelta(hours=1):%H:%M}-{NOW + timedelta(hours=2):%H:%M}"]'
UNTIL = f"{NOW + timedelta(hours=2):%Y-%m-%d %H:%M} UTC"
EXPECTED: dict[str, tuple[Verdict, int, int, tuple[str, ...]]] = {  # verdict, links, articles tried, reasons
    "well": ("ok", 6, 3, ()),
    "chinese": ("ok", 3, 3, ()),
    "dead-feed": ("look", 3, 3, ("feed {}/dead-feed/feed.xml: gone, http 404",)),
    "empty-feed": ("look", 3, 3, (f"feed {{}}/empty-feed/feed.xml: {LEADS_NOWHERE}",)),
    "some-gone": ("look", 3, 3, ("not stored (gone, http 404): 1 of 3 articles, such as {}/some-gone/a/2",)),
    "hollow": ("broken", 3, 3, ("not stored (no article, no text): 3 of 3 articles, such as {}/hollow/a/1",)),
    "undated": ("broken", 3, 3, ("no date: 3 of 3 articles, such as {}/undated/a/1",)),
    "no-links": ("broken", 0, 0, (f"listing {{}}/no-links/list: no links on the listing page; {LEADS_NOWHERE}",)),
    "redesigned": ("broken", 0, 0, (f"listing {{}}/redesigned/list: {LEADS_NOWHERE}",)),
    "quiet": (
        "look",
        0,
        0,
        (f"listing http://quiet.localhost/quiet/list: not fetched: quiet hours until {UNTIL}",),
    ),
    "closed": ("broken", 0, 0, ("feed {}/closed/feed.xml: failed, http 500",)),
}


def answer(path: str) -> Reply:
    site, _, rest = path.strip("/").partition("/")
    if site == "closed":
        return Reply(500)
    if rest == "feed.xml" and site != "dead-feed":
        days = (1, 3, 5, 6, 4, 2) if site == "well" else ()
        return Reply(body=_feed(site, days), headers={"Content-Type": "text/xml"})
    if rest == "list":
        return Reply(body=f"<html><body><p>News</p>{_links(site)}</body></html>".encode())
    is_there = rest.startswith("a/") and path != "/some-gone/a/2"
    return Reply(body=ARTICLES[site]) if is_there else Reply(404)


def _feed(site: str, days: tuple[int, ...]) -> bytes:
    item = "<item><title>{0}</title><link>/{1}/a/{0}</link><pubDate>{0} May 2024 08:00:00 GMT</pubDate></item>"
    return f"<rss><channel>{''.join(item.format(day, site) for day in days)}</channel></rss>".encode()


def _links(site: str) -> str:
    if site == "redesigned":
        return "<a href='/redesigned/stories/a-new-kind-of-address-17'>News</a>"
    return "".join(f"<a href='/{site}/a/{n}'>Article {n}</a>" for n in (1, 2, 3)) if site in ARTICLES else ""


def _file(name: str, url: str) -> str:
    keys = {"name": f'"{name}"', "listings": f'["{url}/{name}/list"]', "articles": f"['/{name}/a/']"}
    if name in FEEDS:
        keys["feeds"] = f'["{url}/{name}/feed.xml"]'
    if name == "closed":
        keys["listings"] = "[]"
    if name == "quiet":  # on a host of its own: one that names a host shares its quiet hours with all that do
        url = "http://quiet.localhost"
        keys |= {"quiet": QUIET, "listings": f'["{url}/quiet/list"]'}
    return site_file(url, **keys)


class Checked(NamedTuple):
    """What came of one check of all the sites, and what they were asked for."""

    code: int
    checks: dict[str, Any]
    url: str
    paths: list[str]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = tmp_path_factory.mktemp("check")
    (folder / "sites").mkdir()
    with Loopback(answer) as site:
        for name in SITES:
            (folder / "sites" / f"{name}.toml").write_text(_file(name, site.url), "utf-8")
        done = run("sites", "--sites", "sites", "check", "--json", cwd=folder)
    assert "Traceback" not in done.stderr
    assert [path.name for path in folder.iterdir()] == ["sites"]  # the archive is thrown away
    return Checked(done.returncode, {each["site"]: each for each in json.loads(done.stdout)}, site.url, site.paths)


@pytest.mark.parametrize("name", SITES)
def test_each_site_gets_its_verdict_and_the_reasons(checked: Checked, name: str) -> None:
    check = checked.checks[name]
    verdict, links, articles, why = EXPECTED[name]
    assert (check["verdict"], check["links"], len(check["tried"])) == (verdict, links, articles)
    assert check["why"] == [reason.format(checked.url) for reason in why]


def test_what_is_seen_of_an_article(checked: Checked) -> None:
    article = checked.checks["chinese"]["tried"][0]
    assert (article["title"], article["published"], article["problems"]) == ("干细胞治疗硬皮病", "2024-05-21", [])
    assert article["characters"] > 200
    assert article["language"] == "zh-Hans"
    assert checked.code == 1


def test_the_newest_articles_of_a_feed_are_tried(checked: Checked) -> None:
    asked = [path for path in checked.paths if path.startswith("/well/a/")]
    assert sorted(asked) == ["/well/a/4", "/well/a/5", "/well/a/6"]


def test_a_table_for_people(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with Loopback(answer) as site:
        for name in ("well", "undated"):
            (tmp_path / "sites" / f"{name}.toml").write_text(_file(name, site.url), "utf-8")
        well = run("sites", "--sites", "sites", "check", "well", "--articles", "1", cwd=tmp_path)
        both = run("sites", "--sites", "sites", "check", cwd=tmp_path)
    assert (well.returncode, both.returncode) == (0, 1)
    assert well.stdout.splitlines()[1].split()[:7] == ["well", "ok", "2/2", "6", "1/1", "1/1", "1/1"]
    assert f"  undated: no date: 3 of 3 articles, such as {site.url}/undated/a/1" in both.stdout.splitlines()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody"], "There is no site 'nobody'; the configured ones are: public."),
        ([], "Crawling health.example needs a contact that its operator can write to"),
    ],
)
def test_mistakes(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    (tmp_path / "public.toml").write_text(_file("public", "http://health.example"), "utf-8")
    done = run("sites", "--sites", ".", "check", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


READ = DiscoveryPageCheck(url="http://example.org/feed", kind="feed")
WAITING = DiscoveryPageCheck(url="http://example.org/feed", kind="feed", problem="not fetched: budget", asked=False)
NO_LINKS = "its feeds, sitemaps and listings link to no article by the site's rules"
WHOLE = ArticleCheck(url="http://example.org/1", title="A", words=100, published=date(2024, 5, 21))
BARE = ArticleCheck(url="http://example.org/2", words=99, characters=199)


@pytest.mark.parametrize(
    ("lists", "links", "seen", "verdict", "why"),
    [
        ([READ], 1, [WHOLE], "ok", []),
        ([READ], 0, [], "broken", [NO_LINKS]),
        ([READ], 1, [], "look", ["none of its articles was fetched"]),
        ([WAITING], 0, [], "look", ["feed http://example.org/feed: not fetched: budget"]),
        ([READ, WAITING], 0, [], "broken", [f"feed {WAITING.url}: {WAITING.problem}", NO_LINKS]),
        (
            [READ],
            2,
            [WHOLE, BARE],
            "look",
            [f"{lack}: 1 of 2 articles, such as {BARE.url}" for lack in ("no title", "too little text", "no date")],
        ),
    ],
)
def test_verdicts(
    lists: list[DiscoveryPageCheck], links: int, seen: list[ArticleCheck], verdict: Verdict, why: list[str]
) -> None:
    assert judge(lists, links, seen) == (verdict, why)


def test_text_is_counted_by_its_script() -> None:
    chinese = check_article("http://example.org/1", an_article(text="干细胞 IL-10 治疗" * 40))
    english = check_article("http://example.org/1", an_article(text="Stem cells and IL-10. " * 30))
    assert (chinese.characters, chinese.length, chinese.fullness) == (200, "200 characters", 1.0)
    assert (english.words, english.length, english.fullness) == (150, "150 words", 1.5)


def test_few_sitemaps_of_an_index_are_read() -> None:
    def page(name: str, kind: str, date: str | None = None) -> NewPage:
        return NewPage(url=f"http://example.org/{name}", host="example.org", kind=kind, link_published=date)

    undated = [page(str(number), "sitemap") for number in range(9)]
    dated = [page(str(number), "sitemap", f"2024-05-0{number}") for number in range(1, 9)]
    articles = [page("a", "article"), page("b", "article", "2024-05-01"), page("c", "article", "2024-05-02")]
    assert [found.url[-1] for found in newest(undated)] == ["0", "8"]
    assert [found.url[-1] for found in newest(dated)] == ["8", "7"]
    assert [found.url[-1] for found in newest([*articles, undated[0]])] == ["0", "c", "b", "a"]
