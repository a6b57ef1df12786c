"""Volume, issue, pages and year, read by pattern."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.references.locators import locate, year_of
from archive.references.plain import plain

FORMS: list[tuple[str, tuple[int | None, str | None, str | None, str | None]]] = [
    ("Sleep. 2013;65:2737-47.", (2013, "65", None, "2737-47")),
    ("Sleep. 2013 Jan-Feb;121(1):37-43.", (2013, "121", "1", "37-43")),
    ("睡眠, 2018, 20(4): 301-305.", (2018, "20", "4", "301-305")),
    ("睡眠，2018，20（4）：301–305", (2018, "20", "4", "301–305")),
    ("睡眠,2019(11):971-972.", (2019, None, "11", "971-972")),
    ("睡眠, 2013年第11期", (2013, None, "11", None)),
    ("Sleep, vol. 64, no. 3, pp. 12-15, Aug. 2013", (None, "64", "3", "12-15")),
    ("Sleep 26, 450-452 (2020).", (2020, "26", None, "450-452")),
    ("Sleep 37(10), 1027-1028", (None, "37", "10", "1027-1028")),
    ("Sleep 113:1730", (None, "113", None, "1730")),
    ("Sleep 72 (1990) 3-8", (1990, "72", None, "3-8")),
    ("Sleep. 2020.", (2020, None, None, None)),
]


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_printed_forms(text: str, expected: tuple[int | None, str | None, str | None, str | None]) -> None:
    found = locate(text)
    assert found is not None
    assert (found.year, found.volume, found.issue, found.pages) == expected


@pytest.mark.parametrize("text", ["", "Sleep", "Vitamin D and 5 others", "睡眠研究"])
def test_words_are_no_locator(text: str) -> None:
    assert locate(text) is None


def test_every_field_knows_its_place() -> None:
    text = "睡眠，2018，20（4）：301–305"
    found = locate(text)
    assert found is not None
    assert {found.field_at(text.index(value)): value for value in ("2018", "20（", "4）", "301")} == {
        "year": "2018",
        "volume": "20（",
        "issue": "4）",
        "pages": "301",
    }
    assert found.field_at(text.index("（")) == ""


@pytest.mark.parametrize(
    ("text", "year"),
    [("Okafor N (2014) Sleep in 1999", 2014), ("Sleep in 1999. Oslo, 2014", 2014), ("Room 12345", None), ("", None)],
)
def test_the_year_of_a_text_without_a_locator(text: str, year: int | None) -> None:
    assert year_of(text) == year


@given(st.text(max_size=80))
def test_plain_text_keeps_every_offset(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert plain(plain(text)) == plain(text)


@given(st.text("Ab 12019().,;:-–年第卷期（）", max_size=60))
def test_values_are_printed_where_they_are_said_to_be(text: str) -> None:
    found = locate(text)
    for name, start, end in found.spans if found else ():
        assert str(getattr(found, name) or "") in text[start:end]
        assert found is not None
        assert found.field_at(start) == name
