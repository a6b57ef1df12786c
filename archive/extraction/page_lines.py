"""One walk over a page's tree: its lines as a reader sees them, and the elements that state facts.

Every later step reads what is collected here, because walking the tree is what metadata costs: one walk takes 0.2 s
for 358 real pages, and each `iter` or `iterfind` beside it another 0.1 s.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from archive.extraction.dom import BLOCK_TAGS

# Stands where an inline element starts or ends: `<span>来源:甲</span><span>日期: …` are two facts in one line. No text
# of a parsed page holds it, and `str.split` does not take it for white space, as it does U+001C to U+001F.
SEAM = "\x00"
# A link on a date alone leads to that day's archive; one with this many characters more is a card of another article.
LINK_REST = 12
_SKIPPED = frozenset({"style", "noscript", "template", "select", "textarea", "svg", "iframe", "button", "math"})
_KEPT = frozenset({"meta", "link", "script", "title"})
# Classes and ids of breadcrumbs, and such that hold breadcrumbs only if they also begin like them.
_CRUMBS = re.compile(r"crumb|mbx|weizhi|pankuzu|topic-?path")
_MAYBE_CRUMBS = re.compile(r"position|location|\bpath\b|\bpos\b|\bnav\b|where|place")
_CRUMBS_START = re.compile(
    r"(?:[你您]?(?:现在|現在|目前)?的?(?:当前|當前|所在|目前)?(?:的?位置|所在)|首页|首頁|トップ|ホーム|home\b|startseite|start\b|inicio\b|accueil\b)",
    re.IGNORECASE,
)
# Between the steps, or after 当前位置; a menu that begins with 首页 has none of them.
_CRUMBS_MARK = re.compile(r"[>›»→＞/]|[:：]")


class Line(NamedTuple):
    """A visible line: as collected with seams, as read, the block it stands in, the letters of it inside links."""

    raw: str
    text: str
    block: HtmlElement
    letters: int

    @property
    def seamed(self) -> str:
        """The text with a SEAM at each inline tag, white space folded."""
        return " ".join(self.raw.split()).strip(SEAM + " ")

    @property
    def spaced(self) -> str:
        """The text with a space at each inline tag: dates and names there are parted by style alone."""
        return " ".join(self.raw.replace(SEAM, " ").split())

    @property
    def linked(self) -> float:
        """The share of the text that stands inside links."""
        return min(1.0, self.letters / len(self.text))


@dataclass(frozen=True, slots=True)
class Heading:
    """An `h1` without the dates in it; `line` is the index of its first line; `home` if it links to the front page."""

    text: str
    line: int
    home: bool


@dataclass(frozen=True, slots=True)
class Stamp:
    """A `<time>`: the index of its line, the text before it, and whether it stands in a link that holds more."""

    element: HtmlElement
    line: int
    before: str
    linked: bool


@dataclass(slots=True)
class Scan:
    """What the walk found, each list in the page's order."""

    root: HtmlElement
    lines: list[Line] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    kept: dict[str, list[HtmlElement]] = field(default_factory=lambda: {tag: [] for tag in _KEPT})
    times: list[Stamp] = field(default_factory=list)
    properties: list[tuple[str, HtmlElement]] = field(default_factory=list)
    crumbs: list[HtmlElement] = field(default_factory=list)
    account: HtmlElement | None = None

    @property
    def language(self) -> str:
        """The language that the page declares, in lower case."""
        return (self.root.get("lang") or "").lower()


def scan(root: HtmlElement) -> Scan:
    """Walk `root` once, without recursion: pages nest as deep as they like."""
    walker = iterwalk(root, events=("start", "end"))
    reader = _Reader(Scan(root))
    starts, ends = reader.starts, reader.ends
    inline, inline_end = reader.inline, reader.inline_end
    for event, element in walker:
        if event == "end":
            ends.get(element.tag, inline_end)(element)
        elif starts.get(element.tag, inline)(element):
            walker.skip_subtree()
    reader.flush(root)
    return reader.found


def fold_line(text: str) -> str:
    """White space runs as one space, none at the ends, without seams."""
    return " ".join(text.replace(SEAM, "").split())


class _Reader:
    """Collects text until a block starts, ends or a `<br>` breaks it.

    The methods for starts return True if what is inside an element is not for readers.
    """

    def __init__(self, found: Scan) -> None:
        self.found = found
        self.starts: dict[str, Callable[[HtmlElement], bool]] = {
            **dict.fromkeys(BLOCK_TAGS, self._block),
            **dict.fromkeys(_SKIPPED, self._skip),
            **dict.fromkeys(_KEPT, self._keep),
            "h1": self._title,
            "head": self._head,
            "br": self._break,
            "a": self._link,
            "time": self._time,
        }
        self.ends: dict[str, Callable[[HtmlElement], None]] = {
            **dict.fromkeys(BLOCK_TAGS, self._block_end),
            "h1": self._title_end,
            "br": self._tail,
            "a": self._link_end,
            "time": self._time_end,
        }
        self._parts: list[str] = []
        self._linked = 0
        self._links = 0
        self._link_length: int | None = None
        self._blocks = [found.root]
        self._seen: set[str] = set()
        self._heading: int | None = None
        self._home = False

    def inline(self, element: HtmlElement) -> bool:
        """Read the start of an inline element."""
        self._note(element)
        if self._parts:
            self._parts.append(SEAM)
        self._add(element.text)
        return False

    def inline_end(self, element: HtmlElement) -> None:
        """Read the end of an inline element and the text after it."""
        if self._parts:
            self._parts.append(SEAM)
        self._add(element.tail)

    def _block(self, element: HtmlElement) -> bool:
        if self._parts:
            self.flush(self._blocks[-1])
        self._blocks.append(element)
        if not self.found.headings:
            self._note_crumbs(element)
        self._note(element)
        self._add(element.text)
        return False

    def _block_end(self, element: HtmlElement) -> None:
        if self._parts:
            self.flush(element)
        if len(self._blocks) > 1:
            self._blocks.pop()
        self._add(element.tail)

    def _skip(self, _: HtmlElement) -> bool:
        return True

    def _keep(self, element: HtmlElement) -> bool:
        self.found.kept[element.tag].append(element)
        return True

    def _head(self, element: HtmlElement) -> bool:
        for kept in element.iter(*_KEPT):
            self.found.kept[kept.tag].append(kept)
        return True

    def _break(self, _: HtmlElement) -> bool:
        self.flush(self._blocks[-1])
        return False

    def _tail(self, element: HtmlElement) -> None:
        self._add(element.tail)

    def _link(self, element: HtmlElement) -> bool:
        self._links += 1
        self._link_length = None
        if self._heading is not None:
            self._home = self._home or _is_home(element.get("href") or "")
        return self.inline(element)

    def _link_end(self, element: HtmlElement) -> None:
        self._links -= 1
        self.inline_end(element)

    def _time(self, element: HtmlElement) -> bool:
        self.found.times.append(self._stamp(element))
        if self._heading is not None:
            self.flush(self._blocks[-1])
        return self.inline(element)

    def _time_end(self, element: HtmlElement) -> None:
        if self._heading is not None:
            self.flush(element)
        self.inline_end(element)

    def _title(self, element: HtmlElement) -> bool:
        self._block(element)
        self._heading = len(self.found.lines)
        self._home = _is_home(getattr(element.getparent(), "attrib", {}).get("href", ""))
        return False

    def _title_end(self, element: HtmlElement) -> None:
        self.flush(element)
        start = self._heading if self._heading is not None else len(self.found.lines)
        lines = [line for line in self.found.lines[start:] if line.block.tag != "time"]
        if lines:
            at = self.found.lines.index(lines[0], start)
            self.found.headings.append(Heading(" ".join(line.text for line in lines), at, self._home))
        self._heading = None
        self._block_end(element)

    def _stamp(self, element: HtmlElement) -> Stamp:
        """The element with what stands before it in its line, else with the line before."""
        lines = self.found.lines
        before = fold_line("".join(self._parts[-8:])[-200:]) or (lines[-1].text if lines else "")
        return Stamp(element, len(lines), before[-40:], self._in_larger_link(element))

    def _in_larger_link(self, element: HtmlElement) -> bool:
        if not self._links:
            return False
        if self._link_length is None:
            self._link_length = len(_text(next(element.iterancestors("a"))))
        return self._link_length > len(_text(element)) + LINK_REST

    def _note(self, element: HtmlElement) -> None:
        """Keep an element that states a fact by a property, or as the name of a WeChat account."""
        prop = element.get("itemprop") or element.get("property")
        if prop:
            self.found.properties.append((prop, element))
        if element.get("id") == "js_name":
            self.found.account = element

    def _note_crumbs(self, element: HtmlElement) -> None:
        """Keep a block before the first heading whose class or id says that it holds breadcrumbs."""
        key = element.get("class") or element.get("id")
        if key and key not in self._seen:
            self._seen.add(key)
            named = f"{key} {element.get('id') or ''}".lower()
            if _CRUMBS.search(named) or (_MAYBE_CRUMBS.search(named) and _begins_like_crumbs(element)):
                self.found.crumbs.append(element)

    def _add(self, text: str | None) -> None:
        if text and (self._parts or not text.isspace()):
            self._parts.append(text)
            if self._links > 0:
                self._linked += len(text.strip())

    def flush(self, block: HtmlElement) -> None:
        """End the line that was read so far, in `block`."""
        joined = "".join(self._parts)
        text = fold_line(joined)
        if text:
            self.found.lines.append(Line(joined, text, block, self._linked))
        self._parts, self._linked = [], 0


def _is_home(address: str) -> bool:
    """Whether a link leads to a site's front page."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return parts.path in {"", "/", "./", "/index.html", "/index.php"} and bool(parts.netloc or parts.path)


def _begins_like_crumbs(element: HtmlElement) -> bool:
    text = _text(element)
    return bool(_CRUMBS_START.match(text.lstrip("> ·|"))) and bool(_CRUMBS_MARK.search(text))


def _text(element: HtmlElement) -> str:
    return fold_line(str(element.text_content()))


def texts_of(elements: Iterable[HtmlElement]) -> list[str]:
    """The folded text of each element, without empty ones."""
    return [text for element in elements if (text := _text(element))]
