"""Measure recall and precision of search against brute force, on labelled pages.

The queries are Chinese words of every length, cut out of the pages anywhere, and names such as IL-10, which are written
into pages in one spelling and searched in another. Brute force reads every text: it contains a Chinese word if the
folded text has it, also across a single space or line break, and a name if it has any of its spellings.
"""

import json
import random
import re
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
RECALL = {True: 1.0, False: 0.99}  # targets: of Chinese words, of names
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
    def chinese(self) -> bool:
        """Whether the queries are Chinese words, which must all be found."""
        return self.kind.startswith("Chinese")


def measure(corpus: Path, seed: int = 1) -> list[Quality]:
    """Return the figures for the pages of a folder with `pages.jsonl`."""
    rng = random.Random(seed)  # noqa: S311
    rows = [json.loads(line) for line in (corpus / "pages.jsonl").read_bytes().splitlines()]
    texts = [row["text"] for row in rows]
    names = [(name, spelling) for name in NAMES for spelling in spellings(name)]
    for _, spelling in names:
        for page in rng.sample(range(len(texts)), PAGES_WITH_NAME):
            texts[page] += f"\n\n研究表明，{spelling}的表达升高。 The level of {spelling} rose."
    db = _archive([row.get("title") or "" for row in rows], texts)
    plain = [_SPACE.sub("", fold(text)).lower() for text in texts]
    titles = [_SPACE.sub("", fold(row.get("title") or "")).lower() for row in rows]
    both = [f"{title}\n\n{text}" for title, text in zip(titles, plain, strict=True)]
    chinese = [
        _quality(f"Chinese, {length} characters", db, list(_words(texts, length, rng)), both) for length in LENGTHS
    ]
    queries = [(spelling, _pattern(name)) for name, spelling in names]
    return [*chinese, _quality("names such as IL-10", db, queries, both)]


def spellings(name: str) -> list[str]:
    """Return the spellings of a name: with a hyphen, a space or nothing, and Greek letters as words."""
    latin = "".join(_GREEK.get(letter, letter) for letter in name)
    forms = dict.fromkeys([name, latin])
    return list(dict.fromkeys(form.replace("-", joint) for form in forms for joint in ("-", "", " ", "‑")))


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
    recalls, precisions = [], []
    for word, pattern in queries:
        expected = {number for number, text in enumerate(texts, 1) if pattern.search(text)}
        recalls.append(len(expected.intersection(matching(db, f'"{word}"'))) / len(expected))
        first = [hit.id for hit in search(db, f'"{word}"', limit=FIRST, copies=True).hits]
        precisions.append(fmean(number in expected for number in first) if first else 0.0)
    return Quality(kind, len(queries), fmean(recalls), fmean(precisions))


def _archive(titles: Sequence[str], texts: Sequence[str]) -> Database:
    db = Database(memory=True)
    migrations.apply(db)
    db.execute("pragma foreign_keys = off")
    for number, (title, text) in enumerate(zip(titles, texts, strict=True), 1):
        row = {"id": number, "url": str(number), "site": "", "title": title, "text": text}
        db.conn.execute(ARTICLE, row | {"language": None, "published": None, "now": MOMENT})
    return db
