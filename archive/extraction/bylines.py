"""Read by-lines: phrases such as By and Reviewed by, reporters' lines and datelines, with the people they name."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archive.dom.lines import SEAM, Line
from archive.extraction.author_names import is_person, is_reporter, names_at, split_names
from archive.extraction.labels import FACT_LINE, LABELS
from archive.extraction.near_title import NEAR_TITLE, is_foreign
from archive.extraction.page_lines import PageLines
from archive.text.scripts import HAN
from archive.text.word_lists import read_word_list

BY_PHRASES = read_word_list("archive.extraction", "by_phrases")


def _pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for `phrases` before a name, at the start of a line or of a part of it."""
    listed = "|".join(sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?:^|[{SEAM}|｜·•–—])\s{{0,3}}(?:{listed})(?=[\s{SEAM}:])[\s{SEAM}:]{{1,6}}", re.IGNORECASE)


_BY = {kind: _pattern(BY_PHRASES[kind]) for kind in ("author", "editor")}
_LOCAL_BY = {language: _pattern(phrases) for language, phrases in BY_PHRASES["local"].items()}
# Characters of a line with a by-line, with seams, at most.
_LONGEST_BYLINE = 200
# A date with a by-line behind it: `Published on May 3, 2024 by Ann Lee`, `Publié le 3 mai à 10h30 par Claire Morel`.
_DATED_BY = re.compile(
    r"[^.!?]{0,60}?\d\s?(?:[ap]\.?m\.?|Uhr|h)?\s(?=(?:by|von|par|por|di)\s(?-i:[^\W\d_a-z]))", re.IGNORECASE
)
_PUBLISHED_LINE = re.compile(rf"(?:{'|'.join(LABELS['published'])})|\d", re.IGNORECASE)
# `Reviewed <i>by</i> <a>Ann Lee</a>` is not a by-line of its own.
_PARTED = re.compile(
    rf"(?<!\w)({'|'.join(BY_PHRASES['before_by'])})\s?{SEAM}[\s{SEAM}]{{0,5}}(?=(?:by|von|par|por|di|da)(?!\w))",
    re.IGNORECASE,
)
# A phrase before a name that is alone on its line, and its characters at most, with seams.
_ALONE_BY = re.compile(rf"(?:{'|'.join([*BY_PHRASES['author'], *LABELS['author']])})\s?[:：]?", re.IGNORECASE)
_LONGEST_PHRASE = 40
# A reporter's name without a colon: `本报记者 赵青`, alone on its line or as a part of it.
_REPORTER = re.compile(
    rf"(?:^|[{SEAM}\s(（])[{HAN}]{{0,6}}(?:记者|記者|通讯员)(?:[\s{SEAM}]{{1,3}}(?P<name>[{HAN}·]{{2,5}})"
    rf"|(?P<joined>[{HAN}]{{3}}))(?=$|[{SEAM}\s)）])"
)
_KOREAN_REPORTER = re.compile(
    rf"(?:^|[{SEAM}\s/|])(?P<name>[가-힣]{{2,4}})\s?(?:[가-힣]{{2}}\s?)?(?:기자|특파원|편집장)(?=$|[{SEAM}\s|(=·])"
)
_DATELINE = re.compile(
    rf"[（(][{HAN}]{{0,6}}(?:记者|記者)\s?(?P<names>[{HAN}·]{{2,4}}(?:[\s、，][{HAN}·]{{2,5}}){{0,4}})\s?[)）]"
)
# Characters before which a dateline ends.
_LATEST_DATELINE = 80
_BETWEEN = re.compile(r" ?[,，/／|｜] ?")


def signed_near(page: PageLines, at: int, labelled: Mapping[int, list[str]]) -> dict[str, tuple[str, ...]]:
    """Return the authors and editors of the first line near the title with a label or by-line, outside comments.

    `labelled` holds the labelled values that name authors, by line.
    """
    lines, signed = page.lines, {}
    local = _LOCAL_BY.get(page.language[:2])
    patterns = {**_BY, "local": local} if local else _BY
    for index in (*range(at, min(len(lines), at + NEAR_TITLE)), *range(max(0, at - 4), at)):
        if len(lines[index].text) > FACT_LINE:
            continue
        found = dict(_signatures(_with_name(lines, index), patterns))
        authors = names_in_values(labelled.get(index, ())) or found.get("author") or found.get("local")
        for kind, names in (("author", authors), ("editor", found.get("editor"))):
            if names and kind not in signed and not is_foreign(page, at, lines[index].block, near=True):
                signed[kind] = names
    return signed


def names_in_values(values: Iterable[str]) -> tuple[str, ...]:
    """Return the people in values that begin with names."""
    return split_names(map(names_at, values))


def _signatures(line: str, patterns: Mapping[str, re.Pattern[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (kind, names) for each phrase of `patterns` (by kind) in a line with seams that is followed by names."""
    if len(line) > _LONGEST_BYLINE:
        return
    for kind, pattern in patterns.items():
        for match in pattern.finditer(line):
            names = split_names([names_at(line[match.end() :])])
            if names:
                yield kind, names


def _with_name(lines: Sequence[Line], index: int) -> str:
    """Return a line with its seams; behind a phrase or label that is alone on it comes the next line."""
    seamed = _PARTED.sub(r"\1 ", lines[index].seamed)
    dated = _DATED_BY.match(seamed) if len(seamed) <= _LATEST_DATELINE and _PUBLISHED_LINE.match(seamed) else None
    if dated:
        return f"{seamed[: dated.end()]}{SEAM}{seamed[dated.end() :]}"
    alone = len(seamed) <= _LONGEST_PHRASE and index + 1 < len(lines) and _ALONE_BY.fullmatch(lines[index].text)
    return f"by {lines[index + 1].seamed}" if alone else seamed


def reporters(line: Line) -> Iterator[str]:
    """Yield the reporters whom a line names without a colon."""
    for match in _REPORTER.finditer(line.seamed):
        yield match["name"] or match["joined"]


def named_with_role(line: Line) -> tuple[str, ...]:
    """Return the person of a short line such as `Ann Lee, Health Correspondent` or `신현주 기자`."""
    if len(line.text) > 80:
        return ()
    name, *rest = _BETWEEN.split(line.spaced, maxsplit=2)
    if rest and is_reporter(rest[0]) and is_person(name):
        return (name,)
    return split_names(match["name"] for match in _KOREAN_REPORTER.finditer(line.seamed))


def named_in_dateline(line: Line) -> tuple[str, ...]:
    """Return the reporters at the start of a Chinese text: `本报讯（记者 赵青 陈一鸣）`."""
    match = _DATELINE.search(line.text[:_LATEST_DATELINE])
    return split_names([match["names"]]) if match else ()
