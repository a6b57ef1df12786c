"""Canonical URLs, articles, traps."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.urls.canonical import canonical_link, canonical_url, host_of, resolve, same_host
from archive.urls.users import without_user
from crawler.sites.article_urls import is_article, is_excluded
from crawler.sites.site import Site

HOME = "http://example.org/"

URL_TEXT = st.text(st.sampled_from("http:/\\.@[]%?#&;=aZ019 \t中é\u00ad\ud800+-_~u'|()Sid"), max_size=60)
URLS = st.one_of(
    st.text(),
    URL_TEXT,
    st.builds("http://{}/{}?{}#{}".format, URL_TEXT, URL_TEXT, URL_TEXT, URL_TEXT),
    st.builds("HTTPS://example.org/{}?{}".format, URL_TEXT, URL_TEXT),
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("http://example.org.:80/a#top", "http://example.org/a"),
        ("https://example.org:443/", "https://example.org/"),
        ("http://example.org:443/", "http://example.org:443/"),
        ("http://example.org:08080/", "http://example.org:8080/"),
        ("http://me:secret@example.org/", "http://example.org/"),
        ("http://例子.测试/", "http://xn--fsqu00a.xn--0zwm56d/"),
        ("http://Bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://my_blog.example/", "http://my_blog.example/"),
        ("http://[0:0::1]:80/", "http://[::1]/"),
        ("http://example.org/a/./b/../c", "http://example.org/a/c"),
        ("http://example.org/../../a/..", "http://example.org/"),
        ("http://example.org/a/%2e%2e/b", "http://example.org/b"),
        ("http://example.org\\news\\1.html", "http://example.org/news/1.html"),
        ("http://example.org/%7euser/%e4%b8%ad", "http://example.org/~user/%E4%B8%AD"),
        ("http://example.org/中 文", "http://example.org/%E4%B8%AD%20%E6%96%87"),
        ("http://example.org/a%2Fb", "http://example.org/a%2Fb"),
        ("http://example.org/100%", "http://example.org/100%25"),
        ("http://example.org/?q=%u4E2D", "http://example.org/?q=%u4E2D"),
        ("http://example.org/news/index.html", "http://example.org/news/"),
        ("http://example.org/Default.aspx?utm_source=x", "http://example.org/"),
        ("http://example.org/index.php?id=3", "http://example.org/index.php?id=3"),
        ("http://example.org/index.htm?page=2", "http://example.org/?page=2"),
        ("http://example.org/my-index.html", "http://example.org/my-index.html"),
        ("http://example.org/a;jsessionid=1F?b=1", "http://example.org/a?b=1"),
        ("http://example.org/(S(lit3py55t21z5v55vlm25s55))/n/1.aspx", "http://example.org/n/1.aspx"),
        ("http://example.org/n/(X(1)S(lit3py55t21z5v55vlm25s55))/1.aspx", "http://example.org/n/1.aspx"),
        ("http://example.org/%28S%28lit3py55t21z5v55vlm25s55%29%29/", "http://example.org/"),
        ("http://example.org/a_(S)/b(S(1))/", "http://example.org/a_(S)/b(S(1))/"),
        ("http://example.org/p?zenid=ab1&cfid=5&CFTOKEN=77&id=7", "http://example.org/p?id=7"),
        ("http://example.org/t?id=7&sid=5f2b1c9e8d7a6b5c4d3e2f1a0b9c8d7e", "http://example.org/t?id=7"),
        ("http://example.org/t?sid=5f2b1c9e8d7a6b5c&type=news", "http://example.org/t?sid=5f2b1c9e8d7a6b5c&type=news"),
        ("http://example.org/t?sid=12&id=7", "http://example.org/t?sid=12&id=7"),
        ("http://example.org/?", "http://example.org/"),
        ("http://example.org/?b=2&&a=1&b=1", "http://example.org/?b=2&a=1&b=1"),
        ("http://example.org/?utm_source=a&id=7&gclid=x&spm=1.2", "http://example.org/?id=7"),
        ("http://example.org/?UTM%5FMedium=a", "http://example.org/"),
        ("http://example.org/?a=1&amp;utm_source=b&amp;c=2", "http://example.org/?a=1&c=2"),
        ("http://example.org/s?from=timeline&isappinstalled=0", "http://example.org/s"),
        ("http://example.org/s?from=20", "http://example.org/s?from=20"),
        (
            "https://mp.weixin.qq.com/s?scene=1&sn=3f&idx=2&mid=265&__biz=MzA%3D%3D&chksm=8a&sharer_shareid=9#rd",
            "https://mp.weixin.qq.com/s?__biz=MzA==&mid=265&idx=2&sn=3f",
        ),
        ("https://mp.weixin.qq.com/s/aB-1?scene=1", "https://mp.weixin.qq.com/s/aB-1?scene=1"),
        (
            "https://mp.weixin.qq.com/s?src=11&timestamp=17&ver=2&signature=x*y",
            "https://mp.weixin.qq.com/s?src=11&timestamp=17&ver=2&signature=x*y",
        ),
        ("https://example.org/s?sn=3f&mid=265&__biz=M", "https://example.org/s?sn=3f&mid=265&__biz=M"),
        ("http:///example.org/a", "http://example.org/a"),
        ("http:/example.org/a", "http://example.org/a"),
        ("http://example.org/a//b", "http://example.org/a//b"),
        (
            "http://example.org/v?pk_id=1&mc_id=2&share_id=3&scm=4",
            "http://example.org/v?pk_id=1&mc_id=2&share_id=3&scm=4",
        ),
        ("http://example.org/map?utm_zone=31&utm_x=5", "http://example.org/map?utm_zone=31&utm_x=5"),
        ("http://example.org/v?pk_campaign=1&mc_eid=2&share_token=3&utm_letter=4&id=5", "http://example.org/v?id=5"),
        ("http://example.org/#!/news/一", "http://example.org/#!/news/%E4%B8%80"),
        ("http://example.org/a?b=1#!c", "http://example.org/a?b=1#!c"),
        ("http://example.org/#!", "http://example.org/"),
        ("http://example.org/#/news/1", "http://example.org/"),
        ("http://example.org/1\n  ", "http://example.org/1"),
        ("\u3000 http://example.org/a\n", "http://example.org/a"),
    ],
)
def test_canonical_url(url: str, expected: str) -> None:
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://me:secret@example.org/a", "http://example.org/a"),
        ("crawl 'http://me:p@ss@example.org:80?a@b' x@y s3://key@bucket", "crawl 'http://example.org:80?a@b' x@y s3://bucket"),
        ("http://example.org/@me a@b", "http://example.org/@me a@b"),
        ("http://a@", "http://"),
        ("", ""),
    ],
)  # fmt: skip
def test_user_names_are_taken_out_of_a_text(text: str, expected: str) -> None:
    assert without_user(text) == expected


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "/a", "ftp://example.org/", "mailto:a@example.org", "http://", "http://a b/",
        "http://[::1/", "http://[fe80::1%25eth0]/", "http://example.org:99999/", "http://example.org:x/", "http://a..b/",
        "http://" + "a" * 64 + ".org/", "http://example.org:" + "9" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_url_is_one_sentence(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(not an http or https URL:|no valid (host|port) in the URL) '[^\n]*'$"):
        canonical_url(url)


@given(URLS)
@example("http://a/%%341")
@example("http://a/%%754E2D")
@example("http://a/;jsessionid=1/index.html;jsessionid=2")
@example("http://a/x/..;jsessionid=1/index.html")
@example("http://a/(S(x;jsessionid=1))/(S(y))/..")
@example("http://a/(S(%2e))/./%28S(x)%29/(S(x)%29")
@example("http://a/?sid=00000000000000001&s=00000000000000002&id=3&t=00000000000000000000000a1")
@example("http://a/?amp;amp;utm_a=1&amp;")
@example("http://ｅｘａｍｐｌｅ。org./")
def test_canonical_url_is_idempotent_and_raises_nothing_else(url: str) -> None:
    try:
        once = canonical_url(url)
    except ValueError as error:
        assert type(error) is ValueError  # noqa: PT017 (a subclass would carry a library's own message)
        return
    assert canonical_url(once) == once
    assert once.isascii()
    assert once.startswith(("http://", "https://"))


@given(URLS)
def test_other_decisions_never_raise(url: str) -> None:
    site = Site(name="x", home=HOME)
    assert not is_article(url, site) or same_host(url, HOME)
    assert canonical_link(url, HOME + "x") != HOME
    assert not host_of(url) or canonical_url(url)


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("a.html", "http://example.org/n/a.html"),
        ("//www.example.org/x", "http://www.example.org/x"),
        ("?p=中", "http://example.org/n/?p=%D6%D0"),
        ("中", "http://example.org/n/%E4%B8%AD"),
        ("#!/a/1", "http://example.org/n/#!/a/1"),
        ("a//b", "http://example.org/n/a//b"),
        ("..//b", "http://example.org//b"),
        ("\\a\\b.html", "http://example.org/a/b.html"),
        ("..\\b.html", "http://example.org/b.html"),
        ("\\\\cdn.example.org\\x", "http://cdn.example.org/x"),
        ("///cdn.example.org/x", "http://cdn.example.org/x"),
        ("/\\cdn.example.org/x", "http://cdn.example.org/x"),
        ("http:b", "http://example.org/n/b"),
        ("http:/b", "http://example.org/b"),
        ("https:/cdn.example.org/x", "https://cdn.example.org/x"),
        ("a\n.html", "http://example.org/n/a.html"),
        ("", None),
        ("#", None),
        ("#!", None),
        ("#top", None),
        ("javascript:void(0)", None),
        ("mailto:a@example.org", None),
        ("tel:123", None),
        ("data:text/html,x", None),
        ("http://[", None),
    ],
)
def test_links_are_resolved_as_browsers_do(href: str, expected: str | None) -> None:
    assert resolve(href, "http://example.org/n/", "gb18030") == expected


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/n/2.html", "http://example.org/n/2.html"),
        ("HTTP://example.org/n/1.html#top", "http://example.org/n/1.html"),
        ("http://www.example.org/n/1.html", "http://www.example.org/n/1.html"),
        ("http://other.example/n/1.html", None),
        ("/", None),
        ("javascript:void(0)", None),
        ("", None),
    ],
)
def test_canonical_link(href: str, expected: str | None) -> None:
    assert canonical_link(href, "http://example.org/n/1.html") == expected


def test_a_home_page_may_name_itself() -> None:
    assert canonical_link("/", "http://example.org/index.html") == HOME


@pytest.mark.parametrize(
    ("url", "host"),
    [("HTTP://WWW.Example.org:8080/", "www.example.org"), ("http://[::1]:8/", "[::1]"), ("nothing", "")],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("news/12345.html", True), ("p/knee.html", True), ("7.html", True), ("2024/05/knee", True),
        ("a/20240521", True), ("new-drug-helps-knee", True), ("干细胞治疗硬皮病/", True), ("show?id=12", True),
        ("show.php?newsid=99", True), ("", False), ("news/", False), ("about.html", False), ("tag/12345/", False),
        ("2024/05/", False), ("2024", False), ("news/index_2.html", False), ("news/list.html", False),
        ("a/12345.pdf", False), ("img/20240521.jpg", False), ("stem-cells", False),
        ("?page=12", False), ("干细胞", False),
    ],
)  # fmt: skip
def test_the_guess_without_patterns(path: str, expected: bool) -> None:
    site = Site(name="x", home=HOME)
    assert is_article(canonical_url(f"http://www.example.org/{path}"), site) is expected
    assert not is_article(f"http://other.org/{path}", site)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.org/n/1", True),
        ("http://cdn.other.org/n/1", True),
        ("http://example.org/n/1?print", False),
        ("http://example.org/2024/05/a-title-of-many-words.html", False),
    ],
)
def test_patterns_decide_where_there_are_any(url: str, expected: bool) -> None:
    site = Site(name="x", home=HOME, articles=(re.compile(r"/n/\d"),), exclude=(re.compile("print"),))
    assert is_article(url, site) is expected
    assert is_excluded(url, site) is url.endswith("print")
