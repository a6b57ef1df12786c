"""What is opted out: one URL, a host and all below it, or what a pattern finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.storage.exclusions import Exclusion, Exclusions, host_in

URL = Exclusion("url", "https://news.example/a?x=1")
HOST = Exclusion("host", "example.org")
PATTERN = Exclusion("pattern", r"/tag/\d+$")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a?x=1", 1), ("http://news.example/a?x=1", None), ("https://news.example/a", None),
        ("https://example.org/", 2), ("http://a.b.example.org:8080/x", 2), ("https://myexample.org/", None),
        ("https://example.org.evil.example/", None), ("https://other.example/example.org/", None),
        ("https://Example.ORG/", 2), ("https://org/", None), ("https://[::1]:80/", None),
        ("https://other.example/tag/12", 3), ("https://other.example/tag/12/x", None),
    ],
)  # fmt: skip
def test_a_url_falls_under_an_entry(url: str, expected: int | None) -> None:
    assert Exclusions.of(enumerate((URL, HOST, PATTERN), 1)).match(url) == expected


HOSTS = st.lists(st.sampled_from(["a", "b", "example", "org"]), min_size=1, max_size=4).map(".".join)


@given(listed=st.lists(HOSTS, max_size=5), host=HOSTS, port=st.sampled_from(["", ":8080"]))
def test_a_host_is_it_and_all_below_it(listed: list[str], host: str, port: str) -> None:
    expected = any(host == each or host.endswith(f".{each}") for each in listed)
    url = f"https://{host}{port}/x"
    assert host_in(url) == host
    assert (Exclusions.of((1, Exclusion("host", each)) for each in listed).match(url) is not None) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Exclusion("pattern", ""), True), (Exclusion("pattern", ".*"), True), (Exclusion("pattern", "^https?:"), True),
        (Exclusion("pattern", "[a-z]/"), True), (Exclusion("pattern", "https:"), False),
        (Exclusion("pattern", r"\d"), False),
        (PATTERN, False), (HOST, False), (URL, False),
    ],
)  # fmt: skip
def test_what_matches_everything_is_told(entry: Exclusion, expected: bool) -> None:
    assert entry.matches_all == expected
