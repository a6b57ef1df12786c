"""Read facts that pages print for readers: 来源, 作者, 日期 and 访问量 lines, by-lines and date lines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from archive.dom.lines import SEAM, Line
from archive.extraction.author_names import byline_pattern, bylines, split_names
from archive.extraction.dates import find_dates, parse_date
from archive.extraction.page_lines import PageLines, TimeElement
from archive.extraction.titles import comparison_key
from archive.text.scripts import HAN
from archive.text.word_lists import all_words, read_word_list

# Number of lines before and after the title that are searched for dates and by-lines; the last TAIL lines of the page
# are searched for credits.
BEFORE, AFTER, TAIL = 12, 25, 40
# Characters. Longer lines are prose, even with a label in them.
FACT_LINE = 250
# By-lines without a colon and dates of a change count in this many lines from the title.
NEAR_TITLE = 10
_LABELS: dict[str, list[str]] = read_word_list("archive.extraction", "labels")
_BY = {kind: byline_pattern(phrases) for kind, phrases in read_word_list("archive.extraction", "by_phrases").items()}
_DATE_WORDS = read_word_list("archive.extraction", "dates")
_NAMES = {name: re.compile("|".join(labels), re.IGNORECASE) for name, labels in _LABELS.items()}
_ANY = "|".join(sorted((label for labels in _LABELS.values() for label in labels), key=len, reverse=True))
_LABEL = re.compile(
    rf"(?<![\w])(?P<label>{_ANY})(?P<colon>[\s{SEAM}]*[:：]|(?<=[/／])"
    rf"|[\s{SEAM}]+(?=\d|[^\W\d_]{{3,9}}\.? \d)|(?<=[{HAN}])(?=(?:19|20)\d\d))",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"(?P<label>{_ANY})\s?[:：]", re.IGNORECASE)
# Every line with a labelled fact contains one of these: a colon, the stroke of 文/, a number, a reporter.
_MAYBE = re.compile(r"[:：/／\d]|[记記]者|通讯员")
_FACT_LINE = re.compile(rf"[(（【\[\s]{{0,3}}(?:{_ANY})(?:\s?[:：]|(?<=[/／]))", re.IGNORECASE)
_PUBLISHED = re.compile("|".join(_LABELS["published"]), re.IGNORECASE)
_LABEL_END = re.compile(rf"(?<!\w)(?:{'|'.join(_LABELS['published'])})\s?[:：]?$", re.IGNORECASE)
_LABEL_LINE = re.compile(rf"(?:{'|'.join(_LABELS['published'])})\s*[:：]?", re.IGNORECASE)
# A reporter's name without a colon: `本报记者 赵青`, alone on its line or as a part of it.
_REPORTER = re.compile(
    rf"(?:^|[{SEAM}\s(（])[{HAN}]{{0,6}}(?:记者|記者|通讯员)[\s{SEAM}]{{1,3}}(?P<name>[{HAN}·]{{2,5}})(?=$|[{SEAM}\s)）])"
)
_VALUE_END = re.compile(rf"{SEAM}|[|｜]|\s{{2,}}|\s(?=\d{{4}}[-年/.])|[）)】\]](?=\s*$)|\s[-—·•]\s")
_NOT_A_DATE_LINE = re.compile("|".join(all_words(_DATE_WORDS["not_a_date_line"])), re.IGNORECASE)
_OTHER_DATE = re.compile("|".join(all_words(_DATE_WORDS["other_date"])), re.IGNORECASE)
# Before the date on which the whole site was built or changed.
_SITE_DAY = re.compile(r"\b(?:site|website|page design)\b[^:：]{0,20}$", re.IGNORECASE)
_NUMBER = re.compile(r"(?P<n>\d[\d,]{0,14}(?:\.\d+)?)\s*(?P<unit>万|萬|k\b)?", re.IGNORECASE)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_YEAR = re.compile(rf"(?:19|20)\d\d|{'|'.join(_DATE_WORDS['eras'])}")
# Characters between a label and its date at most: `am`, a day of the week, a place.
_LATEST_START = 16


@dataclass(frozen=True, slots=True)
class PrintedFacts:
    """The facts in the lines around the title and at the end of the page.

    `published` and `modified` are labelled dates; `modified_near_title` is the date of a change right below the title,
    where other sites print the date of publication. `views` is the number in the page's bytes, which may be 0 because
    a script counts later.
    """

    source: str | None = None
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    published: date | None = None
    modified: date | None = None
    modified_near_title: date | None = None
    views: int | None = None


def read_printed_facts(page: PageLines, at: int) -> PrintedFacts:
    """Return the labelled facts near the title's line `at`; of two with the same label the nearer one counts."""
    lines, language = page.lines, page.language
    # After the title first: a fact before it more often belongs to the site than to the article.
    after, before = range(at, min(len(lines), at + AFTER)), range(at - 1, max(-1, at - BEFORE), -1)
    facts = _facts(lines, [*after, *before, *range(max(0, len(lines) - TAIL), len(lines))])
    nearest = [*lines[at : at + NEAR_TITLE], *lines[max(0, at - 4) : at]]
    by = dict(reversed(list(bylines((line.seamed for line in nearest), _BY))))
    near = _facts(lines, after[:NEAR_TITLE]).get("modified", ())
    return PrintedFacts(
        source=next((s for s in map(_clean_source, facts.get("source", ())) if s), None),
        authors=split_names(facts.get("author", ())) or by.get("author", ()) or split_names(facts.get("reporter", ())),
        editors=split_names(facts.get("editor", ())) or by.get("editor", ()),
        published=_first_date(facts.get("published", ()), language),
        modified=_first_date(facts.get("modified", ()), language),
        modified_near_title=_first_date(near, language),
        views=next((v for v in map(_count, facts.get("views", ())) if v is not None), None),
    )


def find_title_line(page: PageLines, title: str) -> int:
    """Return the index of the heading that prints the title, else of such a line, else of the first heading, else 0."""
    wanted = comparison_key(title)
    headings = [heading.line for heading in page.headings if comparison_key(heading.text) == wanted]
    if headings:
        return headings[0]
    start, longest = title[:1], 2 * len(title) + 200
    lines = [(i, line) for i, line in enumerate(page.lines) if may_print_title(line) and start in line.text[:40]]
    same = next((i for i, line in lines if line.text == title), None)
    if same is None:
        same = next((i for i, line in lines if len(line.text) <= longest and comparison_key(line.text) == wanted), None)
    if same is not None:
        return same
    return page.headings[0].line if page.headings else 0


def may_print_title(line: Line) -> bool:
    """Return whether a line may print the title: no link, except a heading, which may link to the article itself."""
    return line.linked_share < 0.5 or line.block.tag in _HEADINGS


def _facts(lines: Sequence[Line], indexes: Iterable[int]) -> dict[str, list[str]]:
    """Return the labelled values of the lines at `indexes`, in that order; a label alone belongs to the next line."""
    facts: dict[str, list[str]] = {}
    for index in indexes:
        line = lines[index]
        if len(line.text) > FACT_LINE or not _MAYBE.search(line.text):
            continue
        alone = _ALONE.fullmatch(line.text)
        if alone and index + 1 < len(lines) and len(lines[index + 1].text) <= 80:
            facts.setdefault(_name(alone["label"]), []).append(lines[index + 1].spaced)
            continue
        for name, value in labelled_values(line.seamed):
            facts.setdefault(name, []).append(value)
        reporter = _REPORTER.search(line.seamed) if len(line.text) <= 60 else None
        if reporter:
            facts.setdefault("reporter", []).append(reporter["name"])
    return facts


def labelled_values(line: str) -> Iterator[tuple[str, str]]:
    """Yield the (name, value) pairs of a line such as `来源:甲 日期: 2024.05.21 访问量: 0`."""
    found = list(_LABEL.finditer(line))
    ends = [*(match.start() for match in found[1:]), len(line)]
    for match, end in zip(found, ends, strict=False):
        rest = line[match.end() : end].strip(f" \u3000{SEAM}")
        name = _name(match["label"])
        if name in {"published", "modified", "views"}:
            value = "" if _SITE_DAY.search(line[: match.start()]) else rest[:60]
        else:
            value = _VALUE_END.split(rest, maxsplit=1)[0]
        value = value.replace(SEAM, " ").strip(" \u3000()（）[]【】|")
        if value and len(value) <= 80:
            yield name, value


def is_labelled(line: str) -> bool:
    """Return whether a line begins with a label and a colon, as 来源, 作者 and date lines do."""
    return bool(_FACT_LINE.match(line))


def _name(label: str) -> str:
    return next(name for name, pattern in _NAMES.items() if pattern.fullmatch(label))


def _clean_source(value: str) -> str | None:
    text = next(iter(_VALUE_END.split(value)), "").strip("《》<>“”\"' ")
    return text if 1 < len(text) <= 40 and not any(True for _ in find_dates(text)) else None


def _first_date(values: Iterable[str], language: str) -> date | None:
    for value in values:
        dates = sorted(find_dates(value[:60], language))
        if dates and dates[0][0] <= _LATEST_START:
            return dates[0][1]
    return None


def date_near_title(page: PageLines, at: int) -> date | None:
    """Return the date of the first `<time>` or short line after the title, else shortly before it.

    Dates of an update, a deadline and the like do not count.
    """
    lines, language = page.lines, page.language
    times = {stamp.line: day for stamp in reversed(page.times) if (day := date_of_time(stamp, language))}
    for index in (*range(at + 1, min(len(lines), at + 1 + AFTER)), *range(at - 1, max(-1, at - 5), -1)):
        day = times.get(index) or _printed(lines[index], lines[index - 1].text[-30:] if index else "", language)
        if day:
            return day
    return times.get(at)


def _printed(line: Line, before: str, language: str) -> date | None:
    """Return the date in a short line, unless the line or the end of the line `before` says that it is another date."""
    if len(line.text) > 120 or line.linked_share > 0.6:
        return None
    if not _YEAR.search(line.text) or _NOT_A_DATE_LINE.search(line.text):
        return None
    text = line.spaced
    dates = sorted(find_dates(text, language))
    return dates[0][1] if dates and not is_other_date(f"{before} {text[: dates[0][0]]}") else None


def date_of_time(stamp: TimeElement, language: str) -> date | None:
    """Return the date of a `<time>`, None inside a larger link or if the text before it names another date."""
    element = stamp.element
    if stamp.linked or is_other_date(f"{stamp.before} {element.get('class') or ''}"):
        return None
    return parse_date(element.get("datetime"), language) or parse_date(str(element.text_content())[:60], language)


def is_other_date(before: str) -> bool:
    """Return whether the words before a date say that it is an update, a birthday, a deadline or the like."""
    return bool(_OTHER_DATE.search(before))


def ends_with_publication_label(before: str) -> bool:
    """Return whether the words before a date end with a label of publication."""
    return bool(_LABEL_END.search(before))


def only_labelled_date(page: PageLines) -> date | None:
    """Return the date of publication in labelled short lines anywhere on the page, if all of them have the same."""
    values: list[str] = []
    for before, line in pairwise([*page.lines[:1], *page.lines]):
        if len(line.text) <= FACT_LINE and _YEAR.search(line.text):
            if _PUBLISHED.search(line.text):
                values += [value for name, value in labelled_values(line.seamed) if name == "published"]
            elif _LABEL_LINE.fullmatch(before.text):
                values.append(line.spaced)
    days = {day for value in values if (day := _first_date([value], page.language))}
    return days.pop() if len(days) == 1 else None


def _count(value: str) -> int | None:
    match = _NUMBER.match(value)
    if match is None:
        return None
    factor = {"万": 10_000, "萬": 10_000, "k": 1_000}.get((match["unit"] or "").lower(), 1)
    return round(float(match["n"].replace(",", "")) * factor)
