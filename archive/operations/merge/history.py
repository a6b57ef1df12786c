"""Join two histories of one page: what two archives know of its URL. Pure.

The join is commutative, associative and idempotent, so that the order in which archives are merged does not matter:

* The state is that of the latest fetch; what a response said of the body is that of the latest response with one.
* How the page was found is what the earliest discovery says.
* Fetches are united.
* An observation is a fetch that found an article. The observations of both archives, in the order of time, make the
  revisions: those that follow one another with equal content are one. The newest is the article.
* Articles with equal content (`content_hash`) may differ in what is no content. The later observation counts.
* A page that either archive removed is removed. An image that went with its article is not, where an article that stays
  has it (pages.py).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, NamedTuple

Row = Mapping[str, Any]

# The columns of `pages` by what decides between two archives. Other pages are named by their URL.
STATE = ("site", "kind", "state", "reason", "alias_of", "due_at", "failures", "fetched_at", "status", "missing_since",
         "gone_since")  # fmt: skip
BODY = ("interval", "etag", "last_modified", "digest", "payload", "directives", "rights")
DISCOVERY = ("discovered_at", "found_on", "depth", "family", "link_title", "link_published")
LATEST = ("link_modified",)
PAGE = (*STATE, *BODY, *DISCOVERY, *LATEST)
EMPTIED = {
    "state": "refused", "reason": "removed", "alias_of": None, "due_at": None, "failures": 0, "missing_since": None,
    "gone_since": None, "link_title": None, "link_published": None, "link_modified": None,
    **dict.fromkeys(BODY), "rights": "[]",
}  # fmt: skip

KEY = ("fetched_at", "url", "outcome")
FACTS = ("reason", "detail", "content", "status", "content_type", "size", "seconds", "digest", "withheld", "origin",
         "media_type", "width", "height")  # fmt: skip
ARTICLE = ("content_hash", "extractor", "revision", "first_seen", "last_changed", "noarchive", "language", "fetch")
REVISION = ("number", "seen_at", "content_hash", "content", "extractor", "fetch")


class FetchKey(NamedTuple):
    """What names a fetch in any archive: its page, when it was, the URL that answered, and its outcome."""

    page: str
    fetched_at: str
    url: str
    outcome: str


class Crawl(NamedTuple):
    """What names a crawl in any archive."""

    started_at: str
    pid: int
    command: str


class Exclusion(NamedTuple):
    """The exclusion that removed a page; the earliest counts."""

    added_at: str
    kind: str
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A fetch of a page; `place` is the file and offset of its WARC record."""

    fetched_at: str
    url: str
    outcome: str
    facts: Row
    crawl: Crawl | None = None
    place: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that an archive knows of a URL. `article` and `revisions` have the columns ARTICLE and REVISION."""

    url: str
    page: Row
    exclusion: Exclusion | None = None
    fetches: tuple[Fetch, ...] = ()
    article: Row | None = None
    revisions: tuple[Row, ...] = ()

    def is_same(self, other: "History") -> bool:
        """Whether both know the same; where WARC records lie is not compared, but whether there are some is."""
        return self == replace(
            other,
            fetches=tuple(
                replace(theirs, place=ours.place) if ours.place and theirs.place else theirs
                for ours, theirs in zip(self.fetches, other.fetches, strict=False)
            )
            if len(self.fetches) == len(other.fetches)
            else other.fetches,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """The content of a hash: when it was last seen, with what it was extracted, and the article as JSON."""

    last: str
    extractor: str | None
    language: str | None
    json: str

    @property
    def rank(self) -> tuple[Any, ...]:
        return (self.last, _version(self.extractor), self.json, self.language or "")


@dataclass(frozen=True, slots=True)
class _Observed:
    """What an archive saw of an article: the hash of its content by time, contents by hash, and fetches by time."""

    hashes: dict[str, str]
    contents: dict[str, _Content]
    fetches: dict[str, FetchKey]  # those that an article was extracted from


def join(one: History, other: History) -> History:
    """Return what two archives together know of a page. The places of records are those of `one` where it has them."""
    if one.is_same(other):
        return one
    fetches = _fetches(one.fetches, other.fetches)
    page = _page(one, other)
    exclusion = min(filter(None, (one.exclusion, other.exclusion)), default=None)
    if exclusion:
        return History(
            url=one.url, page={**page, **EMPTIED}, exclusion=exclusion, fetches=tuple(map(_without_body, fetches))
        )
    known = [history for history in (one, other) if history.article]
    joined = History(url=one.url, page=page, fetches=fetches)
    if len(known) == 2 and not _same_article(one, other):
        joined = _with_article(joined, one, other)
    elif known:
        joined = replace(joined, article=known[0].article, revisions=known[0].revisions)
    return replace(joined, page=_settled(joined))


def removed(history: History, exclusion: Exclusion) -> History:
    """Return the history of a page that an exclusion removes."""
    if history.exclusion:
        return history
    return History(
        url=history.url,
        page={**history.page, **EMPTIED},
        exclusion=exclusion,
        fetches=tuple(map(_without_body, history.fetches)),
    )


def released(history: History) -> History:
    """Return the history of a removed page as that of one that was never fetched, with the fetches that it had."""
    page = {**history.page, "state": "new", "reason": None, "fetched_at": None, "status": None}
    return replace(history, page=page, exclusion=None)


def _without_body(fetch: Fetch) -> Fetch:
    return replace(fetch, place=None, facts={**fetch.facts, "detail": None, "digest": None})


def _page(one: History, other: History) -> Row:
    pages = (one.page, other.page)
    state = min(_newest(pages, [each["fetched_at"] for each in pages]), key=_by_due)
    times = [_body_time(each.fetches) for each in (one, other)]
    body = max(_newest(pages, times), key=lambda page: _ordered(page, BODY))
    found = min(pages, key=lambda page: _ordered(page, DISCOVERY))
    return {
        **{name: state[name] for name in STATE},
        **{name: body[name] for name in BODY},
        **{name: found[name] for name in DISCOVERY},
        **{name: max((page[name] for page in pages), key=_rank) for name in LATEST},
    }


def _newest(pages: Sequence[Row], times: Sequence[str | None]) -> list[Row]:
    last = max(times, key=_rank)
    return [page for page, time in zip(pages, times, strict=True) if time == last]


def _by_due(page: Row) -> tuple[Any, ...]:
    """Order states after the same fetch: the one that is due first counts."""
    return (page["due_at"] is None, page["due_at"] or "", *_ordered(page, STATE))


def _body_time(fetches: Iterable[Fetch]) -> str | None:
    """Return when a response last had a body, or confirmed the one before."""
    times = (fetch.fetched_at for fetch in fetches if fetch.facts["digest"] or fetch.outcome == "unchanged")
    return max(times, default=None)


def _fetches(one: Iterable[Fetch], other: Iterable[Fetch]) -> tuple[Fetch, ...]:
    """Return the fetches of both in the order of time."""
    known = {(fetch.fetched_at, fetch.url, fetch.outcome): fetch for fetch in one}
    for fetch in other:
        key = (fetch.fetched_at, fetch.url, fetch.outcome)
        mine = known.get(key)
        known[key] = _same_fetch(mine, fetch) if mine else fetch
    return tuple(known[key] for key in sorted(known))


def _same_fetch(mine: Fetch, theirs: Fetch) -> Fetch:
    return replace(
        mine,
        facts={name: max(mine.facts[name], theirs.facts[name], key=_rank) for name in FACTS},
        crawl=max(mine.crawl, theirs.crawl, key=_rank),
        place=mine.place or theirs.place,
    )


def _same_article(one: History, other: History) -> bool:
    return one.article == other.article and one.revisions == other.revisions


def _with_article(joined: History, one: History, other: History) -> History:
    """Return the page with the article and the revisions that the observations of both archives make."""
    seen = [_observed(one), _observed(other)]
    contents: dict[str, _Content] = {}
    for each in seen:
        for digest, content in each.contents.items():
            contents[digest] = max(contents.get(digest, content), content, key=lambda content: content.rank)
    hashes: dict[str, str] = {}
    origins: dict[str, FetchKey] = {}
    for each in seen:
        for time, digest in each.hashes.items():
            hashes[time] = max(
                hashes.get(time, digest), digest, key=lambda known: (_version(contents[known].extractor), known)
            )
        for time, key in each.fetches.items():
            origins[time] = min(origins.get(time, key), key)
    revisions = _revisions(hashes, contents, origins)
    newest = revisions[-1]
    current = contents[newest["content_hash"]]
    extracted = max((time for time in origins if hashes.get(time) == newest["content_hash"]), default=None)
    articles = [history.article for history in (one, other) if history.article]
    latest = max(articles, key=lambda article: (_last_time(article), article["noarchive"]))
    article = {
        "content_hash": newest["content_hash"],
        "extractor": current.extractor or latest["extractor"],
        "revision": len(revisions),
        "first_seen": min(article["first_seen"] for article in articles),
        "last_changed": newest["seen_at"],
        "noarchive": latest["noarchive"],
        "language": current.language,
        "fetch": origins[extracted] if extracted else None,
    }
    return replace(joined, fetches=_effects(joined.fetches, hashes), article=article, revisions=tuple(revisions))


def _last_time(article: Row) -> str:
    fetch: FetchKey | None = article["fetch"]
    return fetch.fetched_at if fetch else str(article["last_changed"])


def _observed(history: History) -> _Observed:
    """Return what an archive saw of the article."""
    article = history.article
    assert article is not None
    hashes = {row["seen_at"]: row["content_hash"] for row in sorted(history.revisions, key=lambda row: row["number"])}
    starts = sorted(hashes)
    origins: dict[str, FetchKey] = {row["seen_at"]: row["fetch"] for row in history.revisions if row["fetch"]}
    for fetch in history.fetches:
        if fetch.facts["content"] is None and fetch.outcome != "unchanged":
            continue
        before = [time for time in starts if time <= fetch.fetched_at]
        if before:
            hashes.setdefault(fetch.fetched_at, hashes[before[-1]])
            if fetch.facts["content"] is not None:
                key = FetchKey(history.url, fetch.fetched_at, fetch.url, fetch.outcome)
                origins.setdefault(fetch.fetched_at, key)
    if article["fetch"]:
        hashes[article["fetch"].fetched_at] = article["content_hash"]
        origins[article["fetch"].fetched_at] = article["fetch"]
    contents: dict[str, _Content] = {}
    last = {digest: max(time for time, found in hashes.items() if found == digest) for digest in set(hashes.values())}
    for row in history.revisions:
        digest = row["content_hash"]
        is_newest = row["number"] == article["revision"]
        content = _Content(
            last=str(last.get(digest, row["seen_at"])),
            extractor=article["extractor"] if is_newest else row["extractor"],
            language=article["language"],
            json=row["content"],
        )
        contents[digest] = content  # of several revisions the last one
    return _Observed({time: digest for time, digest in hashes.items() if digest in contents}, contents, origins)


def _revisions(
    hashes: Mapping[str, str], contents: Mapping[str, _Content], origins: Mapping[str, FetchKey]
) -> list[dict[str, Any]]:
    """Return the revisions: each change of the content in the order of time."""
    revisions: list[dict[str, Any]] = []
    for time in sorted(hashes):
        digest = hashes[time]
        if revisions and revisions[-1]["content_hash"] == digest:
            continue
        content = contents[digest]
        revisions.append({
            "number": len(revisions) + 1, "seen_at": time, "content_hash": digest, "content": content.json,
            "extractor": content.extractor, "fetch": origins.get(time),
        })  # fmt: skip
    return revisions


def _effects(fetches: Iterable[Fetch], hashes: Mapping[str, str]) -> tuple[Fetch, ...]:
    """Return the fetches with their effect on the article anew: new, changed or same."""
    times = sorted(hashes)
    effects = {
        time: "new" if before is None else "same" if hashes[before] == hashes[time] else "changed"
        for before, time in zip([None, *times], times, strict=False)
    }
    return tuple(
        replace(fetch, facts={**fetch.facts, "content": effects.get(fetch.fetched_at, fetch.facts["content"])})
        if fetch.facts["content"] is not None
        else fetch
        for fetch in fetches
    )


def _failures(fetches: Sequence[Fetch]) -> int:
    """Return how many of the latest fetches failed one after the other."""
    return sum(1 for _ in takewhile(lambda fetch: fetch.outcome in ("failed", "blocked"), reversed(fetches)))


def _settled(history: History) -> Row:
    """Return the page's state as the writer derives it from several fetches."""
    page = {**history.page, "failures": _failures(history.fetches)}
    if page["state"] == "alias":
        return page
    if history.fetches and history.fetches[-1].outcome == "unchanged" and page["kind"] == "article":
        reasons = [fetch.facts["reason"] for fetch in history.fetches if fetch.outcome == "no article"]
        unread = {"state": "no article", "reason": reasons[-1] if reasons else page["reason"]}
        page |= {"state": "stored", "reason": None} if history.article else unread
    return _gone(page, history.fetches) if history.article else page


def _gone(page: dict[str, Any], fetches: Sequence[Fetch]) -> Row:
    """Return the state of an article's page with the time since when it is missing, and gone."""
    decisive = [fetch for fetch in fetches if fetch.outcome in ("stored", "unchanged", "gone", "no article")]
    gone: list[Fetch] = []
    for fetch in reversed(decisive):
        if fetch.outcome != "gone":
            break
        gone.insert(0, fetch)
    if len(gone) > 1:
        since, reason = gone[0].fetched_at, gone[-1].facts["reason"]
        return {**page, "state": "gone", "reason": reason, "missing_since": since, "gone_since": since}
    if gone:
        page = {**page, "missing_since": gone[0].fetched_at, "gone_since": None}
        return {**page, "state": "stored", "reason": gone[0].facts["reason"]} if page["state"] == "gone" else page
    if page["state"] == "blocked":
        return {**page, "state": "stored", "reason": None}
    return page


def _version(text: str | None) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text or "")))


def _rank(value: Any) -> tuple[bool, Any]:
    """Order values of one column: None is the least."""
    return (value is not None, value if value is not None else 0)


def _ordered(row: Row, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple(_rank(row[name]) for name in names)
