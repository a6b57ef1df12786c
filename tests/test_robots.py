"""robots.txt: what its status means, what its rules permit, and that no file is too odd."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.policy.robots import LARGEST, Rules, closed_by, difference, origin_of, text_of

SITE = "https://news.example"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, None), (204, None), (301, None), (304, None), (400, None), (401, None), (403, None), (404, None),
        (410, None), (451, None), (429, "robots http 429"), (500, "robots http 500"), (503, "robots http 503"),
        (599, "robots http 599"),
    ],
)  # fmt: skip
def test_the_status_says_whether_a_host_is_closed(status: int, expected: str | None) -> None:
    assert closed_by(status) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a?x=1", "https://news.example"),
        ("http://news.example:8080/", "http://news.example:8080"),
        ("http://[::1]:80/x", "http://[::1]:80"),
    ],
)
def test_rules_are_for_scheme_host_and_port(url: str, expected: str) -> None:
    assert origin_of(url) == expected


@pytest.mark.parametrize(
    ("text", "path", "permitted"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: otherbot\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: health-news-archive\nDisallow: /b", "/a", True),
        ("User-agent: Health-News-Archive\nDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        ("user-AGENT : *\r\ndisallow : /a # here", "/a", False),
        ("User-agent: *\rDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow: /新闻", "/%E6%96%B0%E9%97%BB/1", False),
        ("User-agent: *\nDisallow: /%E6%96%B0", "/%E6%96%B0%E9%97%BB/1", False),
        ("<html><body>Disallow: /</body></html>", "/a", True),
        ("Disallow: /", "/a", True),
    ],
)
def test_what_the_rules_permit(text: str, path: str, permitted: bool) -> None:
    assert Rules(text).permits(SITE + path) is permitted


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        ("5", 5.0), ("0.5", 0.5), ("0", 0.0), ("", None), ("ten", None), ("-3", None), ("nan", None), ("inf", None),
        ("-inf", None), ("1e999", None), ("1e30", 1e30), ("9" * 400, None), ("10 seconds", None), ("٣", 3.0),
    ],
)  # fmt: skip
def test_the_crawl_delay(delay: str, expected: float | None) -> None:
    assert Rules(f"User-agent: *\nCrawl-delay: {delay}\nDisallow: /a\n").crawl_delay == expected


def test_the_crawl_delay_is_that_for_us() -> None:
    text = "User-agent: *\nCrawl-delay: 9\n\nUser-agent: health-news-archive\nCrawl-delay: 2\n"
    assert Rules(text).crawl_delay == 2.0


WORDS = ["User-agent:", "Disallow:", "Allow:", "Crawl-delay:", "Sitemap:", "Request-rate:", "*", "/", "$", "%", "%zz",
         "\n", "\r", " ", "#", ":", "\ufeff", "\x00", "\ufffd", "1/0", "1/9s 0-2", "-", "nan", "新"]  # fmt: skip
FILES = st.text() | st.lists(st.sampled_from(WORDS)).map("".join)


@given(text=FILES, path=st.text(st.characters(min_codepoint=33, max_codepoint=126)))
@example(text="User-agent: *\nDisallow: " + "/*a" * 200 + "$", path="a" * 300)
@example(text="User-agent: *\nDisallow: " + "*" * 5000 + "b$", path="a" * 2000)
def test_no_file_is_too_odd(text: str, path: str) -> None:
    rules = Rules(text)
    assert rules.permits(f"{SITE}/{path}") in (True, False)
    assert rules.crawl_delay is None or rules.crawl_delay >= 0


@pytest.mark.parametrize("filler", ["#" * 99 + "\n", "Disallow: /x\n", "x", "User-agent: a\n"])
def test_a_huge_file_is_read(filler: str) -> None:
    rules = Rules("User-agent: *\nDisallow: /a\n" + filler * (LARGEST // len(filler)))
    assert not rules.permits(f"{SITE}/a")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_rule_that_is_cut_in_half_is_left_out(end: str) -> None:
    rule = f"Disallow: /abcdef{end}"
    for shift in range(len(rule)):
        text = text_of(("x" * shift + f"{end}User-agent: *{end}" + rule * (LARGEST // len(rule))).encode())
        assert len(text) <= LARGEST
        assert {line for line in text.splitlines()[2:] if line} == {rule.strip()}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("Disallow: /a", "Disallow: /b", "robots.txt now says Disallow: /b and no longer says Disallow: /a."),
        ("", "Disallow:  /b # why", "robots.txt now says Disallow: /b."),
        ("Disallow: /a", "", "robots.txt no longer says Disallow: /a."),
        ("A: 1\nB: 2", "B: 2\nA: 1", "robots.txt has its rules in another order."),
        ("", "A: 1\nA: 2\nA: 3\nA: 4\nA: 5", "robots.txt now says A: 1; A: 2; A: 3 and 2 lines more."),
    ],
)
def test_a_change_in_a_sentence(old: str, new: str, sentence: str) -> None:
    assert difference(old, new) == sentence


def test_a_change_of_a_huge_file() -> None:
    old, new = ("".join(f"Disallow: /{kind}{n}\n" for n in range(30_000)) for kind in "ab")
    assert "; Disallow: /b2 and 29997 lines more and no longer says" in difference(old, new)


@given(FILES, FILES)
def test_every_change_can_be_said(old: str, new: str) -> None:
    assert difference(old, new).endswith(".")
