"""The site files that come with the package: addresses as they were seen in public, not asked for."""

from importlib.resources import files

import pytest

from archive.urls.canonical import canonical_url, host_of
from crawler.discovery.traps import family, is_trap
from crawler.sites.article_urls import is_article
from crawler.sites.site import load_sites, site_hosts

SITES = load_sites()

# By site: an article, and pages that are none besides its home page, feeds, sitemaps and listings.
ARTICLES = {
    "bbc-health": "https://www.bbc.com/news/articles/c75gk620r22o?at_medium=RSS&at_campaign=rss",
    "chinacdc": "https://www.chinacdc.cn/jkts/202509/t20250911_310377.html",
    "chinanews-health": "https://www.chinanews.com.cn/jk/2026/09-05/10690840.shtml",
    "cidrap": "https://www.cidrap.umn.edu/covid-19/mri-study-spotlights-impact-long-covid-brain",
    "cnr-health": "https://health.cnr.cn/yg/20250511/t20250511_527165952.shtml",
    "conversation-health": "https://theconversation.com/what-a-knee-can-tell-about-a-life-263511",
    "ecdc": "https://www.ecdc.europa.eu/en/news-events/epidemiological-update-hantavirus-disease",
    "ema": "https://www.ema.europa.eu/en/news/ema-statement-ongoing-review-glp-1-receptor-agonists",
    "fda": "https://www.fda.gov/news-events/press-announcements/"
    "fda-approves-first-gene-therapies-treat-patients-sickle-cell-disease",
    "kff-health-news": "https://kffhealthnews.org/news/article/rural-hospitals-battered-by-big-beautiful-bill-researchers/",
    "medicalxpress": "https://medicalxpress.com/news/2025-08-red-meat-consumption-high-quality.html",
    "nih": "https://www.nih.gov/news-events/news-releases/human-microbiome-project-expands-toolbox",
    "npr-health": "https://www.npr.org/sections/shots-health-news/2025/03/11/nx-s1-5312100/covid-virus-mutation-evolution",
    "people-health": "http://health.people.com.cn/n1/2024/0517/c14739-40237861.html",
    "sciencedaily-health": "https://www.sciencedaily.com/releases/2024/05/240521124500.htm",
    "stat": "https://www.statnews.com/2025/12/18/weight-loss-drugs-wegovy-zepbound-health-plans/",
    "taiwan-cdc": "https://www.cdc.gov.tw/Bulletin/Detail/3Bp_133jaKM_9c3TecbuTQ?typeid=9",
    "taiwan-mohw": "https://www.mohw.gov.tw/cp-16-82810-1.html",
    "ukhsa": "https://www.gov.uk/government/news/ukhsa-detects-human-case-of-influenza-ah1n2v",
    "un-news-health": "https://news.un.org/en/story/2024/05/1149861",
    "un-news-health-zh": "https://news.un.org/zh/story/2024/03/1127391",
    "who": "https://www.who.int/news/item/11-03-2026-conflict-deepens-health-crisis-across-middle-east",
    "xinhua-health": "https://www.news.cn/health/20260616/b21ee1ef64f5405994e112fec597e347/c.html",
}
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


def test_each_has_an_example() -> None:
    assert set(ARTICLES) == set(SITES)
    assert sum((site.language or "").startswith("zh") for site in SITES.values()) >= 8


@pytest.mark.parametrize("name", SITES)
def test_articles_and_other_pages(name: str) -> None:
    site = SITES[name]
    url = canonical_url(ARTICLES[name])
    assert is_article(url, site)
    assert (is_trap(url), family(url)) == (None, None)
    assert [other for other in OTHERS if is_article(other, site)] == []
    assert [page for page in (site.home, *site.feeds, *site.sitemaps, *site.listings) if is_article(page, site)] == []


@pytest.mark.parametrize("name", SITES)
def test_what_is_asked_of_a_site_is_little(name: str) -> None:
    site = SITES[name]
    assert site.delay >= 5
    assert host_of(ARTICLES[name]) in site_hosts(site)  # so that the delay holds for its articles
    assert site.home.startswith("https://")
    assert site.language
    assert not site.allow_private
    assert site.timezone.key == "Asia/Shanghai" or site.language != "zh-Hans" or "news.un.org" in site.home


def test_names_are_those_of_the_files() -> None:
    folder = files("crawler.sites").joinpath("bundled")
    assert [f"{name}.toml" for name in SITES] == sorted(path.name for path in folder.iterdir())
