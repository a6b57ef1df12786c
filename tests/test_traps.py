"""Traps, and families of URLs that can be varied without end. The addresses are made up after real ones."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.urls.canonical import canonical_url
from crawler.discovery.traps import is_trap, url_template

HOME = "http://example.org/"
SESSION = "5f2b1c9e8d7a6b5c4d3e2f1a0b9c8d7e"

PIECES = st.sampled_from(
    ("a", "news", "2024", "05", "page", "12", "sid", "search", "index_12.html", SESSION, "events", "(S(x1))", "%", "*")
)
PARAMETERS = st.builds(
    "{}={}".format,
    st.sampled_from(("id", "page", "sort", "f[0]", "s", "sid", "date", "q", "t", "x", "*")),
    st.sampled_from(("1", "12", "a:b", SESSION, "2024-05-21", "node/3", "1716187507795", "", "*")),
)
URLS = st.one_of(
    st.text(),
    st.builds(
        lambda path, query: HOME + "/".join(path) + "?" * bool(query) + "&".join(query),
        st.lists(PIECES, max_size=8),
        st.lists(PARAMETERS, max_size=8),
    ),
)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("a" * 1_990, "URL longer than 2,000 characters"),
        ("a/a/a/", "path repeats itself"),
        ("a/b/a/c/a/d/a/e/a/", "path repeats itself"),
        ("a/b/a/b/a/b", "path repeats itself"),
        ("en/news/more/list/news/more/list/news/more/list/", "path repeats itself"),
        ("?" + "&".join(f"k{n}=1" for n in range(13)), "more than 12 parameters"),
        ("calendar/2031/05/", "endless calendar"),
        ("events/list/2031-05", "endless calendar"),
        ("diary?month=5&year=2031", "endless calendar"),
        ("calendar/?date=2031-05-01", "endless calendar"),
        ("a/a/b/", None),
        ("a/b/a/b/", None),
        ("a/b/c/a/b/d/a/b/", None),
        ("?" + "&".join(f"k{n}=1" for n in range(12)), None),
        ("9a0132f36c25dd0ac?" + "&".join(f"k{n}=1" for n in range(13)), None),
        ("2024/05/21/", None),
        ("events/2024/05/21/knee-congress", None),
        ("news?date=2024-05-21", None),
    ],
)
def test_traps(path: str, reason: str | None) -> None:
    assert is_trap(HOME + path) == reason


@pytest.mark.parametrize(
    "path",
    [
        "", "news.php?id=12", "a/12345", "a/12345.html", "2024/05/21/slug", "2024/05/21/slug/", "?p=123", "?p=1234567",
        "n1/2024/0517/c14739-40237861.html", "2024-05/13/content_37319243.htm", "gn/202405/t20240513_15249693.htm",
        "health/20240616/b21ee1ef64f5405994e112fec597e347/c.html", "20240515/d59c39d4160a4fe4b3084c3e4abfb450/c.html",
        "wjw/c100375/202302/902b4a1dc3af4aba862a6387e6e376dc.shtml", "newsDetail_forward_4506347",
        "jk/2026/02-19/1.shtml", "wenku/2024-05/kuai-xun.html",
        "index.php?m=content&c=index&a=show&catid=10&id=2031", "index-2726.html",
        "index.php?option=com_content&view=article&id=123&catid=4&Itemid=5", "index.php?s=/news/detail/id/12.html",
        "?q=node/12", "news_view.html?idx=8576&page=1&bc=03&mc=08&find=&sch_date=", "read/5594363/a-title?page=7",
        "thread?tid=12345&extra=&page=1", "article/GLLH6DPV05522RLY.html?f=post1603_tab_news", "list.php?catid=3",
        "blog/knee/7-weight-loss-tips-to-shed-pounds/2024/12", "blog/a-guide-to-better-sleep/2024/09/16",
        "index.php?tx_news_pi1[news]=123&tx_news_pi1[action]=detail&cHash=5f2b1c9e8d7a6b5c4d3e2f1a0b9c8d7e",
        "rumor/rumordetail?id=agqQ", "detail?id=402881e85f2b1c9e015f2b1c9e8d0001", "search", "list_2.html", "page/2/",
        "stories/searching-for-a-cure", "a/b(S)c/1.html", "gia/general/202503/11/P2025031100233.htm",
        "?newsid=7&date=2024-05-21", "news?page=2",
        "Bulletin/Detail/3Bp_133jaKM_9c3TecbuTQ?typeid=9", "cp-16-82810-1.html", "zh/story/2024/03/1127391",
    ],
)  # fmt: skip
def test_the_usual_urls_of_articles_are_no_family(path: str) -> None:
    url = canonical_url(HOME + path)
    assert url_template(url) is None
    assert is_trap(url) is None


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("list?sort=price&dir=asc", "list?*"),
        ("list?catid=3&sort=price", "list?catid=3&*"),
        ("news.php?id=12&sort=asc", "news.php?id=12&*"),
        ("news/search?f%5B0%5D=topic%3A80091&f%5B1%5D=topic%3A80096", "news/search?*"),
        ("list.php?catid=3&page=99", "list.php?catid=3&*"),
        ("news?start=120", "news?*"),
        ("news/page/137/", "news/page/*/"),
        ("gsdt/index_12.html", "gsdt/index_*.html"),
        ("gsdt/list-120.shtml", "gsdt/list-*.shtml"),
        ("archive/2024/05/21/", "archive/*/"),
        ("2024/05/21", "*"),
        ("archive?date=2024-05-21", "archive?*"),
        ("diary?view=week", "diary?*"),
        ("?s=knee+pain", "?*"),
        ("search/knee/filter/2024", "search/*"),
        ("drugs/filter/color-red/size-9", "drugs/filter/*"),
        ("find?k=1&l=2&c=3&d=4&e=5&g=6", "find?*"),
        ("find?a=1&b=2&c=3&d=4&e=5&id=6", None),
        ("9a0132f36c25dd0ac?" + "&".join(f"k{n}=1" for n in range(13)), "9a0132f36c25dd0ac?*"),
        (f"forum?sid={SESSION}", "forum?*"),
        (f"forum?id=7&token=x&sid={SESSION}", "forum?id=7&token=x"),  # the canonical form has no session
        (f"sid/{SESSION}/news/1.html", "sid/*/news/1.html"),
        ("news/sid=ab12/1.html", "news/sid=*/1.html"),
        (f"{SESSION}/news/1.html", "*/news/1.html"),
        ("news.json?_=1716187507795", "news.json?*"),
    ],
)
def test_families(path: str, shape: str | None) -> None:
    url = canonical_url(HOME + path)
    assert (url_template(url) or url) == (HOME + shape if shape is not None else url)


@given(st.sampled_from(("sort", "page", "date", "q", "_")), st.integers(10, 99), st.integers(10, 99))
def test_what_varies_does_not_change_the_family(name: str, one: int, other: int) -> None:
    urls = [f"{HOME}list?cat=news&{name}=20240521{number}" for number in (one, other)]
    assert url_template(urls[0]) == url_template(urls[1]) == f"{HOME}list?cat=news&*"


@given(URLS)
@example(HOME + "page/*/")
@example("a/" * 1_000)
@example(HOME + "page/0000?date=0")  # the number of a page in a listing names no article
def test_decisions_never_raise_and_a_shape_has_a_star(url: str) -> None:
    shape = url_template(url)
    assert shape is None or ("*" in shape and url_template(shape) in (None, shape))
    assert is_trap(url) is None or "\n" not in str(is_trap(url))
