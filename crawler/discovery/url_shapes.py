"""Find the shape of a site's article addresses: patterns for its file. Pure functions."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

MOST = 6  # patterns; a site with more shapes is better served by the guess
_VALUES = 4  # different names at one place of a path that are written out, as in /(?:news|blog)/
_COVERED = 0.9  # least share of the articles that the patterns match
_LEAST = 0.04  # least share of the articles that a shape has
_FILE = re.compile(r"\.(?:[sxj]?html?|php|aspx?|jsp)$", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
_ANYTHING = re.compile(r"^\^https\?://[^/]+(?:/\[\^/\]\+)*/\[\^/\?\]\+/?\$$")  # says nothing of what an article is
_ID = re.compile(r"(?:^|&)([A-Za-z_]*id|p)=\d+", re.IGNORECASE)


class _Shape(NamedTuple):
    """What addresses of one kind share: host, number of folders, ending, and the name of an id in the query."""

    host: str
    folders: int
    ending: str
    id_name: str


def article_patterns(articles: Collection[str], others: Collection[str]) -> tuple[str, ...]:
    """Return patterns that match the canonical URLs `articles` and none of `others`; none where there are no such.

    A folder whose name is a number is any number, one of many names is any name. The patterns match at least nine in
    ten of the articles. Of addresses that are nothing but a name below the host there is no pattern.
    """
    if len(articles) < 3:
        return ()
    groups: dict[_Shape, list[str]] = defaultdict(list)
    for url in articles:
        groups[_shape(url)].append(url)
    least = max(1, round(len(articles) * _LEAST))
    common = sorted((urls for urls in groups.values() if len(urls) >= least), key=len, reverse=True)
    patterns = tuple(dict.fromkeys(_pattern(urls) for urls in common))[:MOST]
    if any(_ANYTHING.search(pattern) for pattern in patterns):
        return ()
    compiled = [re.compile(pattern) for pattern in patterns]
    matched = sum(any(pattern.search(url) for pattern in compiled) for url in articles)
    if matched < _COVERED * len(articles) or any(pattern.search(url) for pattern in compiled for url in others):
        return ()
    return patterns


def _parts(url: str) -> tuple[list[str], str, str]:
    """Return the folders of a URL, the last part of its path, and its query."""
    path, _, query = url.partition("?")
    *folders, last = path.split("/")[3:]
    if not last and folders:  # /news/a-title/
        return folders[:-1], folders[-1] + "/", query
    return folders, last, query


def _shape(url: str) -> _Shape:
    folders, last, query = _parts(url)
    ending = "/" if last.endswith("/") else "".join(_FILE.findall(last))
    name = _ID.search(query)
    return _Shape(url.split("/")[2], len(folders), ending, name[1] if name else "")


def _pattern(urls: Sequence[str]) -> str:
    """Return the pattern of addresses of one shape."""
    shape, parts = _shape(urls[0]), [_parts(url) for url in urls]
    places = zip(*(folders for folders, _, _ in parts), strict=True)
    path = "".join(f"/{_folder(values)}" for values in places)
    host = rf"^https?://{re.escape(shape.host)}"
    if shape.id_name:
        last = _one_of({re.escape(last) for _, last, _ in parts}) or "[^/?]*"
        return rf"{host}{path}/{last}\?(?:.*&)?{re.escape(shape.id_name)}=\d+"
    stems = [last.removesuffix(shape.ending) for _, last, _ in parts]
    return rf"{host}{path}/{_name(stems)}{re.escape(shape.ending)}$"


def _folder(values: Iterable[str]) -> str:
    counts = Counter(values)
    if all(value.isdigit() for value in counts):
        lengths = {len(value) for value in counts}
        return rf"\d{{{lengths.pop()}}}" if len(lengths) == 1 else r"\d+"
    frequent = min(counts.values()) > 1 or len(counts) == 1
    numberless = not any(_NUMBERS.search(value) for value in counts)
    return (_one_of(set(map(re.escape, counts))) if frequent and numberless else None) or "[^/]+"


def _name(stems: Collection[str]) -> str:
    """Return the pattern of the last parts of paths: with numbers where all have them at the same places."""
    forms = {_NUMBERS.sub("0", re.escape(stem)) for stem in stems}
    if len(forms) == 1 and "0" in (form := forms.pop()):
        return form.replace("0", r"\d+")
    return "[^/?]+"


def _one_of(values: Collection[str]) -> str | None:
    if len(values) > _VALUES:
        return None
    return next(iter(values)) if len(values) == 1 else f"(?:{'|'.join(sorted(values))})"
