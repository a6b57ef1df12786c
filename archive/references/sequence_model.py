"""The sequence model that finds authors, title, container and the rest of a reference's fields.

A linear-chain conditional random field (Lafferty, McCallum & Pereira 2001) by CRFsuite, trained by
`python -m tools.train_references`. It is loaded when the first reference is parsed, not at import.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from archive.references import gazetteer
from archive.references.features import features
from archive.references.prepared import PreparedReference
from archive.references.tokens import Token, tokenise

OTHER = "other"
LABELS = ("author", "title", "container", "date", "volume", "issue", "pages", "publisher", "location", "editor", OTHER)


class LabelledSpan(NamedTuple):
    """A stretch of `PreparedReference.body` with one label.

    `confidence` is the smallest marginal probability (0..1) of its tokens.
    """

    label: str
    start: int
    end: int
    confidence: float


def tokens_and_features(
    prepared: PreparedReference, journals: gazetteer.Gazetteer
) -> tuple[list[Token], list[list[str]]]:
    """Return the tokens of a reference and the features of each, for training and for tagging."""
    tokens = tokenise(prepared.text)
    mark = prepared.mark.span() if prepared.mark else None
    return tokens, features(tokens, prepared.locator, journals.tags(tokens), mark)


class Model:
    """A trained model; safe to share between threads."""

    def __init__(self, data: bytes) -> None:
        import pycrfsuite

        self._tagger: Any = pycrfsuite.Tagger()
        self._tagger.open_inmemory(data)
        self._data = data  # the tagger reads from it, so it must live as long
        self._lock = threading.Lock()

    def label(self, rows: Sequence[Sequence[str]]) -> tuple[list[str], list[float]]:
        """Return the most probable label of each token, and its marginal probability (0..1)."""
        with self._lock:
            labels = self._tagger.tag(rows)
            return labels, [self._tagger.marginal(label, i) for i, label in enumerate(labels)]

    def label_spans(self, prepared: PreparedReference, journals: gazetteer.Gazetteer) -> list[LabelledSpan]:
        """Return the labelled stretches of a reference in order, without those labelled `other`."""
        tokens, rows = tokens_and_features(prepared, journals)
        if not tokens:
            return []
        labels, sure = self.label(rows)
        return list(_spans(prepared.body, tokens, labels, sure))


def _spans(body: str, tokens: Sequence[Token], labels: Sequence[str], sure: Sequence[float]) -> Iterator[LabelledSpan]:
    """Join tokens of equal label across punctuation: `A title: the rest` is one title."""
    held: LabelledSpan | None = None
    for token, label, confidence in zip(tokens, labels, sure, strict=True):
        if label == OTHER:
            continue
        if held and held.label == label and not re.search(r"\w", body[held.end : token.start]):
            held = LabelledSpan(label, held.start, token.end, min(held.confidence, confidence))
            continue
        if held:
            yield held
        held = LabelledSpan(label, token.start, token.end, confidence)
    if held:
        yield held


@cache
def shipped() -> Model:
    """Return the model that the package ships; it is read once."""
    return Model((gazetteer.DATA / "references.crfsuite").read_bytes())
