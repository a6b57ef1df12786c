"""The bundled site files. Their URLs were seen in public sources; no test fetches them.

The tests run over the folder: a new site is one file, with its example article in a comment.
"""

import re
from importlib.resources import files

import pytest

from archive.urls.canonical import canonical_url, host_of
from crawler.discovery.traps import is_trap, url_template
from crawler.sites.article_urls import is_article
from crawler.sites.site import load_sites, site_hosts

SITES = load_sites()

EXAMPLE = re.compile(r"^# Example article: (\S+)$", re.MULTILINE)  # a comment in each file
FOLDER = files("crawler.sites").joinpath("bundled")
ARTICLES = {name: EXAMPLE.findall(FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8")) for name in SITES}
# Pages that are no articles, besides the home pages, feeds, sitemaps and listings.
OTHERS = (
    "https://www.bbc.com/news/health", "https://www.chinacdc.cn/jkts/index_1.html", "https://www.cidrap.umn.edu/covid-19",
    "https://www.cidrap.umn.edu/covid-19/maps-visuals", "https://health.cnr.cn/yg/index_2.html",
    "https://www.chinanews.com.cn/jiankang/", "https://theconversation.com/us/health",
    "https://www.ecdc.europa.eu/en/news-events", "https://www.ema.europa.eu/en/news", "https://www.fda.gov/news-events",
    "https://www.fda.gov/news-events/press-announcements", "https://kffhealthnews.org/topics/medicaid/",
    "https://kffhealthnews.org/news/", "https://medicalxpress.com/news/", "https://www.nih.gov/news-events/news-releases",
    "https://www.npr.org/sections/health/", "http://health.people.com.cn/GB/408572/index1.html",
    "https://www.sciencedaily.com/news/health_medicine/", "https://www.statnews.com/category/biotech/",
    "https://www.cdc.gov.tw/Bulletin/List/MmgtpeidAR5Ooai4-fgHzQ", "https://www.mohw.gov.tw/lp-16-1.html",
    "https://www.gov.uk/government/organisations/uk-health-security-agency", "https://news.un.org/zh/news/topic/health",
    "https://www.who.int/news", "https://www.news.cn/health/qwfb/index.html",
)  # fmt: skip


def test_at_least_eight_sites_are_chinese() -> None:
    assert sum((site.language or "").startswith("zh") for site in SITES.values()) >= 8


@pytest.mark.parametrize("name", SITES)
def test_articles_and_other_pages(name: str) -> None:
    site = SITES[name]
    [example] = ARTICLES[name]
    url = canonical_url(example)
    assert is_article(url, site)
    assert (is_trap(url), url_template(url)) == (None, None)
    assert [other for other in OTHERS if is_article(other, site)] == []
    assert [page for page in (site.home, *site.feeds, *site.sitemaps, *site.listings) if is_article(page, site)] == []


@pytest.mark.parametrize("name", SITES)
def test_load_on_a_site_is_low(name: str) -> None:
    site = SITES[name]
    assert site.delay >= 5
    assert host_of(ARTICLES[name][0]) in site_hosts(site)  # so the delay applies to its articles
    assert site.home.startswith("https://")
    assert site.language
    assert not site.allow_private
    assert site.timezone.key == "Asia/Shanghai" or site.language != "zh-Hans" or "news.un.org" in site.home


def test_names_are_those_of_the_files() -> None:
    assert [f"{name}.toml" for name in SITES] == sorted(path.name for path in FOLDER.iterdir())
