"""The types of an answer: a candidate paper and the evidence for it."""

from dataclasses import dataclass
from typing import Literal

from archive.literature.linking.model import CERTAIN
from archive.literature.record import LiteratureRecord


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that speaks for a paper: `[start:end]` of the news text, or of its title where `part` says so.

    `value` is what it agrees with: the author as indexed, the journal, or the word of the paper's title.
    """

    kind: Literal["author", "journal", "word", "number"]
    value: str
    start: int
    end: int
    part: Literal["title", "text"] = "text"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that a news text may report on, with the probability (0..1) that it does."""

    record: LiteratureRecord
    probability: float
    evidence: tuple[Evidence, ...]

    @property
    def pmid(self) -> str:
        """The record's PubMed identifier, or ""."""
        return self.record.pmid

    @property
    def doi(self) -> str:
        """The record's DOI, or ""."""
        return self.record.doi

    @property
    def is_answer(self) -> bool:
        """Whether the paper may be named as the one: the probability is at least `CERTAIN`."""
        return self.probability >= CERTAIN
