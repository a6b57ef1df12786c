"""Split Chinese and Latin text into sentences in linear time."""

import re
from collections.abc import Iterator

from archive.text.scripts import HAN, KANA

# What ends a sentence: the marks of Chinese and Japanese always, those of Latin text before white space; then closing
# quotes and brackets, and citation markers that stand after the full stop (`… in mice.[3,4] The next`).
_CLOSING = r"[\"'”’」』）)】］》]*"
_MARKERS = (
    r"(?:\s?[\[［【(（]\s?\d{1,3}(?:\s?[,，、;；~–—-]\s?\d{1,3})*\s?[\]］】)）]|[⁰¹²³⁴-⁹①-⑳]"
    r"|(?<=[^\W\d][.!?])\d{1,3}(?:[,–-]\d{1,3})*(?=\s))*"
)
# The look-behind keeps a run of marks from being read again from each of its characters, which takes quadratic time.
_END = re.compile(
    rf"[。！？｡]+{_CLOSING}{_MARKERS}|(?<![!?])[!?]++(?=[{KANA}{HAN}])"
    rf"|(?P<latin>[.!?]){_CLOSING}{_MARKERS}(?=\s|$)|\n+"
)
_ABBREVIATED = re.compile(
    r"(?:^|[\s(（\"“])(?:(?:[^\W\d_]\.)*[^\W\d_]"  # an initial, e.g, i.e, z.B
    r"|et al|al|vs|etc|cf|ca|approx|Figs?|figs?|Nos?|no|Vol|vol|pp|Dr|Prof|Mr|Mrs|Ms|St|Jr|Sr|Inc|Ltd|Co|dept|Dept"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|bzw|usw|ggf|vgl|Abb|Nr|Tab|Eq|Ref|Refs|sp|spp)$"
)
_LOOK_BACK = 12  # characters before a full stop that can hold an abbreviation


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each sentence, without white space around it; a line break ends a sentence."""
    start = 0
    for match in _END.finditer(text):
        if match["latin"] == "." and not _ends(text, match):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def sentence_at(text: str, start: int, end: int) -> str:
    """Return the sentence that holds `text[start:end]`; if that spans several, all of them."""
    inside = [(first, last) for first, last in sentences(text) if first < end and start < last]
    return text[inside[0][0] : inside[-1][1]] if inside else text[start:end]


def _ends(text: str, match: re.Match[str]) -> bool:
    """Return whether a full stop ends a sentence, which it does not after an abbreviation or before a small letter."""
    if _ABBREVIATED.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]):
        return False
    following = text[match.end() : match.end() + 40].lstrip(" \t\"'“‘(（")
    return not following[:1].islower()


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
