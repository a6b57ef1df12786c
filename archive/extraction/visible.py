"""Facts printed on the page for readers: 来源, 作者, 日期 and 访问量 lines, English by-lines and date lines."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from itertools import pairwise

from archive.extraction.dates import find_dates
from archive.extraction.lines import SEAM, Line
from archive.extraction.titles import soften

# Lines before and after the title in which dates and by-lines are looked for; credits also stand in the last ones.
BEFORE, AFTER, TAIL = 12, 25, 40
_LABELS: dict[str, list[str]] = tomllib.loads(
    resources.files("archive.extraction").joinpath("labels.toml").read_text(encoding="utf-8")
)
_NAMES = {name: re.compile("|".join(labels), re.IGNORECASE) for name, labels in _LABELS.items()}
_ANY = "|".join(sorted((label for labels in _LABELS.values() for label in labels), key=len, reverse=True))
_LABEL = re.compile(
    rf"(?<![\w])(?P<label>{_ANY})(?P<colon>[\s{SEAM}]*[:：]|(?<=[/|])|[\s{SEAM}]+(?=\d|[^\W\d_]{{3,9}}\.? \d))",
    re.IGNORECASE,
)
_FACT_LINE = re.compile(rf"[(（【\[\s]{{0,3}}(?:{_ANY})\s?[:：]", re.IGNORECASE)
_LABEL_LINE = re.compile(rf"(?:{'|'.join(_LABELS['published'])})\s*[:：]?", re.IGNORECASE)
_VALUE_END = re.compile(rf"{SEAM}|[|｜]|\s{{2,}}|\s(?=\d{{4}}[-年/.])|[）)】\]](?=\s*$)|\s[-—]\s")
_NOT_A_DATE_LINE = re.compile(
    r"©|copyright|版权|版權|\bICP\b|备案|all rights reserved|-\s*(?:19|20)\d\d\s+all", re.IGNORECASE
)
_OTHER_DAY = re.compile(
    r"updated|modified|reviewed|更新|修改|aktualisiert|stand\b|born|deadline|expires", re.IGNORECASE
)
_NUMBER = re.compile(r"(?P<n>\d[\d,]{0,14}(?:\.\d+)?)\s*(?P<unit>万|萬|k\b)?", re.IGNORECASE)
_BY = re.compile(r"^(?:by|von|par|por|di)\s+(?P<names>[^\d|•·:]{3,80})", re.IGNORECASE)
# A name has no digits and ends no sentence; Chinese ones with a team's or paper's name have up to 12 characters.
_NAME = re.compile(r"[\u3400-\u9fff·•]{2,12}|(?=.{2,40}$)[^\W\d_][\w.'’·-]*(?: [\w.'’·()-]+){0,5}")
_NAME_SPLIT = re.compile(r"\s*(?:[,，、;；/&]|\band\b|\bund\b|\bet\b)\s*|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class Visible:
    """What the lines around the title and at the end say; dates are those printed with or without a label."""

    source: str | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    published: date | None = None
    modified: date | None = None
    near_title: date | None = None
    views: int | None = None


def read_visible(lines: Sequence[Line], title: str) -> Visible:
    """Read the labelled facts of the lines around `title`; of two lines with one label the nearer to it counts."""
    at = find_title(lines, title)
    around = _around(lines, at)
    facts: dict[str, list[str]] = {}
    for line in (*around, *lines[-TAIL:]):
        if len(line.text) <= 300:
            for name, value in labelled(line.seamed):
                facts.setdefault(name, []).append(value)
    return Visible(
        source=next((s for s in map(_clean_source, facts.get("source", ())) if s), None),
        authors=_names(facts.get("author") or facts.get("reporter") or _bylines(around)),
        editors=_names(facts.get("editor", ())),
        published=_first_date(facts.get("published", ())) or _stated_once(lines),
        modified=_first_date(facts.get("modified", ())),
        near_title=_near_title(lines, at),
        views=next((v for v in map(_count, facts.get("views", ())) if v is not None), None),
    )


def find_title(lines: Sequence[Line], title: str) -> int:
    """The index of the heading that prints the title, else of a line that does, else of the first heading, else 0."""
    wanted = soften(title)
    headings = [i for i, line in enumerate(lines) if line_tag(line) == "h1"]
    start = title[:1]
    same = [
        i for i, line in enumerate(lines) if line.linked < 0.5 and start in line.seamed[:400] and _prints(line, wanted)
    ]
    return next(iter([i for i in same if i in headings] or same or headings), 0)


def _prints(line: Line, wanted: str) -> bool:
    return bool(wanted) and len(line.seamed) <= 2 * len(wanted) + 200 and soften(line.text) == wanted


def line_tag(line: Line) -> str:
    """The tag of the block that a line stands in."""
    return str(line.block.tag)


def _around(lines: Sequence[Line], at: int) -> list[Line]:
    """After the title first: what stands before it is more often the site's than the article's."""
    return [*lines[at : at + AFTER], *reversed(lines[max(0, at - BEFORE) : at])]


def labelled(line: str) -> Iterator[tuple[str, str]]:
    """The (name, value) pairs of a line such as `来源:甲 日期: 2024.05.21 访问量: 0`."""
    found = list(_LABEL.finditer(line))
    ends = [*(match.start() for match in found[1:]), len(line)]
    for match, end in zip(found, ends, strict=False):
        rest = line[match.end() : end].strip(f" \u3000{SEAM}")
        name = _name(match["label"])
        value = rest if name in {"published", "modified", "views"} else _VALUE_END.split(rest, maxsplit=1)[0]
        value = value.replace(SEAM, " ").strip(" \u3000()（）[]【】|")
        if value and len(value) <= 80:
            yield name, value


def is_labelled(line: str) -> bool:
    """Whether a line begins with a label and a colon, as 来源, 作者 and date lines do."""
    return bool(_FACT_LINE.match(line))


def _name(label: str) -> str:
    return next(name for name, pattern in _NAMES.items() if pattern.fullmatch(label))


def _clean_source(value: str) -> str | None:
    text = next(iter(_VALUE_END.split(value)), "").strip("《》<>“”\"' ")
    return text if 1 < len(text) <= 40 and not any(True for _ in find_dates(text)) else None


def _names(values: Iterable[str]) -> tuple[str, ...]:
    """Names in order of print, without titles, duplicates and what is no name."""
    found = [name.strip(" .。:：") for value in values for name in _NAME_SPLIT.split(value)]
    return tuple(dict.fromkeys(name for name in found if _NAME.fullmatch(name)))


def _bylines(lines: Iterable[Line]) -> list[str]:
    for line in lines:
        match = _BY.match(line.text) if len(line.text) <= 90 else None
        if match and match["names"].split()[0][0].isupper() and len(match["names"].split()) <= 8:
            return [match["names"]]
    return []


def _first_date(values: Iterable[str]) -> date | None:
    for value in values:
        found = sorted(find_dates(value[:60]))
        if found and found[0][0] <= 12:
            return found[0][1]
    return None


def _near_title(lines: Sequence[Line], at: int) -> date | None:
    """The first date of a short line after the title, else shortly before it, that is not said to be another day's."""
    for index in (*range(at + 1, min(len(lines), at + 1 + AFTER)), *range(at - 1, max(-1, at - 5), -1)):
        text = lines[index].text
        if len(text) > 120 or lines[index].linked > 0.6 or _NOT_A_DATE_LINE.search(text):
            continue
        found = sorted(find_dates(text))
        if found and not _OTHER_DAY.search(f"{lines[index - 1].text[-30:] if index else ''} {text[: found[0][0]]}"):
            return found[0][1]
    return None


def _stated_once(lines: Sequence[Line]) -> date | None:
    """The day of publication that labelled short lines anywhere on the page name, if they name a single one."""
    short = [line for line in lines if len(line.seamed) <= 250]
    values = [value for line in short for name, value in labelled(line.seamed) if name == "published"]
    values += [after.text for line, after in pairwise(short) if _LABEL_LINE.fullmatch(line.text)]
    days = {day for value in values if (day := _first_date([value]))}
    return days.pop() if len(days) == 1 else None


def _count(value: str) -> int | None:
    match = _NUMBER.match(value)
    if match is None:
        return None
    factor = {"万": 10_000, "萬": 10_000, "k": 1_000}.get((match["unit"] or "").lower(), 1)
    return round(float(match["n"].replace(",", "")) * factor)
