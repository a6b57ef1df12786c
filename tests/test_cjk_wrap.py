"""Text folded into lines: nothing is lost, nothing is too wide, and no line begins or ends where it must not."""

from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console, Group
from rich.text import Text

from archive.console.cjk_wrap import CLOSING, OPENING, breaks, prose
from tests.terminals import cells

TEXT = st.text(st.sampled_from("干细胞病カーっ，。、！「」（）《》“”…— ab1[],.(\u0301\u3099\U0001f9ec"), max_size=80)
PRINTED = st.lists(st.sampled_from(["干细胞", "患者，", "「治疗」", "（Wu）", "IL-10", " ", "カー", "“好”。", "48%"]))


def lines(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in pairwise([0, *breaks(text, width), len(text)])]


def printed(text: Text, width: int) -> str:
    out = StringIO()
    Console(file=out, width=width).print(Group(text))
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "width", "folded"),
    [
        ("Stem cells for scleroderma", 12, ["Stem cells ", "for ", "scleroderma"]),
        ("干细胞治疗硬皮病", 6, ["干细胞", "治疗硬", "皮病"]),
        ("干细胞，治疗", 6, ["干细", "胞，治", "疗"]),  # no line begins with a comma
        ("他说：「干细胞」。", 8, ["他说：", "「干细", "胞」。"]),  # nor ends with an opening mark
        ("研究共纳入48名患者", 11, ["研究共纳入", "48名患者"]),  # a number is not cut
        ("疗效显著[1]，但", 9, ["疗效显", "著[1]，但"]),  # a marker stays with its sentence
        ("幹細胞チューブ", 10, ["幹細胞", "チューブ"]),  # nor a long vowel from its syllable
        ("see https://news.example/a/b", 12, ["see ", "https://new", "s.example/a/", "b"]),
        ("IL-10IL-10IL-10“好”。", 16, ["IL-10IL-10IL-10", "“好”。"]),
        ("IL-10IL-10IL-10“well”", 16, ["IL-10IL-10IL-10", "“well”"]),  # the cut moves before an opening mark
        ("48%48%48%", 5, ["48%4", "8%48%"]),  # and before the character that a closing mark belongs to
        ("か\u3099か\u3099", 2, ["か\u3099", "か\u3099"]),
        ("", 10, [""]),
    ],
)
def test_lines_are_folded(text: str, width: int, folded: list[str]) -> None:
    assert lines(text, width) == folded


@example("\u0301" * 200, 2)
@given(TEXT, st.integers(2, 30))
def test_no_line_is_too_wide_and_none_is_empty(text: str, width: int) -> None:
    folded = lines(text, width)
    assert [line for line in folded if cells(line.rstrip()) > width] == []
    assert "" not in folded or not text


@example(["IL-10", "IL-10", "IL-10", "“好”。"], 16)
@example(["48%"] * 6, 17)
@given(PRINTED, st.integers(16, 40))
def test_lines_begin_and_end_where_they_may(pieces: list[str], width: int) -> None:
    folded = lines("".join(pieces), width)
    assert [line for line in folded[1:] if line[0] in CLOSING] == []
    assert [line for line in folded[:-1] if line.rstrip()[-1:] in OPENING and line.strip()] == []


@given(TEXT, st.integers(10, 30))
def test_printing_loses_nothing_but_space(text: str, width: int) -> None:
    shown = printed(prose(text, first="> ", rest="  "), width)
    assert "".join(shown.split()).removeprefix(">") == "".join(text.split())
    assert [line for line in shown.splitlines() if cells(line) > width] == []


def test_prose_keeps_styles_and_hangs() -> None:
    text = prose(("1 ", "dim"), Text("干细胞治疗", style="bold"), "硬皮病", rest="  ")
    assert printed(text, 10).splitlines() == ["1 干细胞治", "  疗硬皮病"]
    assert {str(span.style) for line in text.wrap(Console(), 10) for span in line.spans} >= {"dim", "bold"}
