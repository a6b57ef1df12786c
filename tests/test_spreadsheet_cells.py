"""Cells of CSV files: no formula, and nothing lost."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.export.spreadsheet_cells import neutral, neutral_line

UNDO = r"^'(?='*(?:[\t\r\n]|\s*[=+\-@＝＋－＠]))"  # as docs/browsing.md gives it
CELLS = st.text(alphabet="'=+-@＝\t\r\n \",;a1干", max_size=8)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "　＝1",
        "＋1",
        "－1",
        "＠x",
        "'=1",
        "''-x",
        "+86 400",
    ],
)
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=1", "1-1", "-5", "+3.25", "-1e-9", "'quoted'", "干细胞", " a", "–5"])
def test_other_cells_stay(text: str) -> None:
    assert neutral(text) == text


@given(CELLS)
def test_nothing_is_lost(text: str) -> None:
    assert re.sub(UNDO, "", neutral(text)) == text or neutral(text) == text
    assert not re.match(r"[=@\t\r\n]", neutral(text))


@given(st.lists(CELLS, min_size=1, max_size=5))
def test_a_record_is_its_cells(cells: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    (row,) = csv.reader(io.StringIO(neutral_line(out.getvalue()), newline=""))
    assert row == [neutral(cell) for cell in cells]
