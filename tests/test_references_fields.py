"""Labelled tokens to the fields of a reference."""

import pytest

from archive.references.fields import read_fields, trim
from archive.references.numbers import read_numbers
from archive.references.prepared import prepare
from archive.references.sequence_model import LabelledSpan


def runs(text: str, **stretches: str) -> list[LabelledSpan]:
    """Runs of the given stretches of a text, in its order, as a model might label them."""
    body = prepare(text).body
    found = [
        LabelledSpan(label, body.index(part), body.index(part) + len(part), 0.9) for label, part in stretches.items()
    ]
    return sorted(found, key=lambda run: run.start)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“A title.”", "A title"),
        (" Sleep Rev (Oslo). ", "Sleep Rev (Oslo)"),
        ("A title (part 1", "A title (part 1"),
        (") A title", "A title"),
        ("《睡眠》", "睡眠"),
        ("...", ""),
    ],
)
def test_edges_go(text: str, expected: str) -> None:
    assert trim(text) == expected


def test_labelled_stretches_become_fields() -> None:
    text = "Okafor N, Lee K. Sleep and exercise. Sleep Stud. 2019;12(3):45-51."
    fields = read_fields(
        prepare(text), runs(text, author="Okafor N, Lee K", title="Sleep and exercise", container="Sleep Stud")
    )
    assert fields.authors == ("Okafor N", "Lee K")
    assert (fields.title, fields.container, fields.publisher) == ("Sleep and exercise", "Sleep Stud", "")
    assert fields.confidence == {"authors": 0.9, "title": 0.9, "container_title": 0.9}


def test_of_two_titles_the_longer_counts() -> None:
    text = "Sleep. 2019;1:2. The longer title."
    core = prepare(text)
    both = [LabelledSpan("title", 0, 5, 0.4), LabelledSpan("title", text.index("The"), len(text) - 1, 0.8)]
    assert read_fields(core, both).title == "The longer title"


@pytest.mark.parametrize(
    ("text", "authors", "title", "container", "publisher"),
    [
        ("陈一鸣,等.睡眠研究[J].健康,2018,20(4):1-5.", ("陈一鸣",), "睡眠研究", "健康", ""),
        ("陈一鸣. 睡眠[M]. 2版. 北京: 示例出版社, 2016.", ("陈一鸣",), "睡眠", "", "示例出版社"),
        ("陈一鸣. 睡眠[D]. 上海: 示例大学, 2012.", ("陈一鸣",), "睡眠", "", "示例大学"),
        ("陈一鸣. 睡眠[C]//睡眠会议论文集. 北京: 示例社, 2012: 3-5.", ("陈一鸣",), "睡眠", "睡眠会议论文集", "示例社"),
        ("陈一鸣．睡眠［J］．健康，2018，20（4）：1-5．", ("陈一鸣",), "睡眠", "健康", ""),
    ],
)
def test_a_type_mark_ends_the_title(
    text: str, authors: tuple[str, ...], title: str, container: str, publisher: str
) -> None:
    fields = read_fields(prepare(text), runs(text, author="陈一鸣"))
    assert (fields.authors, fields.title, fields.container, fields.publisher) == (authors, title, container, publisher)


def test_before_a_type_mark_a_body_signs_that_the_model_missed() -> None:
    text = "示例睡眠学会. 睡眠指南[J]. 健康, 2018, 20(4): 1-5."
    fields = read_fields(prepare(text), [])
    assert (fields.authors, fields.title) == (("示例睡眠学会",), "睡眠指南")
    assert fields.confidence["title"] == 0.5


def test_numbers_come_from_the_labels() -> None:
    text = "Sleep 2019;12(3):45-51"
    numbers = read_numbers(prepare(text), runs(text, date="2019", volume="12", issue="3", pages="45-51"))
    assert (numbers.year, numbers.volume, numbers.issue, numbers.pages) == (2019, "12", "3", "45-51")
    assert numbers.confidence == {"year": 0.9, "volume": 0.9, "issue": 0.9, "pages": 0.9}


def test_numbers_that_no_label_covers_come_from_the_patterns() -> None:
    numbers = read_numbers(prepare("Sleep 2019;12(3):45-51"), [])
    assert (numbers.year, numbers.volume, numbers.issue, numbers.pages) == (2019, "12", "3", "45-51")
    assert set(numbers.confidence.values()) == {0.5}


def test_a_year_before_the_type_mark_belongs_to_the_title() -> None:
    text = "示例学会. 睡眠报告 2011[M]. 北京: 示例出版社, 2012."
    core = prepare(text)
    runs_found = [LabelledSpan("date", text.index("2011"), text.index("2011") + 4, 0.9)]
    assert read_numbers(core, runs_found).year == 2012
    assert read_fields(core, []).title == "睡眠报告 2011"
