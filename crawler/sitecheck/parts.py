"""The parts of a site check: discovery pages and articles, and the problems of each."""

import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from archive.article import Article
from archive.text.scripts import CJK, count_cjk

_WORD = re.compile(rf"[^\W{CJK}]+")
# The least text of a complete article. Shorter ones are announcements, or teasers of pages that show their text only to
# scripts or subscribers.
CHARACTERS = 200
WORDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryPageCheck:
    """A feed, sitemap or listing of a site file, as its `kind` says.

    `problem` is None if it was read. `asked` is false if it was not fetched because its host is held.
    """

    url: str
    kind: str
    problem: str | None = None
    asked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCheck:
    """An article that was fetched; `outcome` says why it was not stored, None if it was.

    `characters` counts CJK characters, `words` counts the words of other scripts.
    """

    url: str
    outcome: str | None = None
    title: str | None = None
    characters: int = 0
    words: int = 0
    published: date | None = None
    language: str | None = None
    references: int = 0

    @property
    def problems(self) -> tuple[str, ...]:
        """What is missing for a complete article, in a few words each."""
        if self.outcome:
            return (f"not stored ({self.outcome})",)
        missing = {"no title": not self.title, "too little text": self.fullness < 1, "no date": self.published is None}
        return tuple(problem for problem, is_missing in missing.items() if is_missing)

    @property
    def fullness(self) -> float:
        """The length of the text, as a multiple of the least text of a complete article."""
        return max(self.characters / CHARACTERS, self.words / WORDS)

    @property
    def length(self) -> str:
        """The length of the text, in words or characters."""
        in_words = self.words / WORDS > self.characters / CHARACTERS
        return f"{self.words:,} words" if in_words else f"{self.characters:,} characters"

    def as_object(self) -> dict[str, Any]:
        """Return the article for JSON; the outcome has the key `fate`."""
        facts = {"fate" if name == "outcome" else name: value for name, value in asdict(self).items()}
        published = self.published.isoformat() if self.published else None
        return facts | {"published": published, "problems": list(self.problems)}


def check_article(url: str, article: Article) -> ArticleCheck:
    """Check an article that was stored."""
    return ArticleCheck(
        url=url,
        title=article.title,
        characters=count_cjk(article.text),
        words=len(_WORD.findall(article.text)),
        published=article.published,
        language=article.language,
        references=len(article.references),
    )
