"""Reference strings with labelled segments, and the labels of their characters."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.references.prepared import PreparedReference, prepare
from archive.references.sequence_model import LABELS, OTHER
from archive.references.tokens import Token

FILES = ("train-anystyle.jsonl", "train-anystyle-good.jsonl", "train-grobid.jsonl")
_MERGED = {"journal": "container", "container-title": "container", "translator": "editor", "director": "author"}
Segment = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """A reference as labelled segments; `source` names where it comes from."""

    segments: tuple[Segment, ...]
    source: str

    @property
    def text(self) -> str:
        """The printed string."""
        return "".join(text for _, text in self.segments)

    def field(self, label: str) -> str:
        """The text of a label's segments, edges cleaned."""
        return " ".join(text for name, text in self.segments if name == label).strip(" .,;:()\"'“”")


def read(folder: Path) -> list[Sample]:
    """Every sample of the training files in `folder`. Raises FileNotFoundError naming what is missing."""
    samples: list[Sample] = []
    for name in FILES:
        path = folder / name
        if not path.is_file():
            raise FileNotFoundError(f"no training data at {path}")
        with path.open(encoding="utf-8") as lines:
            samples += [_sample(json.loads(line)) for line in lines]
    return samples


def _sample(row: dict[str, list[list[str]]]) -> Sample:
    return Sample(tuple((_label(label), text) for label, text in row["segments"] if text), str(row["source"]))


def _label(label: str) -> str:
    label = _MERGED.get(label, label)
    return label if label in LABELS else OTHER


def labelled(sample: Sample) -> tuple[PreparedReference, list[str]]:
    """The prepared reference and one label for each of its characters."""
    characters: list[str] = []
    labels: list[str] = []
    for label, text in sample.segments:
        for character in text:
            if character.isspace():
                if not characters or characters[-1] == " ":
                    continue
                character = " "
            characters.append(character)
            labels.append(label)
    raw = "".join(characters)
    core = prepare(raw.rstrip())
    labels = labels[len(raw.rstrip()) - len(core.body) : len(raw.rstrip())]
    return core, _split_locators(core.body, labels)


_ISSUE = re.compile(
    r"\(([^()]{1,15})\)|(?:\b(?:no|nr|issue|n)\b|n°|№)\.?\s*(\d[\d/–-]*)|^\W*\d+\s*[.,/:]\s*(\d+)", re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"\W*((?:19|20)\d\d)[^;:]{0,14};")
_PAGES = re.compile(r":\s*([a-z]?\d+(?:\s?[-–]\s?\w+)?)\W*$", re.IGNORECASE)


def _split_locators(text: str, labels: list[str]) -> list[str]:
    """Issue, pages and year taken out of segments that hold them together with the volume (`2007;56(9):1232,`)."""
    for start, end in _stretches(labels, "volume"):
        year = _YEAR_FIRST.match(text, start, end)
        if year:
            labels[start : year.end(1)] = ["date"] * (year.end(1) - start)
        begin = year.end() if year else start
        if issue := _ISSUE.search(text[begin:end]):
            group = next(n for n in (1, 2, 3) if issue[n])
            a, b = begin + issue.start(group), begin + issue.end(group)
            labels[a:b] = ["issue"] * (b - a)
        if pages := _PAGES.search(text[begin:end]):
            a, b = begin + pages.start(1), begin + pages.end(1)
            if "issue" not in labels[a:b]:
                labels[a:b] = ["pages"] * (b - a)
    return labels


def _stretches(labels: Sequence[str], wanted: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = 0
    for i in range(1, len(labels) + 1):
        if i == len(labels) or labels[i] != labels[start]:
            if labels[start] == wanted:
                found.append((start, i))
            start = i
    return found


_IN = re.compile(r"(?:in|dans|en)\b[\s:]*", re.IGNORECASE)
_LOCATOR_WORD = re.compile(
    r"(?:vol(?:ume|s)?|bd|band|tome|no|nr|n|issue|number|pp?|pages?|seiten?|s)$|[第卷期页巻号頁권호집제년年Nn°º]$",
    re.IGNORECASE,
)


def token_labels(tokens: Sequence[Token], labels: Sequence[str]) -> list[str]:
    """The labels of tokens: those of their first character, with a run's punctuation and prefixes left outside."""
    found = [labels[token.start] if token.text[0] != "\x01" else OTHER for token in tokens]
    for label in LABELS:
        if label == OTHER:
            continue
        for start, end in _stretches(found, label):
            first, last = _inside(tokens[start:end], label)
            found[start : start + first] = [OTHER] * first
            found[start + last : end] = [OTHER] * (end - start - last)
    return found


def _inside(run: Sequence[Token], label: str) -> tuple[int, int]:
    """Where the words of a run begin and end."""
    first, last = 0, len(run)
    locator = label in {"volume", "issue", "pages", "date"}
    while first < last and (
        not run[first].text[0].isalnum()
        or (locator and _LOCATOR_WORD.match(run[first].text) and not _paged(run, first, label))
    ):
        first += 1
    if label == "container" and last - first > 1 and _IN.fullmatch(run[first].text):
        first += 1
        while first < last and not run[first].text[0].isalnum():
            first += 1
    while last > first and (
        not run[last - 1].text[-1].isalnum()
        or (locator and last - first > 1 and _LOCATOR_WORD.match(run[last - 1].text))
    ):
        last -= 1
    closers = {")": "(", "]": "[", "）": "（"}
    if last < len(run) and (opener := closers.get(run[last].text)):
        inside = [token.text for token in run[first:last]]
        if inside.count(opener) > inside.count(run[last].text):
            last += 1
    return first, last


def _paged(run: Sequence[Token], at: int, label: str) -> bool:
    """Whether the letter at `at` belongs to the number that it touches: `S12-S18`."""
    following = run[at + 1] if label == "pages" and at + 1 < len(run) else None
    return bool(
        run[at].text in {"S", "s", "N", "n"}
        and following
        and following.start == run[at].end
        and following.text[0].isdigit()
    )


def known_journals(samples: Iterable[Sample]) -> list[str]:
    """The container segments that look like journals' names, as printed."""
    return [
        name
        for sample in samples
        if (name := _IN.sub("", sample.field("container"))) and 2 < len(name) <= 90 and not re.search(r"\d", name)
    ]
