"""Read year, volume, issue and pages: labelled by the model, one feature of which is what the patterns found."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archive.references.locators import YEAR, Locator, year_of
from archive.references.plain import plain
from archive.references.prepared import PreparedReference
from archive.references.sequence_model import LabelledSpan
from archive.text.scripts import FULL_WIDTH_FORMS


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
        elif run.label in _NAMES and run.label not in found and not _of_supplement(prepared.text, run):
            name = "issue" if run.label == "volume" and _alone_in_brackets(prepared.text, run) else run.label
            found[name] = _value(prepared, run)
            confidence[name] = run.confidence
    if not found and prepared.locator and _complete(prepared.locator):
        found = {name: value for name in _NAMES if (value := getattr(prepared.locator, name))}
        confidence = dict.fromkeys(found, _UNSEEN)
    year, sure = _year(prepared, dates)
    if year:
        confidence["year"] = sure
    return Numbers(year=year, confidence=confidence, **found)


_LETTERS = re.compile(r"(?<![^\W_])(?!pp?$)[A-Za-z]{1,2}$", re.IGNORECASE)
_MORE_LETTERS = re.compile(r"[A-Za-z]\d{0,4}(?![^\W_])")
_SUPPLEMENT = re.compile(r"\s(?:Suppl|Pt)\.?(?:\s\d{1,2})?(?=\s?[:(])", re.IGNORECASE)
_VOLUME_WORD = re.compile(r"(?:vols?|volume|v|bd|band|tome|t)\.?\s(?=\w)", re.IGNORECASE)


def _value(prepared: PreparedReference, run: LabelledSpan) -> str:
    """Return a number as printed, with the letters that touch it: `S12-S18`, `e1234`, `1234e5`."""
    text = prepared.body.translate(FULL_WIDTH_FORMS)
    start, end = run.start, run.end
    if run.label == "pages" and (before := _LETTERS.search(text, max(0, start - 3), start)):
        start = before.start()
    if run.label == "pages" and (after := _MORE_LETTERS.match(text, end)):
        end = after.end()
    if run.label == "volume" and (supplement := _SUPPLEMENT.match(text, end)):
        end = supplement.end()
    value = text[start:end]
    return _VOLUME_WORD.sub("", value, count=1) if run.label == "volume" and _VOLUME_WORD.match(value) else value


_SUPPLEMENT_OPEN = re.compile(r"\d\s(?:Suppl|Pt)\.?\s$", re.IGNORECASE)


def _of_supplement(text: str, run: LabelledSpan) -> bool:
    """Return whether a number counts the supplements of a volume, which it is then a part of: `12 Suppl 1:21`."""
    return run.label == "issue" and _SUPPLEMENT_OPEN.search(text, max(0, run.start - 9), run.start) is not None


_PAGES_FOLLOW = re.compile(r"\s?[)]\s?[:,]\s?[A-Za-z]{0,2}\d")


def _alone_in_brackets(text: str, run: LabelledSpan) -> bool:
    """Return whether a number stands in brackets behind a word and before pages: an issue without a volume."""
    before = text[: run.start].rstrip()
    if not before.endswith("(") or not _PAGES_FOLLOW.match(text, run.end):
        return False
    word = before[:-1].rstrip(" .")
    return word[-1:].isalpha()


def _complete(locator: Locator) -> bool:
    return bool(locator.year and locator.pages and (locator.volume or locator.issue))


_AFTER_AUTHORS = re.compile(rf"[,.]\s?[(]?({YEAR})[a-z]?[)]?[.,:]\s?(?=\S)")


def _year(prepared: PreparedReference, dates: Sequence[LabelledSpan]) -> tuple[int | None, float]:
    """The year; after a type mark if there is one, because what stands before it is the title.

    In the author-date form of GB/T 7714 it stands before the title: `Okada N, 2014. Hearing at sea[J].`
    """
    text = plain(prepared.text)
    start = prepared.mark.end() if prepared.mark else 0
    for run in dates:
        if run.start >= start and (match := re.search(YEAR, text[run.start : run.end])):
            return int(match[0]), run.confidence
    if prepared.mark and (match := _AFTER_AUTHORS.search(text, 0, start)):
        return int(match[1]), _UNSEEN
    printed = prepared.locator.year if prepared.locator else None
    year = printed or year_of(prepared.text[start:]) or year_of(prepared.text)
    return year or (None if prepared.accessed else year_of(prepared.body)), _UNSEEN
