"""Site files and their errors."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sites.site import Site, SiteError, load_site, load_sites, parse_site, rules_of
from tests.commands import run

GOOD = 'name = "a"\nhome = "http://a.org/"\nfeeds = ["http://a.org/feed"]\n'
PAGE = Path(__file__).parent.parent / "docs" / "adding-a-site.md"


def test_defaults() -> None:
    site = parse_site(GOOD, "a.toml")
    assert site == Site(name="a", home="http://a.org/", feeds=("http://a.org/feed",))
    assert (site.delay, site.concurrency, site.listing_pages, site.allow_private) == (1.0, 1, 5, False)
    assert (site.look_again, site.discover_hours, site.daily_requests) == ((1, 7, 30, 90), (1, 168), 5000)
    assert (site.quiet, site.timezone.key) == ((), "UTC")


def test_every_key() -> None:
    example = PAGE.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    site = parse_site(example, "example")
    assert {field.name for field in fields(Site)} == set(re.findall(r"^(\w+) =", example, re.MULTILINE))
    assert site.articles[0].search("https://www.example.com/news/12.html")
    assert (site.delay, site.listing_pages, site.language) == (2.0, 10, "zh-Hans")
    assert [str(window) for window in site.quiet] == ["09:00-12:00", "23:30-00:30"]


def test_what_a_file_says_as_json() -> None:
    text = GOOD + "quiet = ['22:00-06:00']\ntimezone = 'Asia/Shanghai'\narticles = ['/a/\\d+']\nlook_again = [0.5, 3]"
    shown = json.loads(json.dumps(rules_of(parse_site(text, "a.toml"))))
    assert set(shown) == {field.name for field in fields(Site)}
    assert (shown["quiet"], shown["timezone"], shown["articles"]) == (["22:00-06:00"], "Asia/Shanghai", [r"/a/\d+"])
    assert (shown["look_again"], shown["discover_hours"], shown["daily_requests"]) == ([0.5, 3.0], [1.0, 168.0], 5000)


def test_the_page_describes_every_key() -> None:
    table = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert table == [field.name for field in fields(Site)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + "dealy = 3", 's.toml: unknown key "dealy", perhaps you meant "delay" (line 4: dealy = 3)'),
        (GOOD + "[site]", 's.toml: unknown key "site", perhaps you meant "sitemaps" (line 4: [site])'),
        (GOOD + "qqq = 1", 's.toml: unknown key "qqq"; known are name, home,'),
        (GOOD + 'delay = "3"', 's.toml: "delay" must be a number of seconds from 0 to 86400 (line 4: delay = "3")'),
        (GOOD + "delay = -1", "(line 4: delay = -1)"),
        (GOOD + "delay = true", "(line 4: delay = true)"),
        (GOOD + "delay = nan", "(line 4: delay = nan)"),
        (GOOD + "delay = 1" + "0" * 400, '"delay" must be a number'),
        (GOOD + "concurrency = 0", '"concurrency" must be a whole number of at least 1 (line 4: concurrency = 0)'),
        (GOOD + "listing_pages = 1.5", "(line 4: listing_pages = 1.5)"),
        (GOOD + "daily_requests = 0", '"daily_requests" must be a whole number of at least 1 (line 4:'),
        (GOOD + "look_again = 7", '"look_again" must be a list in square brackets, not a number (line 4: look'),
        (GOOD + "look_again = []", '"look_again" must be numbers of days of which each is greater than the one before'),
        (GOOD + "look_again = [1, 7, 7]", "(line 4: look_again = [1, 7, 7])"),
        (GOOD + "look_again = [0, 7]", '"look_again" must be numbers of days above 0, up to 3650'),
        (GOOD + "look_again = [nan]", '"look_again" must be numbers of days'),
        (GOOD + "look_again = [true]", '"look_again" must be numbers of days'),
        (
            GOOD + "discover_hours = [1]",
            '"discover_hours" must be two numbers of hours, the shortest and the longest interval (line 4:',
        ),
        (GOOD + "discover_hours = [2, 1]", '"discover_hours" must be two numbers of hours'),
        (GOOD + "discover_hours = [0, 1]", '"discover_hours" must be numbers of hours above 0, up to 8760'),
        (GOOD + "allow_private = 1", '"allow_private" must be true or false (line 4: allow_private = 1)'),
        (GOOD + 'language = "german language"', '(line 4: language = "german language")'),
        (
            GOOD + 'listings = "http://a.org/"',
            '"listings" must be a list in square brackets, not a text (line 4: listings',
        ),
        (
            GOOD + "sitemaps = [1]",
            '"sitemaps" must be a text in quotation marks, not a number (line 4: sitemaps = [1])',
        ),
        (GOOD + 'sitemaps = [\n"http://a.org/1",\n "ftp://a.org/2"]', '(line 6: "ftp://a.org/2"])'),
        (GOOD + "exclude = ['']", '"exclude" has a regular expression that matches every URL'),
        (GOOD + "exclude = ['/jobs/|']", "(line 4: exclude = ['/jobs/|'])"),
        (GOOD + "articles = ['.*']", '"articles" has a regular expression that matches every URL'),
        (GOOD + "articles = ['ok', '(']", "has a bad regular expression: missing ), unterminated subpattern"),
        (GOOD + "articles = [\n'ok',\n'a(',\n]", "(line 6: 'a(',)"),
        (GOOD + 'exclude = [\n"\\\\d",\n"\\\\d(",\n]', '(line 6: "\\\\d(",)'),
        (GOOD.replace('"a"', '"A b"'), '"name" must be made of a-z, 0-9 and hyphens'),
        (GOOD.replace('"a"', '"-a"'), '(line 1: name = "-a")'),
        (GOOD.replace('name = "a"\n', ""), 's.toml: the key "name" is missing'),
        (GOOD.replace("home", "feed_home = 1 #"), 'unknown key "feed_home"'),
        (GOOD.replace('home = "http://a.org/"\n', ""), 's.toml: the key "home" is missing'),
        (GOOD.replace("http://a.org/f", "a.org/f"), '"feeds" must be an http or https URL, such as https'),
        (GOOD + "delay = \n", "s.toml: not valid TOML: Invalid value (line 4: delay =)"),
        (GOOD + "delay", "s.toml: not valid TOML: "),
        (GOOD + "delay = 1\ndelay = 2", "Cannot overwrite a value (line 5: delay = 2)"),
        (GOOD + "delay = " + "1" * 5000, "s.toml: not valid TOML: "),
        ("delay = " + "[" * 5000, "s.toml: not valid TOML: "),
        ("", "s.toml: the file is empty"),
        ("# nothing\n", "s.toml: the file is empty"),
    ],
)
def test_errors_name_file_key_and_line(text: str, message: str) -> None:
    with pytest.raises(SiteError) as error:
        parse_site(text, "s.toml")
    assert any(message in problem for problem in error.value.problems)
    assert not any("\n" in problem for problem in error.value.problems)


@given(st.one_of(st.text(), st.text(st.sampled_from("name=[]{}\"'\\.\n1-#tfu")).map(GOOD.__add__)))
def test_any_text_is_a_site_or_sentences(text: str) -> None:
    try:
        outcomes: tuple[str, ...] = ("s.toml: " + parse_site(text, "s.toml").name,)
    except SiteError as error:
        outcomes = error.problems
    assert outcomes
    assert all(re.fullmatch(r"s\.toml: .+", outcome) for outcome in outcomes)


def test_all_problems_of_a_file_are_named_at_once() -> None:
    text = "home = 'a.org'\ndealy = 3\nexclude = [\n'(',\n'/ok/',\n'[',\n]\nlook_again = [0, -1]\nconcurrency = 0\n"
    with pytest.raises(SiteError) as error:
        parse_site(text, "s.toml")
    named = [re.search(r'"(\w+)"', problem) for problem in error.value.problems]
    assert [found and found[1] for found in named] == [
        "name", "home", "dealy", "exclude", "exclude", "look_again", "concurrency",
    ]  # fmt: skip
    assert [line for problem in error.value.problems for line in re.findall(r"\(line (\d+):", problem)] == [
        "1", "2", "4", "6", "8", "9",
    ]  # fmt: skip
    assert str(error.value).startswith("7 problems in the site files:\n  s.toml: the key ")


@pytest.mark.parametrize("pattern", ["/jobs/", "^(?!.*/news/)", r"\.pdf$", "(?<!/news)/$"])
def test_patterns_that_leave_something(pattern: str) -> None:
    assert parse_site(f"{GOOD}exclude = ['{pattern}']", "s.toml").exclude[0].pattern == pattern


def test_the_problems_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    texts = {"a": GOOD, "b": GOOD, "c": GOOD + "delay = -1", "d": "nothing"}
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    with pytest.raises(SiteError) as error:
        load_sites(tmp_path)
    assert [problem[:7] for problem in error.value.problems] == ["b.toml:", "c.toml:", "d.toml:"]
    done = run("sites", "--sites", tmp_path, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: 3 problems in the site files:\n  b.toml: the name ")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "gbk.toml").write_bytes('name = "中"'.encode("gbk"))
    with pytest.raises(SiteError, match=r"^gbk.toml: the file is not UTF-8: byte 9 is 0xd6$"):
        load_site(tmp_path / "gbk.toml")
    with pytest.raises(SiteError, match=r"^none.toml: the file cannot be read: No such file"):
        load_site(tmp_path / "none.toml")
    with pytest.raises(SiteError, match="the folder of sites cannot be read: No such file"):
        load_sites(tmp_path / "none")


def test_a_folder_without_site_files_is_none(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a site", "utf-8")
    with pytest.raises(SiteError, match=rf"^{re.escape(str(tmp_path))} has no site files \(\*\.toml\): name a folder"):
        load_sites(tmp_path)


@pytest.mark.parametrize("command", ["crawl --sites empty", "sites --sites empty", "sites --sites empty check"])
def test_a_folder_without_site_files_is_a_mistake_of_usage(tmp_path: Path, command: str) -> None:
    (tmp_path / "empty").mkdir()
    done = run(*command.split(), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: empty has no site files (*.toml): ")
    assert not (tmp_path / "healthnews.db").exists()


def test_a_name_is_used_once(tmp_path: Path) -> None:
    for file in ("one.toml", "two.toml"):
        (tmp_path / file).write_text(GOOD, "utf-8")
    with pytest.raises(SiteError, match=r'^two.toml: the name "a" is already used in one.toml; give one of'):
        load_sites(tmp_path)


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    (tmp_path / "notes.txt").write_text("not a site", "utf-8")
    assert list(load_sites(tmp_path)) == ["a"]
