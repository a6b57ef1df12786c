"""The dates that a page prints: near the title, labelled, and in `<time>` elements."""

import re
from datetime import date
from itertools import pairwise

from archive.dom.lines import SEAM, Line, fold_line
from archive.extraction.dates import DATE_WORDS, find_dates, local_day, parse_date
from archive.extraction.labels import (
    FACT_LINE,
    LABELS,
    MANY_CHILDREN,
    OTHER_DATE,
    PART_BREAK,
    first_date,
    is_event,
    labelled_values,
)
from archive.extraction.near_title import AFTER, LINES_ABOVE, NEAR_TITLE, NEXT_LINES, is_foreign, is_related
from archive.extraction.page_lines import LINK_REST, PageLines, TimeElement
from archive.text.scripts import HAN
from archive.text.word_lists import all_words

_PUBLISHED = re.compile("|".join(LABELS["published"]), re.IGNORECASE)
_LABEL_END = re.compile(rf"(?<!\w)(?:{'|'.join(LABELS['published'])})\s?[:：]?$", re.IGNORECASE)
_LABEL_LINE = re.compile(rf"(?:{'|'.join(LABELS['published'])})\s*[:：]?", re.IGNORECASE)
_NOT_A_DATE_LINE = re.compile("|".join(all_words(DATE_WORDS["not_a_date_line"])), re.IGNORECASE)
_DATE_LABEL = re.compile("|".join(all_words(DATE_WORDS["date_label"])), re.IGNORECASE)
_CHANGE_LABEL = re.compile(rf"(?:{'|'.join(LABELS['modified'])})\s?[:：]?", re.IGNORECASE)
_COLON = re.compile(r"(?P<label>[^:：|｜]{1,40})[:：]\s?$")
# A sentence around a date: four words in lower case or ten Chinese characters before it, or a full stop at the end.
_SENTENCE = re.compile(rf"(?:(?<![^ ])[^\W\d_A-Z]{{1,30}} ){{4}}|[{HAN}]{{10}}")
_FULL_STOP = re.compile(r"(?:[^\W\d_]{3,} [^\W\d_]{2,}|\w{5})[.!?。！？；;]$")
_AFTER_DATE = re.compile(rf"[^日]{{4,10}}日\s?(?:{'|'.join(DATE_WORDS['after_date']['zh'])})")
_YEAR = re.compile(rf"(?:19|20|[١۱][٩۹]|[٢۲][٠۰]|१९|२०|25)\d\d|二[〇○零]|{'|'.join(DATE_WORDS['eras'])}")


def date_near_title(page: PageLines, at: int, *, beside: bool = False) -> date | None:
    """Return the date of the nearest `<time>` or short line after the title, else shortly before it.

    Lines right before the title go before those far behind it; `beside` looks only at the lines right after and before
    the title. Dates of an update, an event and the like and dates in comments do not count.
    """
    lines, language = page.lines, page.language
    stamps = [stamp for stamp in page.times if at - AFTER <= stamp.line <= at + AFTER]
    times = {stamp.line: day for stamp in reversed(stamps) if (day := date_of_time(page, stamp))}
    after, before = range(at + 1, min(len(lines), at + 1 + AFTER)), range(at - 1, max(-1, at - 5), -1)
    nearest = (*after[:NEXT_LINES], *before[:LINES_ABOVE])
    farther = () if beside else (*after[NEXT_LINES:NEAR_TITLE], *before[LINES_ABOVE:], *after[NEAR_TITLE:])
    for index in (*nearest, *farther):
        day = times.get(index) or _printed(lines[index], lines[index - 1].text if index else "", language)
        if (
            day
            and not is_event(lines, index)
            and not is_related(lines[index].block)
            and not is_foreign(page, at, lines[index].block, near=-LINES_ABOVE <= index - at <= NEXT_LINES)
        ):
            return day
    return times.get(at)


def _printed(line: Line, before: str, language: str) -> date | None:
    """Return the date in a short line, unless the words around it say that it is another date."""
    if len(line.text) > 120 or not _YEAR.search(line.text) or _NOT_A_DATE_LINE.search(line.text):
        return None
    text = line.spaced
    dates = sorted(find_dates(text, language))
    if not dates or (line.linked_share > 0.6 and _is_linked(line)):
        return None
    offset, day = dates[0]
    return None if _is_prose(text, offset) or is_other_date(text[:offset], before) or _is_birth(text, offset) else day


def _is_linked(line: Line) -> bool:
    """Return whether the date of a line is inside a link with more text than a date."""
    if next(line.block.iterancestors("a"), None) is not None or len(line.block) > MANY_CHILDREN:
        return True
    links = [text for text in (fold_line(str(a.text_content())) for a in line.block.iter("a")) if _YEAR.search(text)]
    return not all(map(_is_date, links))


def _is_date(text: str) -> bool:
    """Return whether a text is little more than a date."""
    return len(text) <= 30 and any(offset <= LINK_REST // 2 for offset, _ in find_dates(text))


def _is_prose(text: str, offset: int) -> bool:
    """Return whether the date at `offset` stands in a sentence."""
    before = PART_BREAK.split(text[:offset])[-1]
    if (
        _PUBLISHED.search(before) and before.count(". ") < 2
    ):  # with more sentences it is the publication of a cited work
        return False
    return bool(_SENTENCE.search(before) or _FULL_STOP.search(text[-80:]) or before.count(". ") > 1)


def _is_birth(text: str, offset: int) -> bool:
    """Return whether the words right behind the date at `offset` say that someone was born then, or the like."""
    return bool(_AFTER_DATE.match(text[offset : offset + 40]))


def date_of_time(page: PageLines, stamp: TimeElement) -> date | None:
    """Return the date of a `<time>`, None inside a larger link or if the text before it names another date."""
    element, language = stamp.element, page.language
    before = page.lines[stamp.line - 1].text if 0 < stamp.line <= len(page.lines) else ""
    if stamp.linked or is_other_date(f"{stamp.before} {element.get('class') or ''}", before):
        return None
    printed = parse_date(str(element.text_content())[:60], language)
    exact = element.get("datetime") or ""
    day = parse_date(exact, language)
    return local_day(exact, day, printed, language) if day else printed


def is_other_date(words: str, line_before: str = "") -> bool:
    """Return whether the words before a date say that it is an update, a birthday, a deadline or the like.

    `line_before` counts only if it is a label: others are titles and text.
    """
    part = PART_BREAK.split(words.strip(f" {SEAM}"))[-1]
    if not part.strip() and (line_before.endswith((":", "：")) or _CHANGE_LABEL.fullmatch(line_before)):
        part = line_before[-40:]
    if OTHER_DATE.search(part[-60:]):
        return True
    label = _COLON.search(part)
    return bool(label) and not (_LABEL_END.search(part.strip()) or _DATE_LABEL.search(part))


def ends_with_publication_label(before: str) -> bool:
    """Return whether the words before a date end with a label of publication."""
    return bool(_LABEL_END.search(before))


def only_labelled_date(page: PageLines) -> date | None:
    """Return the date of publication in labelled short lines anywhere on the page, if all of them have the same."""
    values: list[str] = []
    for index, (before, line) in enumerate(pairwise([*page.lines[:1], *page.lines])):
        if len(line.text) <= FACT_LINE and _YEAR.search(line.text) and not is_event(page.lines, index):
            if _PUBLISHED.search(line.text):
                values += [value for name, value in labelled_values(line.seamed) if name == "published"]
            elif _LABEL_LINE.fullmatch(before.text):
                values.append(line.spaced)
    days = {day for value in values if (day := first_date([value], page.language))}
    return days.pop() if len(days) == 1 else None
