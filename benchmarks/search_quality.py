"""Measure recall and precision of search against brute force, on labelled pages.

The queries are Chinese words of every length, cut out of the pages anywhere, and names such as IL-10, which are written
into pages in one spelling and searched in another, and queries as people type them (typed_queries.toml), whose words
are written into pages too. Brute force reads every text: it contains a Chinese word if the folded text has it, also
across a single space or line break, and a name if it has any of its spellings.
"""

import json
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from sqlite_utils import Database

from archive.retrieval.engine import matching, search
from archive.storage.migrations import migrations
from archive.text.folding import BRIDGED, UNSPACED, fold
from archive.text.scripts import HAN
from benchmarks.search_archive import ARTICLE, MOMENT

WORDS = 150  # queries of each length
LENGTHS = range(1, 9)  # characters
NAMES = (
    "IL-10", "IL-6", "IL-17A", "TGF-β1", "TNF-α", "IFN-γ", "COVID-19", "CD-34", "miR-21", "PGC-1α", "NF-κB", "BRCA-1",
)  # fmt: skip
PAGES_WITH_NAME = 6  # pages that each spelling is written into
FIRST = 10  # hits for which precision is computed
RECALL = {True: 1.0, False: 0.99}  # targets: of Chinese words and typed queries, of names
PRECISION = 0.98

_HAN = re.compile(f"[{HAN}]+")
_SPACE = re.compile(rf"(?<=[{UNSPACED}])[{BRIDGED}](?=[{UNSPACED}])")
_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "κ": "kappa"}


@dataclass(frozen=True, slots=True)
class Quality:
    """The number of queries of a kind, their mean recall, and the mean precision of the first ten hits."""

    kind: str
    queries: int
    recall: float
    precision: float

    @property
    def complete(self) -> bool:
        """Whether all articles must be found: for Chinese words and queries as people type them."""
        return self.kind.startswith(("Chinese", "typed"))


@dataclass(frozen=True, slots=True)
class Typed:
    """A query as people type it: the words of an article that it must find, those that it must not have, its title."""

    kind: str
    query: str
    words: Sequence[str]
    without: Sequence[str] = ()
    title: str = ""

    def matches(self, title: str, text: str) -> bool:
        """Return whether an article matches, both texts as `_plain` returns them."""
        both = f"{title}\n\n{text}"
        if any(_plain(word) in both for word in self.without):
            return False
        return all(_plain(word) in both for word in self.words) and _plain(self.title) in title


def measure(corpus: Path, seed: int = 1) -> list[Quality]:
    """Return the figures for the pages of a folder with `pages.jsonl`."""
    rng = random.Random(seed)  # noqa: S311
    rows = [json.loads(line) for line in (corpus / "pages.jsonl").read_bytes().splitlines()]
    texts = [row["text"] for row in rows]
    names = [(name, spelling) for name in NAMES for spelling in spellings(name)]
    for _, spelling in names:
        for page in rng.sample(range(len(texts)), PAGES_WITH_NAME):
            texts[page] += f"\n\n研究表明，{spelling}的表达升高。 The level of {spelling} rose."
    printed_titles = [row.get("title") or "" for row in rows]
    typed = list(_typed())
    for each in typed:
        for number, page in enumerate(rng.sample(range(len(texts)), PAGES_WITH_NAME)):
            printed_titles[page] += f" {each.title}"
            excluded = each.without if number % 2 else ()  # half of the pages are not to be found
            texts[page] += "\n\n" + "\n".join(f"关于{word}。 On {word}." for word in [*each.words, *excluded])
    db = _archive(printed_titles, texts)
    plain, titles = list(map(_plain, texts)), list(map(_plain, printed_titles))
    both = [f"{title}\n\n{text}" for title, text in zip(titles, plain, strict=True)]
    chinese = [
        _quality(f"Chinese, {length} characters", db, list(_words(texts, length, rng)), both) for length in LENGTHS
    ]
    queries = [(spelling, _pattern(name)) for name, spelling in names]
    kinds = list(dict.fromkeys(each.kind for each in typed))
    as_typed = [_quality_typed([each for each in typed if each.kind == kind], db, titles, plain) for kind in kinds]
    return [*chinese, _quality("names such as IL-10", db, queries, both), *as_typed]


def spellings(name: str) -> list[str]:
    """Return the spellings of a name: with a hyphen, a space or nothing, and Greek letters as words."""
    latin = "".join(_GREEK.get(letter, letter) for letter in name)
    forms = dict.fromkeys([name, latin])
    return list(dict.fromkeys(form.replace("-", joint) for form in forms for joint in ("-", "", " ", "‑")))


def _typed() -> Iterator[Typed]:
    tables = tomllib.loads(Path(__file__).with_name("typed_queries.toml").read_text(encoding="utf-8"))
    for kind, queries in tables.items():
        for query, expected in queries.items():
            yield Typed(f"typed, {kind.replace('_', ' ')}", query, **expected)


def _plain(text: str) -> str:
    return _SPACE.sub("", fold(text)).lower()


def _pattern(name: str) -> re.Pattern[str]:
    """Return a pattern for a name in folded text: its letters and digits, with at most one mark between two parts."""
    parts = re.findall("|".join([*_GREEK.values(), r"[^\W\d]", r"\d+"]), fold(name).lower())
    return re.compile(r"(?<![a-z\d])" + "[-‑ ]?".join(parts) + r"(?![a-z\d])")


def _words(texts: Sequence[str], length: int, rng: random.Random) -> Iterator[tuple[str, re.Pattern[str]]]:
    runs = [run for text in texts for run in _HAN.findall(text) if len(run) >= length]
    for run in rng.sample(runs, WORDS):
        start = rng.randrange(len(run) - length + 1)
        word = run[start : start + length]
        yield word, re.compile(re.escape(fold(word)))


def _quality(kind: str, db: Database, queries: Sequence[tuple[str, re.Pattern[str]]], texts: Sequence[str]) -> Quality:
    found = [
        _recall_and_precision(db, f'"{word}"', {number for number, text in enumerate(texts, 1) if pattern.search(text)})
        for word, pattern in queries
    ]
    return Quality(kind, len(queries), *map(fmean, zip(*found, strict=True)))


def _quality_typed(queries: Sequence[Typed], db: Database, titles: Sequence[str], texts: Sequence[str]) -> Quality:
    pages = list(enumerate(zip(titles, texts, strict=True), 1))
    found = [
        _recall_and_precision(db, each.query, {number for number, page in pages if each.matches(*page)})
        for each in queries
    ]
    return Quality(queries[0].kind, len(queries), *map(fmean, zip(*found, strict=True)))


def _recall_and_precision(db: Database, query: str, expected: set[int]) -> tuple[float, float]:
    """Return the recall, and the precision of the first hits."""
    first = [hit.id for hit in search(db, query, limit=FIRST, copies=True).hits]
    precision = fmean(number in expected for number in first) if first else 0.0
    return len(expected.intersection(matching(db, query))) / len(expected), precision


def _archive(titles: Sequence[str], texts: Sequence[str]) -> Database:
    db = Database(memory=True)
    migrations.apply(db)
    db.execute("pragma foreign_keys = off")
    for number, (title, text) in enumerate(zip(titles, texts, strict=True), 1):
        row = {"id": number, "url": str(number), "site": "", "title": title, "text": text}
        db.conn.execute(ARTICLE, row | {"language": None, "published": None, "now": MOMENT})
    return db
