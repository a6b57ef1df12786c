"""Sentences of Chinese and Latin text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text.sentences import sentence_at, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("研究很小。患者两例！真的吗？是。", ["研究很小。", "患者两例！", "真的吗？", "是。"]),
        ("他说：“有效。”随后出院。", ["他说：“有效。”", "随后出院。"]),
        ("一项研究说明。[1] 另一项否认【2,3】。", ["一项研究说明。[1]", "另一项否认【2,3】。"]),
        ("有效吗?其实无效。", ["有效吗?", "其实无效。"]),
        ("It rose. It fell! Why? Nobody knows", ["It rose.", "It fell!", "Why?", "Nobody knows"]),
        ("It rose.[3,4] It fell.1,2 The end.", ["It rose.[3,4]", "It fell.1,2", "The end."]),
        ("Wu et al. found 2.5 mg (Fig. 3) vs. 3.0 mg. Dr. Li agreed.", None),
        ("J. Smith and A.B. Lee, i.e. the U.S. team, wrote it. They left.", None),
        ("第一段\n\n第二段", ["第一段", "第二段"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_text_is_split(text: str, expected: list[str] | None) -> None:
    found = [text[start:end] for start, end in sentences(text)]
    assert found == expected if expected is not None else len(found) == 2


@pytest.mark.parametrize(
    ("text", "marker", "sentence"),
    [
        ("前一句。硬皮病有所改善[1]。后一句。", "[1]", "硬皮病有所改善[1]。"),
        ("前一句。有所改善。[1]后一句。", "[1]", "有所改善。[1]"),
        ("First one. Both improved (Wu et al., 2016). Then more.", "(Wu et al., 2016)", None),
        ("No full stop [1]", "[1]", "No full stop [1]"),
    ],
)
def test_the_sentence_around_a_marker(text: str, marker: str, sentence: str | None) -> None:
    start = text.index(marker)
    expected = sentence or "Both improved (Wu et al., 2016)."
    assert sentence_at(text, start, start + len(marker)) == expected


@given(st.text(st.sampled_from("ab 1。.!?！\n)”[],①A例")))
def test_nothing_but_white_space_is_lost(text: str) -> None:
    spans = list(sentences(text))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))


@pytest.mark.parametrize("text", [".[1" * 200_000, ")" * 500_000, ".)" * 300_000, "。" * 500_000, ". a" * 300_000])
def test_hostile_text_is_split_in_linear_time(text: str) -> None:
    assert sum(end - start for start, end in sentences(text)) <= len(text)


@pytest.mark.parametrize("mark", ["!", "?", "!?", "。", ".", '."', ".)", ".[1]", "[1,", "\n"])
def test_long_runs_of_marks_are_read_once(mark: str) -> None:
    text = "a" + mark * (1_000_000 // len(mark)) + "b"  # a pattern that reads a run again from each mark never ends
    assert "".join(text[start:end] for start, end in sentences(text)).startswith("a")
