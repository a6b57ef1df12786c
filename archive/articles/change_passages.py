"""The changed passages of two revisions for a list of changes: few, short, and with what is claimed otherwise."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from archive.text.brief_diff import brief_differences, size
from archive.text.claim_words import Hint, claim_hints
from archive.text.diff import Piece
from archive.text.diff_passages import DiffParagraph, clipped, diff_paragraphs, is_changed

PASSAGES = 4  # of a change that are shown
LONGEST_PIECE = 400  # characters of a removed or added piece that are shown


@dataclass(frozen=True, slots=True)
class Passage:
    """A changed passage: its paragraphs as pieces, and the hints at what is claimed otherwise in it."""

    paragraphs: tuple[DiffParagraph, ...]
    hints: tuple[Hint, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two revisions.

    size: characters removed plus characters added in title and text, without white space. title: its pieces, () if it
    is the same. passages: at most PASSAGES of them; more: the number of the others. hints: those of all passages and
    the title.
    """

    size: int
    title: tuple[Piece, ...]
    passages: tuple[Passage, ...]
    more: int
    hints: tuple[Hint, ...]


def compare(old: tuple[str, str], new: tuple[str, str]) -> Comparison:
    """Return what differs between two pairs of title and text."""
    title, text = (brief_differences(before, after) for before, after in zip(old, new, strict=True))
    groups = list(_groups(paragraph for paragraph in diff_paragraphs(text) if is_changed(paragraph)))
    return Comparison(
        size=size(title, text),
        title=title,
        passages=tuple(
            Passage(tuple(_shortened(clipped(paragraph)) for paragraph in group), claim_hints(*_sides(group)))
            for group in groups[:PASSAGES]
        ),
        more=max(0, len(groups) - PASSAGES),
        hints=claim_hints(*_sides([title, *chain.from_iterable(groups)])),
    )


def _groups(paragraphs: Iterable[DiffParagraph]) -> Iterator[list[DiffParagraph]]:
    """Yield the paragraphs; one that was replaced by another is together with that one."""
    group: list[DiffParagraph] = []
    for paragraph in paragraphs:
        if group and _only(group[-1], "removed") and _only(paragraph, "added") and len(group) == 1:
            yield [*group, paragraph]
            group = []
            continue
        if group:
            yield group
        group = [paragraph]
    if group:
        yield group


def _only(paragraph: DiffParagraph, kind: str) -> bool:
    return all(piece.kind == kind for piece in paragraph)


def _sides(paragraphs: Sequence[DiffParagraph]) -> tuple[str, str]:
    """Return the text before and after."""
    old, new = (
        "\n".join("".join(piece.text for piece in paragraph if piece.kind != other) for paragraph in paragraphs)
        for other in ("added", "removed")
    )
    return old, new


def _shortened(paragraph: DiffParagraph) -> DiffParagraph:
    return tuple(
        Piece(piece.kind, f"{piece.text[:LONGEST_PIECE]}…") if len(piece.text) > LONGEST_PIECE else piece
        for piece in paragraph
    )
