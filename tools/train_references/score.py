"""How well parsed references agree with known ones: F1 over their fields, and how far the confidence can be trusted."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from archive.article import Reference
from archive.references.tokens import tokenise
from archive.text.characters import comparison_key
from tools.train_references.corpus import Sample, labelled, token_labels

FIELDS = ("authors", "title", "container_title", "year", "volume", "issue", "pages")
_LABELS = dict(zip(FIELDS, ("author", "title", "container", "date", "volume", "issue", "pages"), strict=True))


def comparable(name: str, text: str) -> str:
    """What must agree of a field: case, accents, spaces, punctuation and the words between names do not count."""
    if name == "year":
        match = re.search(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", text)
        return match[0] if match else ""
    if name == "pages":
        first, _, last = re.sub(r"[‐‑‒–—−~～]+|-+", "-", re.sub(r"[^\w‐‑‒–—−~～-]", "", text)).partition("-")
        if first.isdigit() and last.isdigit() and len(last) < len(first):
            last = first[: len(first) - len(last)] + last
        return f"{first}-{last}".lower() if first else ""
    if name == "authors":
        text = re.sub(r"\bet\s?al\b|\b(?:eds?|and|und|et)\b|等|&", " ", text, flags=re.IGNORECASE)
    if name == "container_title":
        text = re.sub(r"^\s*in:?\s", "", text, flags=re.IGNORECASE)
    return comparison_key(text)


@dataclass(frozen=True, slots=True)
class Score:
    """`fields` and `micro` are F1, `full` the share of references with every field right and none invented.

    `trust` is, by confidence in tenths (0 to 9), how many fields were found and how many of them were right.
    """

    count: int
    fields: dict[str, float]
    micro: float
    full: float
    trust: dict[int, tuple[int, int]] = field(default_factory=dict)


def score(samples: Iterable[Sample], parse: Callable[[str], Reference]) -> Score:
    """The agreement of what `parse` reads with what the samples say."""
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    trusted: Counter[int] = Counter()
    held: Counter[int] = Counter()
    count = full = 0
    for sample in samples:
        reference = parse(sample.text)
        wanted_text = _by_label(sample)
        good = True
        for name in FIELDS:
            value = getattr(reference, name)
            text = " ".join(value) if isinstance(value, tuple) else str(value or "")
            want, got = comparable(name, wanted_text.get(_LABELS[name], "")), comparable(name, text)
            same = want == got
            good = good and same
            right[name] += bool(same and got)
            found[name] += bool(got)
            wanted[name] += bool(want)
            if got:
                tenth = min(9, int(reference.confidence.get(name, 0.0) * 10))
                held[tenth] += 1
                trusted[tenth] += same
        count += 1
        full += good
    fields = {name: _f1(right[name], found[name], wanted[name]) for name in FIELDS}
    micro = _f1(right.total(), found.total(), wanted.total())
    return Score(count, fields, micro, full / max(1, count), {t: (held[t], trusted[t]) for t in sorted(held)})


def _by_label(sample: Sample) -> dict[str, str]:
    """The words of each label, as the model is taught them."""
    core, characters = labelled(sample)
    tokens = tokenise(core.text)
    words: dict[str, list[str]] = {}
    for token, label in zip(tokens, token_labels(tokens, characters), strict=True):
        words.setdefault(label, []).append(token.text)
    return {label: " ".join(texts) for label, texts in words.items()}


def _f1(right: int, found: int, wanted: int) -> float:
    return 2 * right / (found + wanted) if found + wanted else 1.0
