"""URLs that may lead to one page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urls.canonical import canonical_url
from archive.urls.variants import are_variants, plainness
from crawler.policy.link_header import canonical_target

SITE = "https://example.org"
PARTS = st.lists(
    st.sampled_from(["id=1", "id=2", "newsid=7", "ref=rss", "ref=x", "view=all", "view=print", "a=", "99", "f[0]=b"]),
    max_size=4,
)
URLS = st.builds(
    lambda origin, path, query: canonical_url(f"{origin}{path}?{'&'.join(query)}"),
    st.sampled_from([SITE, "http://example.org", "https://www.example.org", "https://other.example"]),
    st.sampled_from(["/", "/a", "/a/", "/a/index.php", "/b"]),
    PARTS,
)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("/a", "/a?ref=rss", True),
        ("/a?ref=rss", "/a?ref=home", True),
        ("/a", "/a/", True),
        ("/a", "http://example.org/a", True),
        ("/a", "http://www.example.org/a/?view=all", True),
        ("/a/?b=1", "/a/index.php?b=1", True),
        ("/a?b=1&c=2", "/a?c=2&b=1", True),
        ("/a?id=1&b=1", "/a?b=1&id=1&from=list", True),
        ("/", "/?ref=rss", True),
        ("/a", "/a?id=1", False),
        ("/a?id=1", "/a?id=2", False),
        ("/a?b=1", "/a?b=2", False),
        ("/a", "/a?20240521", False),
        ("/a", "/b", False),
        ("/a", "/A", False),
        ("/a", "/a//", False),
        ("/a#!/1", "/a#!/2", False),
        ("/", "/?story=knee", False),
        ("/a", "https://example.org:8443/a", False),
        ("/a", "https://m.example.org/a", False),
    ],
)
def test_variants(one: str, other: str, expected: bool) -> None:
    first, second = (url if url.startswith("http") else SITE + url for url in (one, other))
    assert are_variants(first, second) is expected
    assert are_variants(second, first) is expected


@given(URLS, URLS)
def test_the_relation_is_symmetric_and_ids_are_equal(one: str, other: str) -> None:
    assert are_variants(one, one)
    assert are_variants(one, other) is are_variants(other, one)
    if are_variants(one, other):
        first, second = (
            sorted(piece for piece in url.partition("?")[2].split("&") if "id=" in piece or piece == "99")
            for url in (one, other)
        )
        assert first == second


def test_the_plainest_has_few_parameters_then_https() -> None:
    urls = [f"{SITE}/a?b=1", "http://example.org/a", f"{SITE}/a/"]
    assert sorted(urls, key=plainness) == [urls[2], urls[1], urls[0]]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["</a>; rel=canonical"], "/a"),
        (['</b>; rel="next", < /a >; title="x, y"; REL="Start Canonical"'], "/a"),
        (["</b>; rel=preload", '</a>; rel = "canonical"'], "/a"),
        (['</a>; anchor="/b"; rel="canonical"'], None),
        (['</a>; title="rel=canonical"'], None),
        (["</a>; rel=canonicals", "</a>", "rel=canonical", ""], None),
    ],
)
def test_the_canonical_target_of_a_link_header(headers: list[str], expected: str | None) -> None:
    assert canonical_target(headers) == expected
