"""Measure extraction on labelled pages: text F1 by group of pages, and the shares of correct titles, dates, authors.

The corpus is a folder with `pages.jsonl` (id, corpus, url, lang, health, text, title, date, author) and
`html/<id>.html.gz`.
"""

import gzip
import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

from archive.article import Article, NoArticle
from archive.extraction import extract
from archive.page import Page
from benchmarks.overlap import Pair, f1, overlap

_BETWEEN_NAMES = re.compile(r"\s*[;,、，/&|]\s*(?:and\s)?|\s(?:and|und|et)\s")
_DEGREES = re.compile(r"^Dr\.? |(?:,? (?:[A-Z]\.?){2,5}| Ph\.?D\.?)(?=$|,|;)")


def corpus_hash(folder: Path) -> str:
    """Return the SHA-256 of the labels and all pages, for which the floors hold."""
    digest = hashlib.sha256((folder / "pages.jsonl").read_bytes())
    for path in sorted((folder / "html").iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def measure(folder: Path) -> dict[str, float]:
    """Return the figures, 0 to 1: `f1 <group>` by corpus, for all, Chinese and health pages; title, date, authors."""
    texts: defaultdict[str, list[Pair]] = defaultdict(list)
    facts: defaultdict[str, list[bool]] = defaultdict(list)
    for row, article in _results(folder):
        pair = overlap(row["text"], article.text if article else "")
        for group in _groups(row):
            texts[group].append(pair)
        if row.get("title"):
            facts["title"].append(
                article is not None and _comparison_key(article.title) == _comparison_key(row["title"])
            )
        if row.get("date"):
            facts["date"].append(article is not None and str(article.published) == row["date"][:10])
        if row.get("author"):
            facts["authors"].append(article is not None and _names(*article.authors) == _names(row["author"]))
    figures = {f"f1 {group}": f1(pairs) for group, pairs in sorted(texts.items())}
    return figures | {name: fmean(right) for name, right in sorted(facts.items())}


def _results(folder: Path) -> Iterator[tuple[dict[str, Any], Article | None]]:
    for line in (folder / "pages.jsonl").read_bytes().splitlines():  # str.splitlines would split at U+2028 in a text
        row = json.loads(line)
        body = gzip.decompress((folder / "html" / f"{row['id']}.html.gz").read_bytes())
        try:
            yield row, extract(Page(url=row["url"], body=body))
        except NoArticle:
            yield row, None


def _groups(row: dict[str, Any]) -> list[str]:
    groups = ["all", row["corpus"]]
    groups += ["zh"] if row["lang"] == "zh" else []
    groups += ["health"] if row["health"] else []
    return groups


def _names(*lists: str) -> set[str]:
    """Return the names in printed lists, without degrees, as keys to compare."""
    parts = (part for listed in lists for part in _BETWEEN_NAMES.split(_DEGREES.sub("", listed)))
    return {key for part in parts if (key := _comparison_key(part))}


def _comparison_key(text: str) -> str:
    """Return letters and digits in lower case without accents, to compare titles."""
    plain = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c for c in plain if c.isalnum()).lower()
