"""Year, volume, issue and pages of a reference: labelled by the model, which sees what the patterns found."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from archive.references.locators import YEAR, Locator, year_of
from archive.references.plain import plain
from archive.references.prepared import Core
from archive.references.sequence_model import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The locator of a reference; `confidence` is by the name of the field in Reference."""

    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    confidence: Mapping[str, float] = field(default_factory=dict, hash=False)


_NAMES = ("volume", "issue", "pages")
_UNSEEN = 0.5  # the confidence of what a pattern found and the model did not


def read_numbers(core: Core, runs: Iterable[Run]) -> Numbers:
    """The numbers of a prepared reference whose stretches the model has labelled."""
    found: dict[str, str] = {}
    confidence: dict[str, float] = {}
    dates: list[Run] = []
    for run in runs:
        if run.label == "date":
            dates.append(run)
        elif run.label in _NAMES and run.label not in found:
            found[run.label] = core.body[run.start : run.end]
            confidence[run.label] = run.confidence
    if not found and core.locator and _complete(core.locator):
        found = {name: value for name in _NAMES if (value := getattr(core.locator, name))}
        confidence = dict.fromkeys(found, _UNSEEN)
    year, sure = _year(core, dates)
    if year:
        confidence["year"] = sure
    return Numbers(year=year, confidence=confidence, **found)


def _complete(locator: Locator) -> bool:
    return bool(locator.year and locator.pages and (locator.volume or locator.issue))


def _year(core: Core, dates: Iterable[Run]) -> tuple[int | None, float]:
    """The year; after a type mark if there is one, because what stands before it is the title."""
    start = core.mark.end() if core.mark else 0
    for run in dates:
        if run.start >= start and (match := re.search(YEAR, plain(core.body[run.start : run.end]))):
            return int(match[0]), run.confidence
    printed = core.locator.year if core.locator else None
    return printed or year_of(core.text[start:]) or year_of(core.text) or year_of(core.body), _UNSEEN
