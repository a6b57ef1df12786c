"""What a check of a site looks at: its lists and some of its articles, and what is wrong with each."""

import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from archive.article import Article
from archive.text.scripts import CJK, count_cjk

_WORD = re.compile(rf"[^\W{CJK}]+")
# A complete article has so much text. Shorter ones are announcements, or the teaser that is left where a page shows its
# text to scripts or subscribers only.
CHARACTERS = 200
WORDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """A feed, sitemap or listing (`kind`) that a site's file names; `problem` is None where it was read. It was not
    `asked` for where its host has to be waited for."""

    url: str
    kind: str
    problem: str | None = None
    asked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An article that was fetched; `fate` says why nothing is stored of it. `characters` counts CJK ones, `words` those
    of other scripts."""

    url: str
    fate: str | None = None
    title: str | None = None
    characters: int = 0
    words: int = 0
    published: date | None = None
    language: str | None = None
    references: int = 0

    @property
    def problems(self) -> tuple[str, ...]:
        """What keeps it from being complete, in few words each."""
        if self.fate:
            return (f"not stored ({self.fate})",)
        lacking = {"no title": not self.title, "too little text": self.fullness < 1, "no date": self.published is None}
        return tuple(problem for problem, lacks in lacking.items() if lacks)

    @property
    def fullness(self) -> float:
        """How much text there is, as a multiple of what a complete article has at the least."""
        return max(self.characters / CHARACTERS, self.words / WORDS)

    @property
    def length(self) -> str:
        """The text's length, for people."""
        in_words = self.words / WORDS > self.characters / CHARACTERS
        return f"{self.words:,} words" if in_words else f"{self.characters:,} characters"

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        published = self.published.isoformat() if self.published else None
        return asdict(self) | {"published": published, "problems": list(self.problems)}


def tried(url: str, article: Article) -> Tried:
    """What counts of an article that is stored."""
    return Tried(
        url=url,
        title=article.title,
        characters=count_cjk(article.text),
        words=len(_WORD.findall(article.text)),
        published=article.published,
        language=article.language,
        references=len(article.references),
    )
