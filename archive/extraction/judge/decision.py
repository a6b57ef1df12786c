"""Choose between the extracted text, the second extractor's, both together and what is in both.

The model gives each line the probability that it is content. The expected F1 of a text that holds the lines T is
2 * sum(p in T) / (size of T + sum(p)), each line weighted by its letters. The extracted text is given up only for one
that is expected to be clearly better.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from importlib.resources import files

from lxml.html import HtmlElement

from archive.article import Removal
from archive.extraction.block_positions import BodyLines, PositionedBlock, key_of, letters_of, put_back
from archive.extraction.judge.features import line_features
from archive.extraction.judge.lines import JudgedLine, agreement, judged_lines, kept_prose
from archive.extraction.judge.second_text import second_text
from archive.references.sequence_model import Model

CONTENT, OTHER = "content", "other"
NOT_CONTENT = "judge: not content"
# A text is in doubt if it has less than this share of the page's prose that no rule cut. Swept over folds by site, F1
# of all pages (.9494 without the judge) and of article-extraction-benchmark: .6 .9513 .9768, .8 .9517 .9757,
# .9 .9515 .9735, .95 .9514 .9715.
IN_DOUBT = 0.8
# The model is asked where the two texts have less than this in common.
ALIKE = 0.95
# By how much another text must be expected to be better: .02 .9517, .04 .9514, .08 .9508.
BIAS = 0.02
# A text of which less is expected to be right is no better choice: without this limit .9511, Chinese .9720 for .9795.
LEAST = 0.5


def judge(
    source: str,
    page: BodyLines,
    kept: list[PositionedBlock],
    removals: list[Removal],
    root: HtmlElement | None,
    title: str,
    model: Model | None = None,
) -> tuple[list[PositionedBlock], list[Removal]]:
    """Return the blocks, in the page's order, and the removals after the judgement.

    `source` is the page's decoded source, `root` the content root, `title` the article's title, `model` another model
    than the one that the package ships.
    """
    if not kept or kept_prose(kept, removals) >= IN_DOUBT:
        return kept, removals
    second = second_text(source)
    if agreement(kept, removals, second) >= ALIKE:
        return kept, removals
    lines = judged_lines(page, kept, removals, second)
    wanted = chosen_lines(lines, _probabilities(model or shipped(), lines, root, title))
    dropped = {line.number for line in lines if line.kept} - wanted
    added = wanted - {line.number for line in lines if line.kept}
    return _apply(page, kept, removals, dropped, added)


def _probabilities(model: Model, lines: Sequence[JudgedLine], root: HtmlElement | None, title: str) -> list[float]:
    """Return the probability (0..1) of each line that it is content."""
    labels, certainties = model.label(line_features(lines, root, letters_of(title)))
    return [sure if label == CONTENT else 1 - sure for label, sure in zip(labels, certainties, strict=True)]


def chosen_lines(lines: Sequence[JudgedLine], probabilities: Sequence[float]) -> set[int]:
    """Return the numbers of the lines that the article's text holds, given each line's probability."""
    own = {line.number for line in lines if line.kept}
    second = {line.number for line in lines if line.second and not line.is_cut}
    best, least = own, max(LEAST, _expected_f1(lines, probabilities, own) + BIAS)
    for candidate in (second, own | second, own & second):
        if (expected := _expected_f1(lines, probabilities, candidate)) > least:
            best, least = candidate, expected
    return best


def _expected_f1(lines: Sequence[JudgedLine], probabilities: Sequence[float], held: AbstractSet[int]) -> float:
    content = sum(p * line.size for line, p in zip(lines, probabilities, strict=True))
    hit = sum(p * line.size for line, p in zip(lines, probabilities, strict=True) if line.number in held)
    size = sum(line.size for line in lines if line.number in held)
    return 2 * hit / (size + content) if size + content else 0.0


def _apply(
    page: BodyLines,
    kept: Sequence[PositionedBlock],
    removals: Sequence[Removal],
    dropped: AbstractSet[int],
    added: AbstractSet[int],
) -> tuple[list[PositionedBlock], list[Removal]]:
    """Drop kept blocks that begin with a dropped line, and put added lines in their places."""
    blocks: list[PositionedBlock] = []
    cut: list[Removal] = []
    waiting = sorted(added)
    for item in kept:
        while waiting and item.number is not None and waiting[0] < item.number:
            blocks.append(put_back(page, waiting.pop(0)))
        if item.number in dropped:
            cut.append(Removal(text=item.block.text, reason=NOT_CONTENT))
        else:
            blocks.append(item)
    blocks += [put_back(page, number) for number in waiting]
    restored = {key_of(page.lines[number].text) for number in added}
    return blocks, [removal for removal in removals if key_of(removal.text) not in restored] + cut


@cache
def shipped() -> Model:
    """Return the model that the package ships; it is read once."""
    return Model((files("archive.extraction.judge") / "data" / "content.crfsuite").read_bytes())
