"""Passages are quoted, and found again after the text has changed; what is gone is not found."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.notes.passages import CONTEXT, find, quote, select, without_overlaps

BEFORE = "研究人员在去年春天公布了这项试验的初步结果。"
EXACT = "两例患者在接受干细胞治疗以后都明显好转了"
AFTER = "，但是没有对照组，也没有长期随访的数据。"
TEXT = f"开头一段说明背景。\n\n{BEFORE}{EXACT}{AFTER}\n\n结尾一段。"
PASSAGE = quote(TEXT, TEXT.index(EXACT), TEXT.index(EXACT) + len(EXACT))


@pytest.mark.parametrize(
    ("text", "how", "found"),
    [
        (TEXT, "exact", EXACT),
        (f"新加的一段。\n\n{TEXT}", "exact", EXACT),
        (TEXT.replace(BEFORE, ""), "exact", EXACT),
        (TEXT.replace("都明显好转了", "没有好转"), "context", "两例患者在接受干细胞治疗以后没有好转"),
        (TEXT.replace(EXACT, "结果完全相反"), "context", "结果完全相反"),
        (f"另一篇。{EXACT.replace('明显', '')}。完全不同的结尾。", "similar", EXACT.replace("明显", "")),
    ],
)
def test_a_passage_is_found_again(text: str, how: str, found: str) -> None:
    place = find(text, PASSAGE)
    assert place
    assert (place.how, text[place.start : place.end]) == (how, found)
    assert (place.similarity == 1) == (how == "exact")


@pytest.mark.parametrize("text", ["", "x", TEXT.replace(EXACT, ""), "一篇关于流感疫苗的文章，说的是别的事情。" * 5])
def test_a_passage_that_is_gone_is_not_found(text: str) -> None:
    assert find(text, PASSAGE) is None


def test_a_short_passage_needs_some_of_its_context() -> None:
    passage = quote(TEXT, TEXT.index("对照组"), TEXT.index("对照组") + 3)
    assert find("别的文章里也有对照组这个词。", passage) is None
    assert find(f"前面多了一句。{AFTER}", passage)


def test_of_several_occurrences_the_one_with_the_context_is_taken() -> None:
    text = f"甲说{EXACT}。乙说{EXACT}！"
    second = text.rindex(EXACT)
    place = find(f"丙说。{text}", quote(text, second, second + len(EXACT)))
    assert place
    assert place.start == second + 3


@given(st.text(alphabet="ab 干细\n", min_size=1, max_size=80), st.data())
def test_a_quoted_passage_is_found_where_it_was(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    passage = quote(text, start, end)
    place = find(text, passage)
    assert place
    assert (place.start, place.end, place.how) == (start, end, "exact")
    assert len(passage.prefix) <= CONTEXT >= len(passage.suffix)


@given(st.text(alphabet="ab 干细\n", max_size=60), st.text(alphabet="ab 干细\n", max_size=60))
def test_whatever_is_found_lies_in_the_text(text: str, other: str) -> None:
    place = find(text, quote(other, 0, len(other)))
    assert place is None or 0 <= place.start < place.end <= len(text)


@given(st.text(alphabet="ab 干\n", max_size=60), st.data())
def test_a_selection_is_the_passage_whatever_its_white_space(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    words = text[start:end]
    passage = select(text, f" {words.strip()}\n", len("".join(text[:start].split())))
    if words.strip():
        assert passage
        assert passage.exact == words.strip()
        assert text[passage.start : passage.end] == words.strip()
        assert start <= passage.start
    else:
        assert passage is None


def test_a_selection_that_is_not_in_the_text_is_none() -> None:
    assert select(TEXT, "并不存在的话") is None
    first = select("ab ab", "ab")
    assert first
    assert first.start == 0


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: (min(pair), max(pair) + 1)), max_size=6)
)
def test_overlapping_spans_become_adjacent_ones(places: list[tuple[int, int]]) -> None:
    cut = without_overlaps(places)
    assert all(one[1] <= other[0] for one, other in pairwise(cut))
    for at in range(22):
        covering = {number for number, (start, end) in enumerate(places) if start <= at < end}
        assert {number for start, end, numbers in cut if start <= at < end for number in numbers} == covering
