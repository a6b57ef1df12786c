"""robots.txt after RFC 9309: what a response means and what the rules permit. Pure but for the parser.

This module chooses the groups that address this crawler, and Protego matches their paths. Protego alone would take any
beginning of the crawler's name for it, would not know the name with a version, and ends a group at unknown lines.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from urllib.parse import urlsplit

from protego import Protego

from archive.text.characters import clean

PRODUCT = "health-news-archive"  # the product token of this crawler in robots.txt
FRESH = timedelta(days=1)  # RFC 9309, 2.4: a cached copy is not used for longer
LARGEST = 500 * 1024  # bytes; RFC 9309, 2.5: at least so much is parsed
LONGEST_DELAY = 120.0  # seconds; a longer Crawl-delay means no, or is given in milliseconds by mistake

# UTF-32 before UTF-16, whose mark begins that of UTF-32.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_UNMARKED = ((re.compile(rb"(?:[^\0]\0){4}"), "utf-16-le"), (re.compile(rb"(?:\0[^\0]){4}"), "utf-16-be"))

# The records that make up a group, in the spellings that Protego reads. The colon may be missing.
_RECORD = re.compile(
    r"(?:(?P<agent>user[- ]?agent)|(?P<rule>allow|diss?allow|dissalow|disalow|diasllow|disallaw)"
    r"|(?P<other>crawl[- ]delay|content-signal|content-usage))(?:\s*:|\s|$)\s*(?P<value>.*)",
    re.IGNORECASE,
)
_LICENSE = re.compile(r"[ \t\ufeff]*license[ \t]*:[ \t]*(\S+)", re.IGNORECASE)  # RSL; of the site, in no group
_SIGNALS = {"content-signal": "Content-Signal", "content-usage": "Content-Usage"}
_NOT_OF_A_TOKEN = re.compile(r"[^a-z_*-]")


def origin_of(url: str) -> str:
    """Return what a robots.txt applies to: scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def closed_by(status: int) -> str | None:
    """Return why a robots.txt with that status closes its host, as a short fixed word; None where it does not.

    RFC 9309, 2.3.1: 4xx means no rules, 5xx forbids all. 429 forbids all too.
    """
    return f"robots http {status}" if status >= 500 or status == 429 else None


def text_of(body: bytes) -> str:
    """Decode a robots.txt up to the last line that ends within the first LARGEST bytes.

    It is UTF-8, unless a byte order mark or the zeros of ASCII in UTF-16 say otherwise. Half a rule may forbid more
    than the whole one.
    """
    encoding = next((name for mark, name in _MARKS if body.startswith(mark)), None)
    encoding = encoding or next((name for pattern, name in _UNMARKED if pattern.match(body)), "utf-8-sig")
    text = body[:LARGEST].decode(encoding, errors="replace")
    return text[: max(text.rfind("\n"), text.rfind("\r")) + 1] if len(body) > LARGEST else text


def is_web_page(text: str) -> bool:
    """Whether the text is that of a web page instead of a robots.txt: mark-up, and no line that begins a group."""
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return False
    records = (_RECORD.match(line.strip(" \t\ufeff")) for line in text.splitlines())
    return not any(record and record["agent"] for record in records)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a robots.txt; `text` '' permits all.

    `rights` are its lines on the use of pages by machines, as stated: License, and of the group for this crawler
    Content-Signal and Content-Usage.
    """

    text: str
    rights: tuple[str, ...] = field(init=False, compare=False)
    _parsed: Protego = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        records = list(_our_records(self.text))
        rules = "\n".join(f"{name}: {value}" for name, value in records if name not in _SIGNALS)
        object.__setattr__(self, "_parsed", Protego.parse(f"User-agent: *\n{rules}"))
        licences = [f"License: {found[1]}" for line in self.text.splitlines() if (found := _LICENSE.match(line))]
        signals = [f"{_SIGNALS[name]}: {value}" for name, value in records if name in _SIGNALS and value]
        object.__setattr__(self, "rights", tuple(dict.fromkeys(map(clean, licences + signals))))

    def permits(self, url: str) -> bool:
        """Whether this crawler may fetch the URL."""
        return bool(self._parsed.can_fetch(url, PRODUCT))

    @property
    def crawl_delay(self) -> float | None:
        """The Crawl-delay for this crawler in seconds, as written."""
        delay = self._parsed.crawl_delay(PRODUCT)
        return float(delay) if delay is not None and 0 <= delay < inf else None  # float() reads nan and inf too


def _our_records(text: str) -> Iterator[tuple[str, str]]:
    """Yield the records, name in lower case and value, of the groups that name this crawler.

    Where none does, they are those of the groups for all.

    Records of other kinds do not part the agents of a group (RFC 9309, 2.2.4). Groups for one agent are one (2.2.1).
    """
    named, for_all = list[tuple[str, str]](), list[tuple[str, str]]()
    lists, is_named, in_rules = list[list[tuple[str, str]]](), False, False
    for line in text.splitlines():
        record = _RECORD.match(line.partition("#")[0].strip(" \t\ufeff"))
        if record is None:
            continue
        if record["agent"]:
            lists, in_rules = [] if in_rules else lists, False
            token = _token(record["value"])
            is_named = is_named or token == PRODUCT
            group = {PRODUCT: named, "*": for_all}.get(token)
            if group is not None and not any(group is known for known in lists):
                lists.append(group)
            continue
        in_rules = in_rules or record["rule"] is not None
        for group in lists:
            group.append(((record["rule"] or record["other"]).lower(), record["value"].rstrip()))
    yield from named if is_named else for_all


def _token(value: str) -> str:
    """Return the product token of a User-agent record in lower case, as Google cuts it: no version, no comment.

    Wildcards around a name say nothing more than the name.
    """
    name = _NOT_OF_A_TOKEN.split(value.lower(), maxsplit=1)[0]
    return name if name == "*" else name.strip("*")


def difference(old: str, new: str) -> str:
    """Return in a sentence how the rules changed."""
    before, after = (_lines(text) for text in (old, new))
    came = [line for line in after if line not in before]
    went = [line for line in before if line not in after]
    parts = [f"now says {_shown(came)}"] * bool(came) + [f"no longer says {_shown(went)}"] * bool(went)
    return f"robots.txt {' and '.join(parts) or 'has its rules in another order'}."


def _lines(text: str) -> dict[str, None]:
    """Return the lines without comments, each once and in order; a file may have thousands."""
    bare = (line.partition("#")[0] for line in text.splitlines())
    return dict.fromkeys(" ".join(line.split()) for line in bare if line.strip())


def _shown(lines: list[str]) -> str:
    return "; ".join(lines[:3]) + (f" and {len(lines) - 3} lines more" if len(lines) > 3 else "")
