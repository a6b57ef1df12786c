"""Read labelled values in lines: 来源, 作者, 日期 and 访问量, and what tells one label's date from another's."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from archive.dom.lines import SEAM, Line
from archive.extraction.dates import DATE_WORDS, find_dates, find_short_date
from archive.text.scripts import HAN
from archive.text.word_lists import all_words, read_word_list

# Characters. Longer lines are prose, even with a label in them.
FACT_LINE = 250
# A block with more children is no row of facts.
MANY_CHILDREN = 30
LABELS: dict[str, list[str]] = read_word_list("archive.extraction", "labels")
_NAMES = {name: re.compile("|".join(labels), re.IGNORECASE) for name, labels in LABELS.items()}
_ANY = "|".join(sorted((label for labels in LABELS.values() for label in labels), key=len, reverse=True))
_LABEL = re.compile(
    rf"(?<![\w])(?P<label>{_ANY})(?:[\s{SEAM}]*[:：]|(?<=[/／])"
    rf"|[\s{SEAM}]+(?=\d|[^\W\d_]{{3,9}}\.? \d)|(?<=[{HAN}])(?=(?:19|20)\d\d))",
    re.IGNORECASE,
)
_LABEL_ALONE = re.compile(rf"(?P<label>{_ANY})\s?[:：]", re.IGNORECASE)
_LABEL_FIRST = re.compile(rf"[(（【\[\s]{{0,3}}(?:{_ANY})(?:\s?[:：]|(?<=[/／]))", re.IGNORECASE)
_VALUE_END = re.compile(
    rf"{SEAM}|[|｜]|\s{{2,}}|\s(?=\d{{4}}[-年/.]|(?:本报)?(?:记者|記者|通讯员|编辑|作者)|[{HAN}]{{1,4}}[/／:：])|[）)】\]](?=\s*$)|\s[-—·•]\s"
)
OTHER_DATE = re.compile("|".join(all_words(DATE_WORDS["other_date"])), re.IGNORECASE)
_PLACE = re.compile(rf"(?:{'|'.join(all_words(DATE_WORDS['place']))})\s?[:：]", re.IGNORECASE)
# Between the parts of a line of facts.
PART_BREAK = re.compile(rf"{SEAM}|[|｜·•/／]|\s[-–—]\s")
# Before the date on which the whole site was built or changed.
_SITE_DAY = re.compile(r"\b(?:site|website|page design)\b[^:：]{0,20}$", re.IGNORECASE)
# Characters between a label and its date at most: `am`, a day of the week, a place.
_LATEST_START = 16


def labelled_values(line: str) -> Iterator[tuple[str, str]]:
    """Yield the (name, value) pairs of a line such as `来源:甲 日期: 2024.05.21 访问量: 0`."""
    found = list(_LABEL.finditer(line))
    ends = [*(match.start() for match in found[1:]), len(line)]
    for match, end in zip(found, ends, strict=False):
        rest = line[match.end() : end].strip(f" \u3000{SEAM}")
        name = _name(match["label"])
        if name in {"published", "modified", "views"}:
            words = PART_BREAK.split(line[: match.start()])[-1]
            value = "" if _SITE_DAY.search(words) or _is_other_label(name, words, match["label"]) else rest[:60]
        else:
            value = _VALUE_END.split(rest, maxsplit=1)[0]
        value = value.replace(SEAM, " ").strip(" \u3000()（）[]【】|")
        if value and len(value) <= 80:
            yield name, value


def _is_other_label(name: str, words: str, label: str) -> bool:
    """Return whether the words before a label make it that of another date (`Expiry date`) or of a cited work."""
    last = words.rpartition(";")[2]
    dated = last != words and any(True for _ in find_dates(words))  # `Accepted: 3 May 2024; Published: 9 June 2024`
    cited = len(words.split()) > 2 and words.rstrip().endswith((".", ";")) and not dated
    return name == "published" and (cited or bool(OTHER_DATE.search(f"{last[-25:]}{label}")))


def is_labelled(line: str) -> bool:
    """Return whether a line begins with a label and a colon, as 来源, 作者 and date lines do."""
    return bool(_LABEL_FIRST.match(line))


def lone_label(line: str) -> str | None:
    """Return the name of the label that is alone on a line with its colon, None on other lines."""
    alone = _LABEL_ALONE.fullmatch(line)
    return _name(alone["label"]) if alone else None


def _name(label: str) -> str:
    return next(name for name, pattern in _NAMES.items() if pattern.fullmatch(label))


def clean_source(value: str) -> str | None:
    """Return the name of a source without quotes and what follows it, None if it is none."""
    text = next(iter(_VALUE_END.split(value)), "").strip("《》<>“”\"' ")
    return text if 1 < len(text) <= 40 and not any(True for _ in find_dates(text)) else None


def first_date(values: Iterable[str], language: str) -> date | None:
    """Return the date at the start of the first labelled value that has one; its year may have two digits."""
    for value in values:
        dates = sorted(find_dates(value[:60], language))
        found = dates[0] if dates else find_short_date(value[:30], language)
        if found and found[0] <= _LATEST_START:
            return found[1]
    return None


def is_event(lines: Sequence[Line], index: int) -> bool:
    """Return whether a line or the next one names the place of an event, so that the time beside it is the event's."""
    return any(_PLACE.search(line.text[:FACT_LINE]) for line in lines[index : index + 2])
