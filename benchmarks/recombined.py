"""Generate articles of realistic length from the paragraphs of labelled pages, deterministically.

The length is drawn from the real ones of the language, the paragraphs from a pool in which a few are common and most
are rare (Zipf's law, as with words), so that words of every frequency occur.
"""

import json
import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

CHINESE = 0.4  # share of the articles
SITES = 60
FIRST_DAY = date(2010, 1, 1)
DAYS = 6000
UNDATED = 0.05
SHORTEST = 12  # characters of a paragraph at least
TITLE = 60  # characters
EXPONENT = 0.6  # of Zipf's law; with 1 the commonest paragraphs are in every second article


@dataclass(frozen=True, slots=True)
class GeneratedArticle:
    """An article; its text is `paragraphs` with a blank line between."""

    number: int
    site: str
    title: str
    paragraphs: tuple[str, ...]
    language: str
    published: str | None


class Pool:
    """The paragraphs, titles and lengths of one language."""

    def __init__(self, pages: Sequence[dict[str, Any]], language: str, rng: random.Random) -> None:
        texts = {part.strip() for page in pages for part in page["text"].split("\n")}
        self.language = language
        self._paragraphs: list[str] = sorted(part for part in texts if len(part) >= SHORTEST)
        rng.shuffle(self._paragraphs)
        self._weights = list(accumulate((rank + 1) ** -EXPONENT for rank in range(len(self._paragraphs))))
        self._lengths = sorted(len(page["text"]) for page in pages)

    def article(self, rng: random.Random) -> tuple[str, tuple[str, ...]]:
        """Return a title and paragraphs."""
        length = rng.choice(self._lengths)
        parts: list[str] = []
        while length > 0:
            parts.append(self._paragraph(rng))
            length -= len(parts[-1])
        return self._paragraph(rng)[:TITLE], tuple(parts)

    def _paragraph(self, rng: random.Random) -> str:
        return self._paragraphs[bisect(self._weights, rng.random() * self._weights[-1])]


def pools(corpus: Path, rng: random.Random) -> tuple[Pool, Pool]:
    """Return the pools of Chinese and of all other languages, from a folder with `pages.jsonl`."""
    pages = [json.loads(line) for line in (corpus / "pages.jsonl").read_bytes().splitlines()]
    chinese = [page for page in pages if page["lang"] == "zh"]
    others = [page for page in pages if page["lang"] != "zh"]
    return Pool(chinese, "zh-Hans", rng), Pool(others, "en", rng)


def articles(corpus: Path, number: int, seed: int = 1) -> Iterator[GeneratedArticle]:
    """Yield `number` articles, a share of CHINESE in Chinese."""
    rng = random.Random(seed)  # noqa: S311
    chinese, others = pools(corpus, rng)
    sites = [f"site{rank}" for rank in range(SITES)]
    weights = list(accumulate(1 / (rank + 1) for rank in range(SITES)))
    for article in range(1, number + 1):
        pool = chinese if rng.random() < CHINESE else others
        title, paragraphs = pool.article(rng)
        day = FIRST_DAY + timedelta(days=int(DAYS * rng.random() ** 0.7))
        published = None if rng.random() < UNDATED else day.isoformat()
        (site,) = rng.choices(sites, cum_weights=weights)
        yield GeneratedArticle(article, site, title, paragraphs, pool.language, published)
