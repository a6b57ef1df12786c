"""robots.txt: what its status means, what its rules permit, and that no file is too odd."""

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.policy.robots import LARGEST, Rules, closed_by, difference, is_web_page, origin_of, text_of

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
    ("text", "expected"),
    [
        ("<!DOCTYPE html><title>Just a moment</title>", True),
        ("\ufeff\n <html>\nAllow: cookies\n</html>", True),
        ("<html>\nUser-agent: *\nDisallow: /a\n</html>", False),
        ("User-agent: *\nDisallow: /<a>", False),
        ("# <html>", False),
        ("Disallow: /", False),
        ("", False),
    ],
)
def test_a_web_page_is_told_from_rules(text: str, expected: bool) -> None:
    assert is_web_page(text) is expected


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


OURS = "health-news-archive"


@pytest.mark.parametrize(
    ("agent", "is_us"),
    [
        (OURS, True), (OURS.title(), True), (f"{OURS}/0.9", True), (f"{OURS}/0.9 (+mailto:a@b.example)", True),
        (f"{OURS} # by name", True), (f"{OURS}*", True), (f"*{OURS}*", True), ("h", False), ("health", False),
        ("health-news", False), ("health-news-archive-images", False), (f"my-{OURS}", False), ("news", False),
        (f"Mozilla/5.0 (compatible; {OURS}/0.9)", False), ("", False),
    ],
)  # fmt: skip
def test_whom_a_group_addresses(agent: str, is_us: bool) -> None:
    assert Rules(f"User-agent: {agent}\nDisallow: /\n").permits(f"{SITE}/a") is not is_us
    for_all = Rules(f"User-agent: *\nDisallow: /\n\nUser-agent: {agent}\nDisallow: /b\n")
    assert for_all.permits(f"{SITE}/a") is is_us


@pytest.mark.parametrize("between", ["Noarchive: yes", "Sitemap: /s.xml", "Content-Signal: a=b", "Crawl-delay: 3", "x",
                                     "", "# why", "User-agent:", "License: https://x.example/l"])  # fmt: skip
@pytest.mark.parametrize("agents", [(OURS, "foo"), ("foo", OURS), ("*", "foo"), ("foo", "*")])
def test_unknown_lines_part_no_group(agents: tuple[str, str], between: str) -> None:
    rules = Rules(f"User-agent: {agents[0]}\n{between}\nUser-agent: {agents[1]}\n{between}\nDisallow: /a\n")
    assert not rules.permits(f"{SITE}/a")
    assert rules.permits(f"{SITE}/b")


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (f"User-agent: {OURS}\nDisallow: /a\n\nUser-agent: x\nDisallow: /b\n\nUser-agent: {OURS}/2\nDisallow: /c\n",
         "ac"),
        (f"User-agent: {OURS}\nUser-agent: *\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n", "a"),
        (f"User-agent: *\nDisallow: /\n\nUser-agent: {OURS}\nDisallow:\n", ""),
        (f"User-agent: *\nDisallow: /\n\nUser-agent: {OURS}\n", ""),
        (f"User-agent: x\nDisallow:\nUser-agent: {OURS}\nDisallow: /a\n", "a"),
        (f"User-agent {OURS}\nDisallow /a\n", "a"),
        ("useragent: *\nDissallow: /b\nallowance: /b\n", "b"),
        ("\ufeff\ufeffUser-agent: *\nDisallow: /c", "c"),
    ],
)  # fmt: skip
def test_groups_for_one_agent_are_one(text: str, refused: str) -> None:
    assert {path for path in "abc" if not Rules(text).permits(f"{SITE}/{path}")} == set(refused)


@pytest.mark.parametrize(
    ("text", "rights"),
    [
        ("", ()),
        ("User-agent: *\nDisallow: /a\n", ()),
        ("License: https://x.example/l.xml\nUser-agent: *\nlicense : https://y.example/\nDisallow:\n",
         ("License: https://x.example/l.xml", "License: https://y.example/")),
        ("User-agent: *\nContent-Signal: search=yes, ai-train=no # why\nAllow: /\n",
         ("Content-Signal: search=yes, ai-train=no",)),
        ("User-agent: x\nContent-Signal: ai-train=no\nAllow: /\n\nUser-agent: *\ncontent-usage: train-ai=n\nAllow: /\n",
         ("Content-Usage: train-ai=n",)),
        (f"User-agent: *\nContent-Signal: a=no\nAllow: /\n\nUser-agent: {OURS}\nContent-Signal: a=yes\nAllow: /\n",
         ("Content-Signal: a=yes",)),
        ("Licenses: x\nLicense:\n# License: z\nContent-Signal: a=b\n", ()),
    ],
)  # fmt: skip
def test_what_a_file_says_of_rights(text: str, rights: tuple[str, ...]) -> None:
    assert Rules(text).rights == rights
    assert Rules(text).permits(f"{SITE}/b")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_is_read(encoding: str) -> None:
    text = "User-agent: *\r\nDisallow: /新闻\r\n"
    assert text_of(text.encode(encoding)) == text
    long = text_of((text + "Disallow: /x\n" * LARGEST).encode(encoding))
    assert long.startswith(text)
    assert set(long.splitlines()[2:]) == {"Disallow: /x"}


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE])
def test_both_orders_of_utf16_are_read(mark: bytes) -> None:
    encoding = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-16-le"
    assert not Rules(text_of(mark + "User-agent: *\nDisallow: /".encode(encoding))).permits(SITE + "/a")


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
