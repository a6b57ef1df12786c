"""The article's title without the site's name."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

# Separators between a title and a site's name, by how surely they part: a bare hyphen also stands in words.
_SEPARATOR = re.compile(
    r"\s+(?:[-–—|·•»«:/~]+|@)\s+|\s*[|｜_»«]+\s*|\s*[—–―]{1,2}\s*|(?<=[^\x00-\x7f])-|-(?=[^\x00-\x7f])"
)
_SITE_WORD = re.compile(
    r"(?:网|网站|新闻|频道|客户端|日报|晚报|时报|在线|门户|官网|中心|医院|公司|集团|平台|资讯|博客|论坛|百科|頻道|新聞|網)$"
    r"|\.(?:com|org|net|cn|gov|edu|info|io|de)$",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\W_]+")
# Two titles of which one has the other's words in this share are the same title.
SAME = 0.85
# A heading of so many letters that the document's title begins with is taken for it.
SHORTEST = 4


def comparison_key(text: str) -> str:
    """Letters and digits in lower case without accents: what two printings of a title share."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _SIGNS.sub("", text).lower()


def choose_title(
    headings: Sequence[str],
    stated: Sequence[str],
    document: str,
    sites: Iterable[str],
    printed: Iterable[str] = (),
) -> str:
    """The title among `headings` (h1 in page order), `stated` ones (JSON-LD, Open Graph …) and `<title>`.

    A heading wins that repeats what the document's head says, then the only heading that does not name the site;
    then the beginning of a head title that is one of the `printed` lines; then the first stated one, then `<title>`,
    both without the name of a site in `sites`.
    """
    names = [name for name in sites if name]
    heads = [title for title in (*stated, document) if title]
    own = [heading for heading in headings if comparison_key(heading) not in {comparison_key(name) for name in names}]
    matching = [heading for heading in own if any(_contains(head, heading) for head in heads)]
    if matching:
        return max(matching, key=len)
    if len(set(own)) == 1 and not any(_starts_like(head, own[0], names) for head in heads):
        return own[0]
    lines = set(printed)
    cuts = (cut for head in heads for cut in _beginnings(head) if cut in lines)
    stripped = (strip_site(title, names, unsure=True) for title in heads)
    found = (
        t for titles in (cuts, stripped) for t in titles if t and comparison_key(t) not in map(comparison_key, names)
    )
    return next(found, headings[0] if headings else "")


def _beginnings(title: str) -> list[str]:
    """The title and what stands before each of its separators, the longest first."""
    parts, ends = _split(title)
    start = title.index(parts[0]) if parts else 0
    return [title[start:end].strip() for end in reversed(ends)]


def _starts_like(head: str, heading: str, names: Sequence[str]) -> bool:
    """Whether a lone heading is the name of the site or section that `head` ends with."""
    return (
        len(heading) < 20
        and comparison_key(heading) in comparison_key(head)
        and comparison_key(strip_site(head, names)) != comparison_key(heading)
    )


def _contains(head: str, heading: str) -> bool:
    """Whether a heading is (nearly) the head's title, which may go on with section and site."""
    whole, part = comparison_key(head), comparison_key(heading)
    if part == whole and part:
        return True
    # At its end stands the site's name as a rule, which the logo's heading repeats.
    if (len(part) >= SHORTEST and whole.startswith(part)) or (len(part) * 2 > len(whole) and whole.endswith(part)):
        return len(part) * 4 >= len(whole)
    return (
        bool(part)
        and abs(len(whole) - len(part)) <= 20
        and SequenceMatcher(None, whole, part, autojunk=False).ratio() >= SAME
    )


def title_parts(title: str) -> list[str]:
    """What stands between the title's separators."""
    return [part.strip() for part in _split(title)[0]]


def strip_site(title: str, sites: Sequence[str] = (), *, unsure: bool = False) -> str:
    """`title` without the parts at its end (or start) that name the site; `unsure` takes a short last part for one."""
    names = {comparison_key(site) for site in sites} - {""}
    parts, ends = _split(title)
    while len(parts) > 1 and _names_site(parts[-1], names, parts[:-1]):
        parts, ends = parts[:-1], ends[:-1]
    if unsure and len(parts) > 1 and _short(parts[-1], parts[:-1]):
        parts, ends = parts[:-1], ends[:-1]
    for site in sites:
        # A host's name may stand before the title with nothing but a space between.
        if "." in site and title.lower().startswith(f"{site.lower()} "):
            return strip_site(title[len(site) :].strip(), sites, unsure=unsure)
    start = 0
    while len(parts) > start + 1 and comparison_key(parts[start]) in names:
        start += 1
    if not parts:
        return title
    first = title.index(parts[start]) if start else 0
    return title[first : ends[-1]].strip()


def _split(title: str) -> tuple[list[str], list[int]]:
    parts, ends, position = [], [], 0
    for match in _SEPARATOR.finditer(title):
        if match.start() > position:
            parts.append(title[position : match.start()])
            ends.append(match.start())
        position = match.end()
    if position < len(title):
        parts.append(title[position:])
        ends.append(len(title))
    return parts, ends


def _names_site(part: str, names: set[str], before: Sequence[str]) -> bool:
    soft = comparison_key(part)
    if not soft or any(soft == name or (len(name) > 3 and (name in soft or soft in name)) for name in names):
        return True
    return bool(_SITE_WORD.search(part.strip())) and len(part) <= 20 and len(before[0]) > len(part)


def _short(part: str, before: Sequence[str]) -> bool:
    """Whether the last part is short enough beside the others to be a site's name that we do not know."""
    return (
        len(part) * 2 <= sum(map(len, before)) and len(part) <= 30 and len(part.split()) <= 3 and not part[0].isdigit()
    )
