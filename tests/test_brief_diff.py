"""The word diff of a list of changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text.brief_diff import LONGEST, brief_differences, size
from archive.text.diff import Piece, differences
from tests.test_diff import TEXTS


@given(TEXTS, TEXTS)
def test_the_pieces_are_parts_of_both_texts(old: str, new: str) -> None:
    pieces = brief_differences(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") in old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") in new
    assert bool(pieces) == (old != new)


@pytest.mark.parametrize(
    ("old", "new", "characters"),
    [
        ("阅读 12", "阅读 13", 4),
        ("同样", "同样", 0),
        ("one two", "one\n\ntwo", 0),
        ("没有达到预期", "明显超过了预期", 9),
        ("A paragraph.", "A paragraph.\n\nAnd one more.", 11),
    ],
)
def test_size(old: str, new: str, characters: int) -> None:
    assert size(brief_differences(old, new)) == characters
    assert size(differences(old, new)) == characters


@given(st.lists(st.sampled_from(["甲" * 2000, "乙" * 2000, "丙" * 2000]), min_size=6, max_size=12))
def test_of_very_long_changes_paragraphs_are_compared(paragraphs: list[str]) -> None:
    old = "\n\n".join(paragraphs)
    new = "\n\n".join(["丁" * LONGEST, *paragraphs, "戊"])
    pieces = brief_differences(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new


def test_equal_paragraphs_at_the_ends_are_left_out() -> None:
    old, new = ("首段。\n\n" + middle + "\n\n末段。" for middle in ("没有达到。", "达到了。"))
    assert all("段" not in piece.text for piece in brief_differences(old, new))
    assert brief_differences(old, "首段。\n\n末段。") == (Piece("removed", "没有达到。\n\n"),)
