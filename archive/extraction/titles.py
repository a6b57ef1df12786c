"""Choose an article's title and remove the site's name from it."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from archive.text.characters import comparison_key
from archive.text.word_lists import all_words, alternatives, read_word_list

# Separators between a title and a site's name. A bare hyphen is one only next to a character beyond ASCII. White space
# around them is cut off afterwards: to match it here takes quadratic time on a title with many blanks.
_SEPARATOR = re.compile(r"(?<=\s)(?:[-–—|·•»«:/~]+|@)(?=\s)|[|｜_»«]+|[—–―]{1,2}|(?<=[^\x00-\x7f])-|-(?=[^\x00-\x7f])")
_SITE_WORD = re.compile(
    rf"{alternatives(all_words(read_word_list('archive.extraction', 'sites')['site_name_end']))}$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\w{2,}")
_BLANK = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_MANY_BLANKS = 300
# Letters of a site's name behind a title, at most.
_LONGEST_SITE = 60
# Words and letters of a heading that names a section, at most.
_FEW_WORDS, _SHORT_HEADING = 3, 20
# Two titles that are this similar (difflib's ratio) are the same title.
SAME = 0.85
# A heading with at least this many letters that the document's title begins with is the title.
SHORTEST = 4


def choose_title(
    headings: Sequence[str],
    stated: Sequence[str],
    document: str,
    sites: Iterable[str],
    printed: Iterable[str] = (),
    pieces: Iterable[str] = (),
    subheadings: Iterable[str] = (),
) -> str:
    """Choose the title from `headings` (h1 in page order), `stated` titles (JSON-LD, Open Graph …) and `document`.

    In this order: a heading that repeats a stated title or `document`, which is the `<title>`; the only heading that is
    not the site's name, unless one of the `subheadings` is the start of a stated title or `document`; such a start that
    is a subheading or one of the `printed` lines; the first stated title; `document`. The last two lose the names in
    `sites`.

    A heading loses what stands before or behind a stated title in it, if one of the `pieces` of headings is that title,
    or if it is one word with a colon. A short lone heading that shares no word with the stated titles names a section.
    """
    names = [name for name in sites if name]
    heads = [title for title in (*stated, document) if title]
    own = [heading for heading in headings if comparison_key(heading) not in {comparison_key(name) for name in names}]
    matching = [heading for heading in own if any(_contains(head, heading) for head in heads)]
    if matching:
        return _without_kicker(_without_site(max(matching, key=len), names), heads, names, pieces)
    lone = len(set(own)) == 1 and not any(_starts_like(head, own[0], names) for head in heads)
    cuts = [cut for head in heads for cut in _beginnings(head)]
    below = set(subheadings)
    if lone and below.isdisjoint(cuts) and not (len(stated) > 1 and _names_section(own[0], heads)):
        return _without_kicker(own[0], heads, names, pieces)
    lines = set(printed)
    repeated = (cut for listed in (below, lines) for cut in cuts if cut in listed)
    stripped = (strip_site(title, names, unsure=True) for title in heads)
    found = (
        t
        for titles in (repeated, stripped)
        for t in titles
        if t and comparison_key(t) not in map(comparison_key, names)
    )
    return next(found, headings[0] if headings else "")


def _without_kicker(heading: str, heads: Iterable[str], names: Sequence[str], pieces: Iterable[str]) -> str:
    """Return the part of a heading that repeats a stated title, without the kicker before it or a note behind it."""
    titles = {comparison_key(strip_site(head, names)) for head in heads if len(head) <= len(heading) + _LONGEST_SITE}
    for piece in pieces:
        if len(piece) >= SHORTEST and comparison_key(piece) in titles and piece in heading:
            return piece
    kicker, colon, rest = heading.partition(": ")
    return rest.strip() if colon and kicker.isalpha() and comparison_key(rest) in titles else heading


def _without_site(heading: str, names: Sequence[str]) -> str:
    """Return a heading without the site's exact name at its end."""
    parts, ends = _split(heading)
    return (
        heading[: ends[-2]] if len(parts) > 1 and comparison_key(parts[-1]) in map(comparison_key, names) else heading
    )


def _names_section(heading: str, heads: Iterable[str]) -> bool:
    """Return whether a heading is short and shares no word, or pair of Chinese letters, with the stated titles."""
    words = _WORDS.findall(heading.lower())
    units = words if heading.isascii() else [*words, *(heading[i : i + 2] for i in range(len(heading) - 1))]
    text = " ".join(heads).lower()
    return len(words) <= _FEW_WORDS and len(heading) <= _SHORT_HEADING and not any(unit in text for unit in units)


def _beginnings(title: str) -> list[str]:
    """Return the title and its parts before each separator, the longest first; in Chinese a blank is one, too."""
    parts, ends = _split(title)
    if not title.isascii() and len(title) <= _MANY_BLANKS:
        ends = sorted({*ends, *(match.start() for match in _BLANK.finditer(title))})
    start = title.index(parts[0]) if parts else 0
    return [title[start:end].strip() for end in reversed(ends)]


def _starts_like(head: str, heading: str, names: Sequence[str]) -> bool:
    """Return whether a lone heading is the name of the site or section that `head` ends with."""
    return (
        len(heading) < 20
        and comparison_key(heading) in comparison_key(head)
        and comparison_key(strip_site(head, names)) != comparison_key(heading)
    )


def _contains(head: str, heading: str) -> bool:
    """Return whether `head` is (nearly) the heading, perhaps followed by section and site."""
    whole, part = comparison_key(head), comparison_key(heading)
    if part == whole and part:
        return True
    # The end is usually the site's name, which the heading of the logo repeats: it has to be the longer part.
    if (len(part) >= SHORTEST and whole.startswith(part)) or (len(part) * 2 > len(whole) and whole.endswith(part)):
        return len(part) * 4 >= len(whole)
    return (
        bool(part)
        and abs(len(whole) - len(part)) <= 20
        and SequenceMatcher(None, whole, part, autojunk=False).ratio() >= SAME
    )


def title_parts(title: str) -> list[str]:
    """Return the parts of a title between its separators."""
    return [part.strip() for part in _split(title)[0]]


def strip_site(title: str, sites: Sequence[str] = (), *, unsure: bool = False) -> str:
    """Return `title` without the parts at its end or start that name the site.

    With `unsure` a short last part counts as the name of an unknown site.
    """
    names = {comparison_key(site) for site in sites} - {""}
    parts, ends = _split(title)
    while len(parts) > 1 and _names_site(parts[-1], names, parts[:-1]):
        parts, ends = parts[:-1], ends[:-1]
    if unsure and len(parts) > 1 and _short(parts[-1], parts[:-1]):
        parts, ends = parts[:-1], ends[:-1]
    for site in filter(None, sites):
        # A host name may precede the title with only a space between them, a site's name with a colon.
        if title.lower().startswith(
            (f"{site.lower()}: ", f"{site.lower()}：", *([f"{site.lower()} "] if "." in site else []))
        ):
            return strip_site(title[len(site) :].lstrip(":： "), sites, unsure=unsure)
    start = 0
    while len(parts) > start + 1 and comparison_key(parts[start]) in names:
        start += 1
    if not parts:
        return title
    first = title.index(parts[start]) if start else 0
    return title[first : ends[-1]].strip()


def _split(title: str) -> tuple[list[str], list[int]]:
    """Return the parts of a title between separators, without white space around them, and where each ends."""
    parts, ends, position = [], [], 0
    for start, after in [*(match.span() for match in _SEPARATOR.finditer(title)), (len(title), len(title))]:
        part = title[position:start].rstrip()
        if part.strip():
            parts.append(part.strip())
            ends.append(position + len(part))
        position = after
    return parts, ends


def _names_site(part: str, names: set[str], before: Sequence[str]) -> bool:
    soft = comparison_key(part)
    if not soft or any(soft == name or (len(name) > 3 and (name in soft or soft in name)) for name in names):
        return True
    return bool(_SITE_WORD.search(part.strip())) and len(part) <= 20 and len(before[0]) > len(part)


def _short(part: str, before: Sequence[str]) -> bool:
    """Return whether the last part is short enough, compared with the others, to be an unknown site's name."""
    return (
        len(part) * 2 <= sum(map(len, before)) and len(part) <= 30 and len(part.split()) <= 3 and not part[0].isdigit()
    )
