"""Labels of entries, read by the forms in labels.toml, and the numbers in in-text markers."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from archive.text.scripts import HAN
from archive.text.word_lists import read_word_list

_DATA = read_word_list("archive.references", "labels")
_NUMBER_SIGNS: dict[str, dict[str, int]] = {
    kind: {chr(ord(sign) + at): first + at for sign, first, count in series for at in range(count)}
    for kind, series in _DATA["signs"].items()
}
MARKER_SIGNS = _NUMBER_SIGNS["markers"]
LABEL_SIGNS = MARKER_SIGNS | _NUMBER_SIGNS["enclosed"]
LABEL_FORMS: list[dict[str, str]] = _DATA["forms"]


def _form(number: int, pattern: str) -> str:
    group = f"(?P<form{number}>"
    pattern = pattern.replace("NUMBER", rf"{group}[A-Za-z]?\d{{1,3}})").replace("DIGITS", rf"{group}\d{{1,3}})")
    return pattern.replace("HAN", HAN)


_SIGN = rf"(?P<sign>[{''.join(LABEL_SIGNS)}])\s*[.、．]?"
_FORMS = [_form(number, form["pattern"]) for number, form in enumerate(LABEL_FORMS)]
_LABEL = re.compile(rf"\s*(?:{'|'.join([_SIGN, *_FORMS])})\s*")


class Label(NamedTuple):
    """A printed label: `name` is `1` or `D1`, `style` its form, `end` the offset of the entry's text."""

    name: str
    style: str
    end: int


def read_label(text: str) -> Label | None:
    """Return the label that an entry begins with, or None."""
    match = _LABEL.match(text)
    if not match:
        return None
    if sign := match["sign"]:
        return Label(str(LABEL_SIGNS[sign]), "glyph", match.end())
    group = match.lastgroup or ""
    style = LABEL_FORMS[int(group.removeprefix("form"))]["style"]
    return Label(match[group].lstrip("0") or "0", style, match.end())


def ordinal(name: str | None) -> int | None:
    """Return the number in a label's name: 1 for `1` and `D1`; None without one."""
    digits = re.sub(r"\D", "", name or "")
    return int(digits) if digits.isascii() and digits else None


DASHES = r"\-‐‑‒–—―−~～至"  # escaped: these stand inside brackets in patterns
NUMBERS = rf"[A-Za-z]?\d{{1,3}}(?:\s?[,，、;；{DASHES}]\s?[A-Za-z]?\d{{1,3}}){{0,40}}"
_PART = re.compile(rf"([A-Za-z]?)(\d{{1,3}})(?:\s?[{DASHES}]\s?[A-Za-z]?(\d{{1,3}}))?")


RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_LOWERED = str.maketrans(RAISED + "⁻", "0123456789-")


def expand(marker: str) -> Iterator[tuple[str, bool]]:
    """Yield the labels of a marker, ranges expanded: `[1,3-5]` gives 1, 3, 4, 5.

    The flag says that the label is printed, not implied by a range.
    """
    marker = marker.translate(_LOWERED)
    for glyph in marker:
        if glyph in MARKER_SIGNS:
            yield str(MARKER_SIGNS[glyph]), True
    for letter, first, last in _PART.findall(marker):
        start, stop = int(first), int(last or first)
        for number in range(start, min(stop, start + 100) + 1):
            yield f"{letter}{number}", number in (start, stop)
