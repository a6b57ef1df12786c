"""Cases of what is read before articles: feeds, sitemaps, listings and robots.txt."""

import itertools
from collections.abc import Callable

from tests.hostile.case import PRIVATE, READ, STORED, Case, listed
from tests.hostile.payloads import MB, XML, bomb, endless, external, laughs, nested, page, rss, sitemap
from tests.hostile.server import Send, head, redirect, reply

LISTS = (
    listed(
        "billion laughs in a feed",
        "feeds",
        lambda: reply(laughs("rss", rss("<item><link>&lol9;</link></item>")), kind=XML),
    ),
    listed(
        "external entity in a feed",
        "feeds",
        lambda: reply(external("rss", rss("<item><title>&x;</title><link>&x;</link></item>")), kind=XML),
    ),
    listed(
        "feed of 100,000 items",
        "feeds",
        lambda: reply(rss("".join(f"<item><link>/b/{n}</link></item>" for n in range(100_000))), kind=XML),
    ),
    listed(
        "feed of the year 9999",
        "feeds",
        lambda: reply(
            rss(
                "".join(
                    f"<item><link>/b/{n}</link><pubDate>{date}</pubDate></item>"
                    for n, date in enumerate(
                        (
                            "Fri, 31 Dec 9999 23:59:59 -1200",
                            "Mon, 01 Jan -1 00:00:00 GMT",
                            "Mon, 01 Jan 0001 00:00:00 +1400",
                            "99999-01-01",
                            "٢٠٢٤-٠١-٠١",
                            "9" * 5_000,
                        )
                    )
                )
            ),
            kind=XML,
        ),
    ),
    listed("deep feed", "feeds", lambda: reply(rss(nested(100_000, "<item>", "</item>")), kind=XML)),
    listed("feed of unclosed items", "feeds", lambda: reply(rss("<item><title>" * 100_000), kind=XML)),
    listed("JSON feed of brackets", "feeds", lambda: reply("[" * 1_000_000, kind="application/feed+json")),
    listed(
        "billion laughs in a sitemap",
        "sitemaps",
        lambda: reply(laughs("urlset", sitemap("<url><loc>&lol9;</loc></url>")), kind=XML),
    ),
    listed(
        "external entity in a sitemap",
        "sitemaps",
        lambda: reply(external("urlset", sitemap("<url><loc>&x;</loc></url>")), kind=XML),
    ),
    listed(
        "sitemap of 40 MB",
        "sitemaps",
        lambda: reply(sitemap("<url><loc>http://e.example/a</loc></url>" * 1_000_000), kind=XML),
    ),
    listed(
        "sitemap index of itself",
        "sitemaps",
        lambda: reply("<sitemapindex><sitemap><loc>/sitemaps.xml</loc></sitemap></sitemapindex>", kind=XML),
    ),
    listed(
        "100,000 links", "listings", lambda: reply("".join(f'<a href="/c/{n}">Link {n}</a>' for n in range(100_000)))
    ),
    listed(
        "calendar",
        "listings",
        lambda: reply("".join(f'<a href="/calendar/{year}/05/">{year}</a>' for year in range(1000, 9999))),
    ),
)


def endless_calendar() -> Case:
    """A calendar whose every page has articles' URLs that lead to the next ones."""
    links = "".join(f'<a href="/calendar/a/{year}/05/">{year}</a>' for year in range(1990, 2090))
    pages: dict[str, Callable[[], Send]] = {"/list/1": lambda: reply(links)}
    return Case(
        "endless calendar",
        pages,
        {"/calendar/a/2031/05/": ("refused", "trap: endless calendar")},
        {"articles": "['/a/']"},
    )


def sessions() -> Case:
    """A listing whose links have another session id each time."""
    links = "".join(f'<a href="/a/{n:032x}/story">Story</a>' for n in range(1, 400))
    pages: dict[str, Callable[[], Send]] = {"/list/1": lambda: reply(links)}
    return Case("session ids in the path", pages, {"/list/1": READ})


ROBOTS = (
    Case(
        "robots.txt of 100 MB",
        {"/a/x": page},
        {"/a/x": STORED},
        robots=lambda: itertools.chain([head(length=100 * MB, kind="text/plain")], itertools.repeat(b"#" * MB, 100)),
    ),
    Case(
        "endless robots.txt",
        {"/a/x": page},
        {"/a/x": STORED},
        robots=lambda: endless(b"Disallow: /b\n" * 6_000, head(kind="text/plain")),
    ),
    Case(
        "robots.txt that redirects to itself", {"/a/x": page}, {"/a/x": STORED}, robots=lambda: redirect("/robots.txt")
    ),
    Case("robots.txt bomb", {"/a/x": page}, {"/a/x": STORED}, robots=bomb("gzip")),
    Case(
        "robots.txt of stars",
        {"/a/x": page},
        {"/a/x": STORED},
        robots=lambda: reply(f"User-agent: *\nDisallow: /{'*a' * 30_000}$\n" * 6, kind="text/plain"),
    ),
    Case(
        "robots.txt at a private address",
        {"/a/x": page},
        {"/list/1": PRIVATE},
        robots=lambda: redirect("http://10.0.0.1/robots.txt"),
    ),
)
