"""Printed labels of entries and the numbers inside in-text markers."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from archive.text.scripts import HAN

CIRCLED = {chr(0x2460 + i): i + 1 for i in range(20)} | {chr(0x3251 + i): i + 21 for i in range(15)}
CIRCLED |= {chr(0x2776 + i): i + 1 for i in range(10)}  # ❶
_ENCLOSED = {chr(0x2474 + i): i + 1 for i in range(20)} | {chr(0x2488 + i): i + 1 for i in range(20)}  # ⑴ ⒈
_GLYPHS = "".join([*CIRCLED, *_ENCLOSED])

# A bare number is a label only where something sets it off: `1.5 mg`, `2013 criteria` and `10.1038/…` are none.
_LABEL = re.compile(
    rf"""\s*(?:
      [\[【〔［(（]\s*(?P<bracketed>[A-Za-z]?\d{{1,3}})\s*[\]】〕］)）]\s*[.、．,:：]?
    | (?P<glyph>[{_GLYPHS}])\s*[.、．]?
    | (?P<dotted>[A-Za-z]?\d{{1,3}})(?:\s?[、．]|\.(?!\d)|[)）]|[,，]\s(?=[A-Z{HAN}]))
    | (?P<bare>\d{{1,3}})(?:\s+(?=[A-Z\u00c0-\u024f“"《{HAN}])|(?=[A-Z][a-z]+\s[A-Z]{{1,3}}[,.]))
    )\s*""",
    re.VERBOSE,
)


class Label(NamedTuple):
    """`name` is what the label names (`1`, `D1`), `style` how it is printed, `end` where the entry's text begins."""

    name: str
    style: str
    end: int


def read_label(text: str) -> Label | None:
    """The label that an entry begins with, if any."""
    match = _LABEL.match(text)
    if not match:
        return None
    if glyph := match["glyph"]:
        return Label(str(CIRCLED.get(glyph) or _ENCLOSED[glyph]), "glyph", match.end())
    style = match.lastgroup or ""
    return Label((match[style] or "").lstrip("0") or "0", style, match.end())


def ordinal(name: str | None) -> int | None:
    """The number in a label's name: 1 for `1` and `D1`."""
    digits = re.sub(r"\D", "", name or "")
    return int(digits) if digits.isascii() and digits else None


DASHES = r"\-‐‑‒–—―−~～至"  # escaped: these stand inside brackets in patterns
NUMBERS = rf"[A-Za-z]?\d{{1,3}}(?:\s?[,，、;；{DASHES}]\s?[A-Za-z]?\d{{1,3}}){{0,40}}"
_PART = re.compile(rf"([A-Za-z]?)(\d{{1,3}})(?:\s?[{DASHES}]\s?[A-Za-z]?(\d{{1,3}}))?")


RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_LOWERED = str.maketrans(RAISED + "⁻", "0123456789-")


def expand(marker: str) -> Iterator[tuple[str, bool]]:
    """The labels a marker names, ranges spelt out: `[1,3-5]` gives 1, 3, 4, 5; the flag says "printed, not implied"."""
    marker = marker.translate(_LOWERED)
    for glyph in marker:
        if glyph in CIRCLED:
            yield str(CIRCLED[glyph]), True
    for letter, first, last in _PART.findall(marker):
        start, stop = int(first), int(last or first)
        for number in range(start, min(stop, start + 100) + 1):
            yield f"{letter}{number}", number in (start, stop)
