"""What a study is: its codebook, its coders, its articles, and their answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from archive.notes.codebook import Codebook
from archive.notes.models import AbsentError, ArticleName, RefusedError
from archive.text.messages import message


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyArticle:
    """An article of a study at its position, from 1."""

    position: int
    name: ArticleName


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study: its codebook as it was when the study was made, its coders, its articles, and who is done."""

    id: int
    name: str
    codebook: Codebook
    coders: tuple[str, str]
    adjudicator: str
    articles: tuple[StudyArticle, ...]
    finished: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether answers may be seen by all: both coders are done."""
        return set(self.coders) <= set(self.finished)

    def require_coder(self, actor: str) -> None:
        """Raise RefusedError for one who is no coder of the study."""
        first, second = self.coders
        if actor not in self.coders:
            raise RefusedError(
                message(
                    "%(actor)s is no coder of the study %(name)s: %(first)s and %(second)s are.",
                    actor=actor,
                    name=self.name,
                    first=first,
                    second=second,
                )
            )

    def may_adjudicate(self, actor: str) -> bool:
        """Return whether an actor settles disagreements: the adjudicator, or a coder where none is named."""
        return actor == self.adjudicator if self.adjudicator else actor in self.coders

    def article(self, position: int) -> StudyArticle:
        """Return the article at a position. Raises RefusedError."""
        if not 1 <= position <= len(self.articles):
            raise AbsentError(
                message(
                    "The study %(name)s has articles 1 to %(number)s, not %(position)s.",
                    name=self.name,
                    number=len(self.articles),
                    position=position,
                )
            )
        return self.articles[position - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """The answers of a coder on an article, by question; `version` 0: nothing is stored yet."""

    answers: Mapping[str, str]
    comment: str = ""
    version: int = 0
    changed_by: str = ""
    changed_at: str = ""
