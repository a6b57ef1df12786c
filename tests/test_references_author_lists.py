"""Lists of authors: taken apart into names, and bodies told from people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.references import author_lists

LISTS: list[tuple[str, tuple[str, ...]]] = [
    ("Okafor N, El Amin B, van der Berg C", ("Okafor N", "El Amin B", "van der Berg C")),
    ("Okafor N, Lindqvist P, et al.", ("Okafor N", "Lindqvist P")),
    ("Okafor, N., Lindqvist, P. A. & Smith-Lee, K.", ("Okafor, N.", "Lindqvist, P. A.", "Smith-Lee, K.")),
    ("N. Okafor, P. A. Lindqvist and K. Lee", ("N. Okafor", "P. A. Lindqvist", "K. Lee")),
    ("Okafor N.; Lindqvist, P.A.; & Lee, K.,", ("Okafor N.", "Lindqvist, P.A.", "Lee, K.")),
    ("Okafor, Ngozi Ada", ("Okafor, Ngozi Ada",)),
    ("Okafor, Ngozi A., Per Lindqvist and Ann Lee", ("Okafor, Ngozi A.", "Per Lindqvist", "Ann Lee")),
    ("Ngozi Okafor and Per L Lindqvist.", ("Ngozi Okafor", "Per L Lindqvist")),
    ("OKAFOR N A, LINDQVIST P", ("OKAFOR N A", "LINDQVIST P")),
    ("Okafor N Jr, Lee K 3rd", ("Okafor N Jr", "Lee K 3rd")),
    ("Okafor, N., Jr., Lee, K.", ("Okafor, N., Jr.", "Lee, K.")),
    ("Åkesson Ö, Çelik Ş", ("Åkesson Ö", "Çelik Ş")),
    ("Okafor, N., et al., eds.", ("Okafor, N.",)),
    ("陈一鸣，赵晓云，等", ("陈一鸣", "赵晓云")),
    ("陈 鸣,赵晓云,刘洋", ("陈 鸣", "赵晓云", "刘洋")),
    ("陈一鸣 赵云", ("陈一鸣", "赵云")),
    ("陈一鸣、赵云主编", ("陈一鸣", "赵云")),
    ("World Sleep Society", ("World Sleep Society",)),
    ("中国睡眠研究会", ("中国睡眠研究会",)),
    ("et al.", ()),
    ("", ()),
]


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_lists_are_taken_apart(text: str, expected: tuple[str, ...]) -> None:
    assert author_lists.split(text) == expected


@given(st.text("Aab .,;&和王等-0é", max_size=80) | st.text(max_size=60))
def test_every_name_is_a_part_of_the_text_in_its_order(text: str) -> None:
    position = 0
    for name in author_lists.split(text):
        position = text.index(name, position) + len(name)
    assert position <= len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("World Sleep Organization", True),
        ("Department of Sleep", True),
        ("中华医学会睡眠学组", True),
        ("Okafor N", False),
        ("陈一鸣", False),
        ("", False),
    ],
)
def test_bodies_are_told_from_people(text: str, expected: bool) -> None:
    assert author_lists.is_organisation(text) is expected


@pytest.mark.parametrize("unit", ["A, ", "A.", "and ", "et al ", "van ", "王 ", ";", "Okafor, N., "])
def test_hostile_length_is_read_to_the_end(unit: str) -> None:
    assert isinstance(author_lists.split(unit * (200_000 // len(unit))), tuple)
