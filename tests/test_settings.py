"""Safe and polite from the start: the settings that matter, and Scrapy's own commands."""

import subprocess
import sys
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.settings import BaseSettings, default_settings

from crawler.identity import ContactError, is_loopback, private_hosts, require_contact, user_agent
from crawler.politeness.addresses import is_public, literal
from crawler.run import settings
from tests.archives import new_archive
from tests.commands import without_progress
from tests.loopback import Loopback, Reply, linked_site

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REMOTE_CONTROL_ENABLED", False),
        ("TELNETCONSOLE_ENABLED", False),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_MAXSIZE", 5 * 1024 * 1024),
        ("DOWNLOAD_TIMEOUT", 30),
        ("ROBOTSTXT_OBEY", True),
        ("TWISTED_DNS_RESOLVER", "crawler.politeness.resolver.PublicResolver"),
    ],
)
def test_safe_settings(name: str, value: object) -> None:
    assert settings(Path("x.db"))[name] == value


def test_what_scrapy_retries_is_retried() -> None:
    differ = {*default_settings.RETRY_EXCEPTIONS} ^ {*settings(Path("x.db"))["RETRY_EXCEPTIONS"]}
    assert differ == {
        "scrapy.core.downloader.handlers.http11.TunnelError",
        "crawler.politeness.outcomes.ProxyTunnelError",
    }


@pytest.mark.parametrize("scheme", ["file", "ftp", "s3", "data"])
def test_nothing_but_the_web_is_asked(scheme: str) -> None:
    assert settings(Path("x.db")).getdict("DOWNLOAD_HANDLERS")[scheme] is None


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("100.63.255.255", True), ("100.128.0.0", True), ("172.32.0.1", True),
        ("223.255.255.255", True),
        ("2001:4860:4860::8888", True), ("2a00:1450::1", True), ("::ffff:8.8.8.8", True), ("64:ff9b::808:808", True),
        ("2002:808:808::1", True), ("2001:0:808:808:0:0:f7f7:f7f7", True),
        ("0.0.0.0", False), ("0.1.2.3", False), ("10.1.2.3", False), ("100.64.0.1", False), ("127.0.0.1", False),
        ("169.254.169.254", False), ("172.31.0.1", False), ("192.0.0.8", False), ("192.0.2.1", False),
        ("192.88.99.1", False), ("192.168.0.1", False), ("198.19.0.1", False), ("198.51.100.1", False),
        ("203.0.113.1", False), ("224.0.0.1", False), ("239.255.255.250", False), ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False), ("::1", False), ("::127.0.0.1", False), ("::ffff:127.0.0.1", False), ("::ffff:224.0.0.1", False),
        ("64:ff9b::7f00:1", False), ("64:ff9b:1::1", False), ("100::1", False), ("2001:db8::1", False),
        ("2001:0:a00:1:0:0:f7f7:f7f7", False), ("2001:0:808:808:0:0:f5ff:fffe", False), ("2001:10::1", False),
        ("2002:a00:1::1", False), ("2002:7f00:1::1", False), ("3fff::1", False), ("5f00::1", False), ("fc00::1", False),
        ("fd00::1", False), ("fe80::1", False), ("fe80::1%eth0", False), ("fec0::1", False), ("ff02::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@given(st.ip_addresses())
def test_no_address_is_public_that_python_takes_for_private(address: IPv4Address | IPv6Address) -> None:
    inner = isinstance(address, IPv6Address) and (address.ipv4_mapped or address.sixtofour or address.teredo)
    if is_public(str(address)) and not inner:
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"), ("127.0.0.1.", "127.0.0.1"), ("127.1", "127.0.0.1"), ("0x7f.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"), ("0177.0.0.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("[::1]", "::1"),
        ("[::ffff:7f00:1]", "::ffff:7f00:1"), ("news.example", None), ("1.example", None), ("localhost", None),
        ("", None),
    ],
)  # fmt: skip
def test_which_hosts_are_addresses(host: str, address: str | None) -> None:
    assert literal(host) == address


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
    assert without_progress(done.stderr) == "1 new\n"
    assert new_archive(tmp_path).execute("select count(*) from articles").fetchone() == (1,)


def test_scrapy_crawl_says_what_became_of_a_refused_page(tmp_path: Path) -> None:
    answer = {"/robots.txt": Reply(body=b"User-agent: *\nDisallow: /a/")}
    with Loopback(lambda path: answer.get(path, Reply(404))) as site:
        options = ["-s", f"HEALTHNEWS_ARCHIVE={tmp_path / 'healthnews.db'}", "-s", "HEALTHNEWS_ALLOW_PRIVATE=1"]
        command = [sys.executable, "-m", "scrapy", "crawl", "urls", "-a", f"urls={site.url}/a/0", *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert f"{site.url}/a/0 (article): refused, robots" in done.stderr
    assert done.stdout == ""


LOADED = """
import sys
from pathlib import Path
from scrapy.utils.misc import load_object
from crawler.run import settings
made = settings(Path("x.db"))
for kind in ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS", "ITEM_PIPELINES"):
    for part in made.get_component_priority_dict_with_base(kind):
        load_object(part)
load_object(made["SCHEDULER"])
print(*sorted({"aiohttp", "requests", "rich", "tldextract", "trafilatura"}.intersection(sys.modules)))
"""


def test_the_process_of_a_crawl_loads_only_what_it_needs() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
