"""Read year, volume, issue and pages: labelled by the model, one feature of which is what the patterns found."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from archive.references.locators import YEAR, Locator, year_of
from archive.references.plain import plain
from archive.references.prepared import PreparedReference
from archive.references.sequence_model import LabelledSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The numbers of a reference; `confidence` (0..1) is by the name of the field in Reference."""

    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    confidence: Mapping[str, float] = field(default_factory=dict, hash=False)


_NAMES = ("volume", "issue", "pages")
_UNSEEN = 0.5  # the confidence of what a pattern found and the model did not


def read_numbers(prepared: PreparedReference, runs: Iterable[LabelledSpan]) -> Numbers:
    """Return the numbers of a prepared reference, given the spans that the model labelled."""
    found: dict[str, str] = {}
    confidence: dict[str, float] = {}
    dates: list[LabelledSpan] = []
    for run in runs:
        if run.label == "date":
            dates.append(run)
        elif run.label in _NAMES and run.label not in found:
            found[run.label] = prepared.body[run.start : run.end]
            confidence[run.label] = run.confidence
    if not found and prepared.locator and _complete(prepared.locator):
        found = {name: value for name in _NAMES if (value := getattr(prepared.locator, name))}
        confidence = dict.fromkeys(found, _UNSEEN)
    year, sure = _year(prepared, dates)
    if year:
        confidence["year"] = sure
    return Numbers(year=year, confidence=confidence, **found)


def _complete(locator: Locator) -> bool:
    return bool(locator.year and locator.pages and (locator.volume or locator.issue))


def _year(prepared: PreparedReference, dates: Iterable[LabelledSpan]) -> tuple[int | None, float]:
    """The year; after a type mark if there is one, because what stands before it is the title."""
    start = prepared.mark.end() if prepared.mark else 0
    for run in dates:
        if run.start >= start and (match := re.search(YEAR, plain(prepared.body[run.start : run.end]))):
            return int(match[0]), run.confidence
    printed = prepared.locator.year if prepared.locator else None
    return printed or year_of(prepared.text[start:]) or year_of(prepared.text) or year_of(prepared.body), _UNSEEN
