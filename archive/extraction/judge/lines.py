"""The lines around the content that the judge decides about, with what both extractors made of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.article import Removal
from archive.dom.lines import Line
from archive.extraction.block_positions import KEY, BodyLines, PositionedBlock, key_of, letters_of
from archive.extraction.content_root import is_inside_hidden, prose_weight
from archive.references.markers import strip
from archive.text.scripts import count_cjk

# Lines before the first and after the last line that an extractor keeps.
MARGIN = 10
# Letters of the shortest line that is looked for in a text.
SHORTEST = 4
# Captions are kept with their images, not in the text.
CAPTION = "caption"
LEFT_OUT = "left out"
# Lines in elements that are not shown, or that ask for consent to cookies.
HIDDEN = "hidden"
# Lines of at least REPEATED_LETTERS letters that stand on the page before, such as captions that are titles.
REPEATED, REPEATED_LETTERS = "repeated", 20


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line of the body with what became of it.

    `number` is its index in BodyLines.lines, `text` its text without protected markers, `letters` the letters and
    digits of the text, `size` their number with CJK characters counted twice. `kept` says that the article's text holds
    it, `second` that the second extractor's does, `reason` why it was removed, empty if it was not.
    """

    number: int
    line: Line
    text: str
    letters: str
    size: int
    kept: bool
    second: bool
    reason: str

    @property
    def is_cut(self) -> bool:
        """Whether a rule removed the line: not the extractor, and not because it is beside the content."""
        return self.reason not in {"", LEFT_OUT}


def judged_lines(
    page: BodyLines, kept: Sequence[PositionedBlock], removals: Sequence[Removal], second: str
) -> list[JudgedLine]:
    """Return the lines from a little before the first to a little after the last that an extractor keeps.

    `second` is the second extractor's text.
    """
    own = "".join(letters_of(strip(item.block.text)) for item in kept)
    other = letters_of(second)
    numbers = {item.number for item in kept}
    reasons: dict[str, str] = {}
    for removal in removals:
        reasons.setdefault(key_of(strip(removal.text)), removal.reason)
    hidden: dict[HtmlElement, bool] = {}
    seen: set[str] = set()
    lines = []
    for number, line in enumerate(page.lines):
        text = strip(line.text)
        letters = letters_of(text)
        is_kept = number in numbers or _holds(own, letters)
        reason = ""
        if not is_kept:
            is_caption = line.block.tag == "figcaption"
            reason = CAPTION if is_caption else reasons.get(key_of(text), "")
            if reason in {"", LEFT_OUT}:
                if is_inside_hidden(line.block, hidden):
                    reason = HIDDEN
                elif len(letters) >= REPEATED_LETTERS and letters in seen:
                    reason = REPEATED
        seen.add(letters)
        size = len(letters) + count_cjk(letters)
        lines.append(JudgedLine(number, line, text, letters, size, is_kept, _holds(other, letters), reason))
    held = [index for index, line in enumerate(lines) if line.kept or line.second]
    return lines[max(0, held[0] - MARGIN) : held[-1] + MARGIN + 1] if held else []


def _holds(text: str, letters: str) -> bool:
    """Return whether a text, as letters, holds a line: by its beginning, middle or end.

    A line may be numbered in one text, or have the label of a player before it.
    """
    if len(letters) < SHORTEST:
        return False
    if len(letters) <= KEY:
        return letters in text
    middle = (len(letters) - KEY) // 2
    return letters[:KEY] in text or letters[middle : middle + KEY] in text or letters[-KEY:] in text


def kept_prose(kept: Sequence[PositionedBlock], removals: Sequence[Removal]) -> float:
    """Return the share, 0 to 1, of the page's prose that is kept; prose that a rule cut does not count."""
    own = sum(prose_weight(item.block.text) for item in kept)
    lost = sum(prose_weight(removal.text) for removal in removals if removal.reason == LEFT_OUT)
    return own / (own + lost) if own + lost else 1.0


def agreement(kept: Sequence[PositionedBlock], removals: Sequence[Removal], second: str) -> float:
    """Return how much of their letters two texts have in common, 0 to 1 (Dice coefficient).

    Lines of the second text that a rule cut from the first do not count.
    """
    own = [letters_of(strip(item.block.text)) for item in kept]
    cut = {key_of(strip(removal.text)) for removal in removals if removal.reason != LEFT_OUT}
    other = [letters_of(line) for line in second.split("\n") if key_of(line) not in cut]
    own_letters, other_letters = "|".join(own), "|".join(other)
    both = sum(len(letters) for letters in own if letters[:KEY] in other_letters)
    both += sum(len(letters) for letters in other if letters[:KEY] in own_letters)
    size = sum(map(len, own)) + sum(map(len, other))
    return both / size if size else 1.0
