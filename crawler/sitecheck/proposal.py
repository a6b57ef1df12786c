"""Propose the file of a new site from its home page: `healthnews sites add`."""

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.articles.lookup import load
from archive.storage.connection import warc_folder
from archive.storage.database import open_archive
from archive.storage.warc.files import Location, read_page
from archive.urls.canonical import canonical_url, host_of, same_host
from crawler.discovery import read_feed, read_listing, read_sitemap
from crawler.discovery.url_shapes import article_patterns
from crawler.sitecheck.trial import Trial
from crawler.sites.article_urls import is_article
from crawler.sites.site import Site, parse_site

ARTICLES = 3  # that are fetched and shown
MOST_LISTS = 5  # of each kind that are written
FEW = 10  # articles in feeds, which show the shape of addresses alone if there are so many
MINUTES = 3  # in which a look ends: a host that limits requests would be waited for
_KEYS = {"feed": "feeds", "sitemap": "sitemaps", "listing": "listings"}
_LIMITS = ("http 429", "http 503")
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})  # as in example.com.cn

_READ = """
select page.id, page.url, page.kind, parent.id, parent.kind, fetch.warc_file, fetch.warc_offset
from pages page join fetches fetch on fetch.page_id = page.id
left join pages parent on parent.id = page.found_on
where page.kind <> 'article' and fetch.outcome = 'read' and fetch.warc_file is not null order by page.id
"""
_HOME = """
select page.id, named.url, page.state, page.reason, page.fetched_at is null,
  (select url from fetches where page_id in (named.id, page.id) order by id desc limit 1),
  (select detail from fetches where page_id in (named.id, page.id) order by id desc limit 1)
from pages named join pages page on page.id = coalesce(named.alias_of, named.id) where named.url = ?
"""
_TRIED = """
select named.url, page.state, page.reason, article.id
from pages named join pages page on page.id = coalesce(named.alias_of, named.id)
left join articles article on article.page_id = page.id
where named.kind = 'article' and page.fetched_at is not null order by named.id
"""


class LookError(Exception):
    """The home page cannot be read, or leads to no list; `fate` is its recorded outcome with the reason."""

    def __init__(self, sentence: str, fate: str) -> None:
        super().__init__(sentence)
        self.fate = fate


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundList:
    """A feed, sitemap or listing that leads to `links` articles."""

    url: str
    kind: str
    links: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A site file: its text, the lists and patterns in it, and articles as they would be stored.

    `links` is the number of articles that the lists lead to, `matched` how many of them the patterns match.
    """

    site: Site
    text: str
    lists: tuple[FoundList, ...]
    patterns: tuple[str, ...]
    links: int
    matched: int
    articles: tuple[Trial, ...]

    def as_object(self) -> dict[str, Any]:
        """Return the proposal for JSON."""
        return {
            "name": self.site.name,
            "home": self.site.home,
            "text": self.text,
            "lists": [{"kind": each.kind, "url": each.url, "links": each.links} for each in self.lists],
            "patterns": self.patterns,
            "links": self.links,
            "matched": self.matched,
            "articles": [trial.as_object() for trial in self.articles],
        }


def name_for(url: str) -> str:
    """Return a name for the site of a home page: `example-clinic` for https://www.example-clinic.com.cn/."""
    labels = host_of(url).strip("[]").replace(":", "-").removeprefix("www.").split(".")
    if not labels[-1].isdigit() and len(labels) > 1:
        labels.pop()
        if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
            labels.pop()
    name = "".join(char if char.isascii() and char.isalnum() else "-" for char in "-".join(labels))
    return name.strip("-") or "site"


def propose(url: str, name: str, contact: str | None, allow_private: bool) -> Proposal:
    """Look at the home page at `url` and what it leads to, as politely as a crawl, and return a site file.

    Raises LookError, and what a crawl raises: ContactError; KeyboardInterrupt if it was interrupted.
    """
    from crawler.run import crawl, settings

    home = canonical_url(url)
    with tempfile.TemporaryDirectory() as place:
        archive, sites = Path(place) / "look.db", Path(place) / "sites"
        sites.mkdir()
        (sites / "look.toml").write_text(_toml({"name": name, "home": home, "listing_pages": 1}), encoding="utf-8")
        crawl_settings = settings(
            archive,
            HEALTHNEWS_SITES=sites,
            HEALTHNEWS_CONTACT=contact,
            HEALTHNEWS_ALLOW_PRIVATE=allow_private or None,
            HEALTHNEWS_ARTICLES_PER_SITE=ARTICLES,
            HEALTHNEWS_MINUTES=MINUTES,
        )
        outcome = crawl("look", crawl_settings, only=name)
        if outcome.interrupted:
            raise KeyboardInterrupt
        db = open_archive(archive)
        try:
            return _proposal(db, warc_folder(archive), name, home, allow_private)
        finally:
            db.close()


def _proposal(db: Database, folder: Path, name: str, home: str, allow_private: bool) -> Proposal:
    named, home = home, _answered(db, home)
    guessing = Site(name=name, home=home)
    read = _read_lists(db, folder, guessing)
    lists = _chosen(read, named)
    if not lists:
        raise LookError(
            f"{home} leads to no feed, sitemap or page that lists articles: a script may make its links, or it is not "
            "the page with the news. Try the address of the page that lists them.",
            "no list",
        )
    feeds = {link for each in read if each.kind == "feed" for link in each.articles}
    every = sorted({link for each in read for link in each.articles})
    shaped = sorted(feeds) if len(feeds) >= FEW else every
    patterns = article_patterns(shaped, {home, *(each.url for each in read)})
    keys: dict[str, Any] = {"name": name, "home": home}
    for kind, key in _KEYS.items():
        if urls := [each.url for each in lists if each.kind == kind]:
            keys[key] = urls
    keys |= {"articles": list(patterns)} if patterns else {}
    tried = db.execute(_TRIED).fetchall()
    languages = [load(db, article).article.language for *_, article in tried if article]
    if len(languages) >= ARTICLES and len(set(languages)) == 1 and languages[0]:
        keys["language"] = languages[0]
    keys |= {"allow_private": True} if allow_private else {}
    text = f"# Found by `healthnews sites add` on {datetime.now(UTC):%Y-%m-%d}.\n{_toml(keys)}"
    site = parse_site(text, f"{name}.toml")
    return Proposal(
        site=site,
        text=text,
        lists=tuple(lists),
        patterns=patterns,
        links=len(every),
        matched=sum(is_article(link, site) for link in every),
        articles=tuple(_trials(db, tried, site)),
    )


def _answered(db: Database, home: str) -> str:
    """Return the address that the home page answered at. Raises LookError if it could not be read."""
    _, named, state, reason, is_waiting, answered, detail = db.execute(_HOME, [home]).fetchone()
    host = host_of(home)
    fate = ", ".join(filter(None, ("blocked" if reason in _LIMITS else state, reason)))
    if is_waiting:
        row = db.execute("select held from hosts where host = ?", [host]).fetchone()
        why = row[0] if row and row[0] else "it was not fetched"
        raise LookError(f"{home} was not fetched: {why}. Try again later.", f"not fetched, {why}")
    if answered and not same_host(answered, home):
        raise LookError(f"{home} leads to {answered} on another host: run the command with that address.", "redirected")
    if state == "read":
        return canonical_url(answered) if answered else named
    raise LookError(_sentence(home, host, state, reason, detail), fate)


def _sentence(home: str, host: str, state: str, reason: str | None, detail: str | None) -> str:
    if reason == "no such host":
        return f"There is no host {host}: check the spelling, or open the address in a browser."
    if reason == "robots":
        return f"The robots.txt of {host} forbids this program to read {home}: ask the site for permission."
    if reason == "private address":
        return f"{host} has a private address: pass --allow-private if the site is yours."
    if state == "blocked" or reason in _LIMITS:
        return f"{host} answered with a challenge, a login or a limit ({reason}): try again later, or ask the site."
    if reason in ("http 401", "http 403"):
        return f"{host} refuses this program ({reason}): ask the site for permission."
    if state == "gone":
        return f"{home} is not there ({reason}): check the address."
    why = ": ".join(filter(None, (reason or state, detail)))
    return f"{home} cannot be read ({why}): check the address, or try again later."


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadList:
    """A list as it was read; `index` is the sitemap that led to it, None if none did."""

    id: int
    url: str
    kind: str
    index: int | None
    articles: frozenset[str]


def _read_lists(db: Database, folder: Path, site: Site) -> list[_ReadList]:
    """Return all lists that were read, with the articles that each leads to."""
    read = []
    for number, url, kind, parent, parent_kind, file, offset in db.execute(_READ).fetchall():
        page = read_page(folder, Location(file, offset))
        if kind == "feed":
            links = read_feed(page.body, page.url, page.content_type).links
        elif kind == "sitemap":
            links = read_sitemap(page.body, page.url).links
        else:
            links = read_listing(page.body, page.url, site).links
        articles = {link.url for link in links if link.kind == "article"}
        wanted = articles if kind == "feed" else {link for link in articles if is_article(link, site)}
        index = parent if parent_kind == kind == "sitemap" else None
        read.append(_ReadList(id=number, url=url, kind=kind, index=index, articles=frozenset(wanted)))
    return read


def _chosen(read: Sequence[_ReadList], home: str) -> list[FoundList]:
    """Return the lists for the file: MOST_LISTS of each kind at most; the home page where there is no other.

    An index of sitemaps stands for its sitemaps, of which only a few were read.
    """
    found = []
    for each in read:
        below = [other.articles for other in read if other.index == each.id]
        articles = each.articles.union(*below)
        if each.index is None and articles:
            found.append(FoundList(url=each.url, kind=each.kind, links=len(articles)))
    others = [each for each in found if each.url != home]
    by_size = sorted(others, key=lambda each: -each.links)
    return [each for kind in _KEYS for each in [one for one in by_size if one.kind == kind][:MOST_LISTS]] or found


def _trials(db: Database, tried: Sequence[tuple[str, str, str | None, int | None]], site: Site) -> Iterable[Trial]:
    for url, state, reason, article_id in tried:
        article = load(db, article_id).article if article_id else None
        outcome = None if article else ", ".join(filter(None, (state, reason)))
        yield Trial(url=url, is_article=is_article(url, site), article=article, outcome=outcome)


def _toml(keys: dict[str, Any]) -> str:
    return "".join(f"{key} = {_value(key, value)}\n" for key, value in keys.items())


def _value(key: str, value: object) -> str:
    if isinstance(value, list):
        items = [_value(key, item) for item in value]
        return f"[{items[0]}]" if len(items) == 1 else "[\n{}]".format("".join(f"  {item},\n" for item in items))
    if key == "articles" and "'" not in str(value):
        return f"'{value}'"  # keeps backslashes as they are
    return json.dumps(value, ensure_ascii=False)
