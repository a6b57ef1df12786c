"""Safe and polite from the start: the settings that matter, and Scrapy's own commands."""

import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import BaseSettings

from crawler.identity import ContactError, is_loopback, private_hosts, require_contact, user_agent
from crawler.politeness.resolver import is_public
from crawler.run import settings
from tests.archives import new_archive
from tests.loopback import Loopback, linked_site

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REMOTE_CONTROL_ENABLED", False),
        ("TELNETCONSOLE_ENABLED", False),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_MAXSIZE", 8 * 1024 * 1024),
        ("DOWNLOAD_TIMEOUT", 30),
        ("ROBOTSTXT_OBEY", True),
        ("TWISTED_DNS_RESOLVER", "crawler.politeness.resolver.PublicResolver"),
    ],
)
def test_safe_settings(name: str, value: object) -> None:
    assert settings(Path("x.db"))[name] == value


@pytest.mark.parametrize("scheme", ["file", "ftp", "s3", "data"])
def test_nothing_but_the_web_is_asked(scheme: str) -> None:
    assert settings(Path("x.db")).getdict("DOWNLOAD_HANDLERS")[scheme] is None


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2001:4860:4860::8888", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("192.168.0.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False),
        ("::1", False), ("::ffff:127.0.0.1", False), ("fe80::1", False), ("fd00::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("a.localhost.", True), ("[::1]", True), ("10.0.0.1", False),
     ("localhost.example", False), ("127.0.0.1.example", False)],
)  # fmt: skip
def test_which_hosts_are_loopback_by_name(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_a_public_site_needs_a_contact() -> None:
    require_contact(None, ["127.0.0.1", "localhost"])
    require_contact("me@example.org", ["news.example"])
    with pytest.raises(ContactError, match=r"Crawling news\.example needs a contact"):
        require_contact(None, ["localhost", "news.example"])
    assert user_agent("me@example.org").endswith(" (+me@example.org)")


def test_private_hosts_are_those_of_sites_that_permit_it(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        'name = "a"\nhome = "http://box/"\nfeeds = ["http://feed/"]\nallow_private = true\n'
    )
    (tmp_path / "b.toml").write_text('name = "b"\nhome = "http://other/"\nfeeds = ["http://other/f"]\n')
    assert private_hosts(BaseSettings({"HEALTHNEWS_SITES": str(tmp_path)})) == frozenset({"box", "feed"})
    assert private_hosts(BaseSettings({"HEALTHNEWS_ALLOW_PRIVATE": True})) is None


@pytest.mark.parametrize(("arguments", "words"), [(["list"], "sites\nurls"), (["crawl", "nosuch"], "nosuch")])
def test_scrapys_own_commands_work_in_the_checkout(arguments: list[str], words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "scrapy", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert words in done.stdout + done.stderr


def test_scrapy_crawl_fills_an_archive(tmp_path: Path) -> None:
    with Loopback(linked_site(1)) as site:
        options = ["-s", f"HEALTHNEWS_ARCHIVE={tmp_path / 'healthnews.db'}", "-s", "HEALTHNEWS_ALLOW_PRIVATE=1"]
        command = [sys.executable, "-m", "scrapy", "crawl", "urls", "-a", f"urls={site.url}/a/0", *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert new_archive(tmp_path).execute("select count(*) from articles").fetchone() == (1,)
