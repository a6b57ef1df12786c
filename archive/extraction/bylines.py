"""Read facts that pages print for readers: 来源, 作者, 日期 and 访问量 lines, by-lines and date lines."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lxml.html import HtmlElement

from archive.dom.lines import SEAM, Line
from archive.extraction.author_names import byline_pattern, bylines, is_person, is_reporter, names_at, split_names
from archive.extraction.dates import find_dates, find_short_date
from archive.extraction.page_lines import PageLines
from archive.text.characters import comparison_key
from archive.text.scripts import HAN
from archive.text.word_lists import all_words, read_word_list

# Number of lines before and after the title that are searched for dates and by-lines; the last TAIL lines of the page
# are searched for credits.
BEFORE, AFTER, TAIL = 12, 25, 40
# Characters. Longer lines are prose, even with a label in them.
FACT_LINE = 250
# By-lines without a colon and dates of a change count in this many lines from the title.
NEAR_TITLE = 10
LABELS: dict[str, list[str]] = read_word_list("archive.extraction", "labels")
BY_PHRASES = read_word_list("archive.extraction", "by_phrases")
_BY = {kind: byline_pattern(BY_PHRASES[kind]) for kind in ("author", "editor")}
# A date with a by-line behind it: `Published on May 3, 2024 by Ann Lee`, `Publié le 3 mai à 10h30 par Claire Morel`.
_DATED_BY = re.compile(
    r"[^.!?]{0,60}?\d\s?(?:[ap]\.?m\.?|Uhr|h)?\s(?=(?:by|von|par|por|di)\s(?-i:[^\W\d_a-z]))", re.IGNORECASE
)
_LOCAL_BY = {language: byline_pattern(phrases) for language, phrases in BY_PHRASES["local"].items()}
# `Reviewed <i>by</i> <a>Ann Lee</a>` is not a by-line of its own.
_PARTED = re.compile(
    rf"(?<!\w)({'|'.join(BY_PHRASES['before_by'])})\s?{SEAM}[\s{SEAM}]{{0,5}}(?=(?:by|von|par|por|di|da)(?!\w))",
    re.IGNORECASE,
)
# A phrase before a name that is alone on its line, and its characters at most, with seams.
_ALONE_BY = re.compile(rf"(?:{'|'.join([*BY_PHRASES['author'], *LABELS['author']])})\s?[:：]?", re.IGNORECASE)
_LONGEST_PHRASE = 40
# Characters of a line with a reporter's name, at most.
_SHORT = 60
DATE_WORDS = read_word_list("archive.extraction", "dates")
_NAMES = {name: re.compile("|".join(labels), re.IGNORECASE) for name, labels in LABELS.items()}
_PUBLISHED_LINE = re.compile(rf"(?:{'|'.join(LABELS['published'])})|\d", re.IGNORECASE)
_ANY = "|".join(sorted((label for labels in LABELS.values() for label in labels), key=len, reverse=True))
_LABEL = re.compile(
    rf"(?<![\w])(?P<label>{_ANY})(?P<colon>[\s{SEAM}]*[:：]|(?<=[/／])"
    rf"|[\s{SEAM}]+(?=\d|[^\W\d_]{{3,9}}\.? \d)|(?<=[{HAN}])(?=(?:19|20)\d\d))",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"(?P<label>{_ANY})\s?[:：]", re.IGNORECASE)
# Every line with a labelled fact contains one of these: a colon, the stroke of 文/, a number, a reporter.
_MAYBE = re.compile(r"[:：/／\d]|[记記]者|通讯员")
_FACT_LINE = re.compile(rf"[(（【\[\s]{{0,3}}(?:{_ANY})(?:\s?[:：]|(?<=[/／]))", re.IGNORECASE)
# A reporter's name without a colon: `本报记者 赵青`, alone on its line or as a part of it.
_REPORTER = re.compile(
    rf"(?:^|[{SEAM}\s(（])[{HAN}]{{0,6}}(?:记者|記者|通讯员)(?:[\s{SEAM}]{{1,3}}(?P<name>[{HAN}·]{{2,5}})"
    rf"|(?P<joined>[{HAN}]{{3}}))(?=$|[{SEAM}\s)）])"
)
_KOREAN_REPORTER = re.compile(
    rf"(?:^|[{SEAM}\s/|])(?P<name>[가-힣]{{2,4}})\s?(?:[가-힣]{{2}}\s?)?(?:기자|특파원|편집장)(?=$|[{SEAM}\s|(=·])"
)
_VALUE_END = re.compile(
    rf"{SEAM}|[|｜]|\s{{2,}}|\s(?=\d{{4}}[-年/.]|(?:本报)?(?:记者|記者|通讯员|编辑|作者)|[{HAN}]{{1,4}}[/／:：])|[）)】\]](?=\s*$)|\s[-—·•]\s"
)
OTHER_DATE = re.compile("|".join(all_words(DATE_WORDS["other_date"])), re.IGNORECASE)
_PLACE = re.compile(rf"(?:{'|'.join(all_words(DATE_WORDS['place']))})\s?[:：]", re.IGNORECASE)
_DATELINE = re.compile(
    rf"[（(][{HAN}]{{0,6}}(?:记者|記者)\s?(?P<names>[{HAN}·]{{2,4}}(?:[\s、，][{HAN}·]{{2,5}}){{0,4}})\s?[)）]"
)
# Characters before which a dateline ends.
_LATEST_DATELINE = 80
_BETWEEN = re.compile(r" ?[,，/／|｜] ?")
# Between the parts of a line of facts.
PART_BREAK = re.compile(rf"{SEAM}|[|｜·•/／]|\s[-–—]\s")
# Classes of comments, and of related articles and side columns.
_COMMENTS = re.compile(r"(?:^|[\s_-])(?:comments?|commentlist|respond|disqus|replies)(?:$|[\s_-])")
_RELATED = re.compile(r"(?:^|[\s_-])related(?:$|[\s_-])")
_BESIDE = re.compile(r"(?:^|[\s_-])(?:related|recommend\w{0,8}|sidebar|footer)(?:$|[\s_-])")
# A block with more children is no row of facts.
MANY_CHILDREN = 30
# Lines right after and before the title, which belong to the article even in an `<aside>`.
NEXT_LINES, LINES_ABOVE = 4, 2
# Before the date on which the whole site was built or changed.
_SITE_DAY = re.compile(r"\b(?:site|website|page design)\b[^:：]{0,20}$", re.IGNORECASE)
_NUMBER = re.compile(r"(?P<n>\d[\d,]{0,14}(?:\.\d+)?)\s*(?P<unit>万|萬|k\b)?", re.IGNORECASE)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
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
    found = list(_facts(lines, [*after, *before, *range(max(0, len(lines) - TAIL), len(lines))]))
    facts: dict[str, list[str]] = {}
    for _, name, value in found:
        facts.setdefault(name, []).append(value)
    labelled: dict[int, list[str]] = {}
    for index, name, value in found:
        if name == "author":
            labelled.setdefault(index, []).append(value)
    signed = _signed_near(page, at, labelled)
    changed = (value for index, name, value in found if name == "modified" and index in after[:NEAR_TITLE])
    return PrintedFacts(
        source=next((s for s in map(clean_source, facts.get("source", ())) if s), None),
        authors=signed.get("author", ())
        or _names_in(facts.get("author", ()))
        or next(filter(None, (_named_in_dateline(line) for line in lines[at + 1 : at + 1 + NEAR_TITLE])), ())
        or split_names(facts.get("reporter", ()))
        or next(filter(None, (_named_with_role(line) for line in lines[at + 1 : at + 1 + NEXT_LINES])), ()),
        editors=split_names(facts.get("editor", ())) or signed.get("editor", ()),
        published=first_date(facts.get("published", ()), language),
        modified=first_date(facts.get("modified", ()), language),
        modified_near_title=first_date(changed, language),
        views=next((v for v in map(_count, facts.get("views", ())) if v is not None), None),
    )


def find_title_line(page: PageLines, title: str) -> int:
    """Return the index of the heading that prints or contains the title, else of a line with it, of a heading, or 0."""
    wanted = comparison_key(title)
    keys = [(comparison_key(heading.text), heading.line) for heading in page.headings]
    headings = [line for key, line in keys if key == wanted] or [line for key, line in keys if wanted and wanted in key]
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


def _signed_near(page: PageLines, at: int, labelled: Mapping[int, list[str]]) -> dict[str, tuple[str, ...]]:
    """Return the authors and editors of the first line near the title with a label or by-line, outside comments.

    `labelled` holds the labelled values that name authors, by line.
    """
    lines, signed = page.lines, {}
    local = _LOCAL_BY.get(page.language[:2])
    patterns = {**_BY, "local": local} if local else _BY
    for index in (*range(at, min(len(lines), at + NEAR_TITLE)), *range(max(0, at - 4), at)):
        if len(lines[index].text) > FACT_LINE:
            continue
        found = dict(bylines([_with_name(lines, index)], patterns))
        authors = _names_in(labelled.get(index, ())) or found.get("author") or found.get("local")
        for kind, names in (("author", authors), ("editor", found.get("editor"))):
            if names and kind not in signed and not is_foreign(page, at, lines[index].block, near=True):
                signed[kind] = names
    return signed


def _names_in(values: Iterable[str]) -> tuple[str, ...]:
    return split_names(map(names_at, values))


def _with_name(lines: Sequence[Line], index: int) -> str:
    """Return a line with its seams; behind a phrase or label that is alone on it comes the next line."""
    seamed = _PARTED.sub(r"\1 ", lines[index].seamed)
    dated = _DATED_BY.match(seamed) if len(seamed) <= _LATEST_DATELINE and _PUBLISHED_LINE.match(seamed) else None
    if dated:
        return f"{seamed[: dated.end()]}{SEAM}{seamed[dated.end() :]}"
    alone = len(seamed) <= _LONGEST_PHRASE and index + 1 < len(lines) and _ALONE_BY.fullmatch(lines[index].text)
    return f"by {lines[index + 1].seamed}" if alone else seamed


def _facts(lines: Sequence[Line], indexes: Iterable[int]) -> Iterator[tuple[int, str, str]]:
    """Yield (index, name, value) for the labelled values of lines; a label alone belongs to the next line."""
    for index in indexes:
        line = lines[index]
        if len(line.text) > FACT_LINE or not _MAYBE.search(line.text):
            continue
        alone = _ALONE.fullmatch(line.text)
        if alone and index + 1 < len(lines) and len(lines[index + 1].text) <= 80:
            yield index, _name(alone["label"]), lines[index + 1].spaced
            continue
        for name, value in labelled_values(line.seamed):
            if not ((name == "published" and is_event(lines, index)) or (name == "author" and is_listed(line))):
                yield index, name, value
        if len(line.text) <= _SHORT:
            for reporter in _REPORTER.finditer(line.seamed):
                yield index, "reporter", reporter["name"] or reporter["joined"]


def _named_with_role(line: Line) -> tuple[str, ...]:
    """Return the person of a short line such as `Ann Lee, Health Correspondent` or `신현주 기자`."""
    if len(line.text) > 80:
        return ()
    name, *rest = _BETWEEN.split(line.spaced, maxsplit=2)
    if rest and is_reporter(rest[0]) and is_person(name):
        return (name,)
    return split_names(match["name"] for match in _KOREAN_REPORTER.finditer(line.seamed))


def _named_in_dateline(line: Line) -> tuple[str, ...]:
    """Return the reporters at the start of a Chinese text: `本报讯（记者 赵青 陈一鸣）`."""
    match = _DATELINE.search(line.text[:_LATEST_DATELINE])
    return split_names([match["names"]]) if match else ()


def is_listed(line: Line) -> bool:
    """Return whether a line is in an ordered list: a cited work, whose authors are not the article's."""
    return next(line.block.iterancestors("ol"), None) is not None


def is_event(lines: Sequence[Line], index: int) -> bool:
    """Return whether a line or the next one names the place of an event, so that the time beside it is the event's."""
    return any(_PLACE.search(line.text[:FACT_LINE]) for line in lines[index : index + 2])


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
    return bool(_FACT_LINE.match(line))


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


def is_foreign(page: PageLines, at: int, element: HtmlElement, *, near: bool = False) -> bool:
    """Return whether an element is inside comments, or a side column and the like, which the title is not in.

    An element `near` the title may be in a side column.
    """
    own = {page.lines[at].block, *page.lines[at].block.iterancestors()} if at < len(page.lines) else set()
    for holder in (element, *element.iterancestors()):
        if holder in own:
            return False
        name = f"{holder.get('class') or ''} {holder.get('id') or ''}".lower()
        if _COMMENTS.search(name) or (not near and (holder.tag in {"aside", "footer"} or _BESIDE.search(name))):
            return True
    return False


def is_related(element: HtmlElement) -> bool:
    """Return whether an element is inside a box that its class names as related articles."""
    return any(_RELATED.search((holder.get("class") or "").lower()) for holder in (element, *element.iterancestors()))


def _count(value: str) -> int | None:
    match = _NUMBER.match(value)
    if match is None:
        return None
    factor = {"万": 10_000, "萬": 10_000, "k": 1_000}.get((match["unit"] or "").lower(), 1)
    return round(float(match["n"].replace(",", "")) * factor)
