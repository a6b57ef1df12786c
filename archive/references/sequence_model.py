"""The sequence model that finds authors, title, container and the rest of a reference's fields.

A linear-chain conditional random field (Lafferty, McCallum & Pereira 2001) by CRFsuite, trained by
`python -m tools.train_references`. It is loaded when the first reference is parsed, never at import.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from archive.references import gazetteer
from archive.references.features import features
from archive.references.prepared import Core
from archive.references.tokens import Token, tokenise

OTHER = "other"
LABELS = ("author", "title", "container", "date", "volume", "issue", "pages", "publisher", "location", "editor", OTHER)


class Run(NamedTuple):
    """A stretch of `Core.body` with one label; `confidence` is the least marginal probability of its tokens."""

    label: str
    start: int
    end: int
    confidence: float


def observe(core: Core, journals: gazetteer.Gazetteer) -> tuple[list[Token], list[list[str]]]:
    """The tokens of a reference and their features: the same for training and for tagging."""
    tokens = tokenise(core.text)
    mark = core.mark.span() if core.mark else None
    return tokens, features(tokens, core.locator, journals.tags(tokens), mark)


class Model:
    """A trained model; safe to share between threads."""

    def __init__(self, data: bytes) -> None:
        import pycrfsuite

        self._tagger: Any = pycrfsuite.Tagger()
        self._tagger.open_inmemory(data)
        self._data = data  # the tagger reads from it, so it must live as long
        self._lock = threading.Lock()

    def label(self, rows: Sequence[Sequence[str]]) -> tuple[list[str], list[float]]:
        """The likeliest labels of the tokens whose features are given, and the probability of each."""
        with self._lock:
            labels = self._tagger.tag(rows)
            return labels, [self._tagger.marginal(label, i) for i, label in enumerate(labels)]

    def runs(self, core: Core, journals: gazetteer.Gazetteer) -> list[Run]:
        """The labelled stretches of a reference, in its order; unlabelled ones left out."""
        tokens, rows = observe(core, journals)
        if not tokens:
            return []
        labels, sure = self.label(rows)
        return list(_runs(core.body, tokens, labels, sure))


def _runs(body: str, tokens: Sequence[Token], labels: Sequence[str], sure: Sequence[float]) -> Iterator[Run]:
    """Runs of equal labels, joined across punctuation: `A title: the rest` is one title."""
    held: Run | None = None
    for token, label, confidence in zip(tokens, labels, sure, strict=True):
        if label == OTHER:
            continue
        if held and held.label == label and not re.search(r"\w", body[held.end : token.start]):
            held = Run(label, held.start, token.end, min(held.confidence, confidence))
            continue
        if held:
            yield held
        held = Run(label, token.start, token.end, confidence)
    if held:
        yield held


@cache
def shipped() -> Model:
    """The model of the package; read once."""
    return Model((files("archive.references") / "data" / "references.crfsuite").read_bytes())
