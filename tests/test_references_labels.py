"""Labels of entries and markers, and ranges of them."""

import re

import pytest
from lxml import html

from archive.references.labels import LABEL_FORMS, LABEL_SIGNS, expand, read_label
from archive.references.lists import take_lists


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("【1】Wang A. Title", "1", "Wang A. Title"),
        ("[12] Wang A", "12", "Wang A"),
        ("[D1] Stem cells", "D1", "Stem cells"),
        ("（3）王某", "3", "王某"),
        ("③王某", "3", "王某"),
        ("⒈王某", "1", "王某"),
        ("4. Wang A", "4", "Wang A"),
        ("5、王某", "5", "王某"),
        ("6 汤某", "6", "汤某"),
        ("7, Wang A", "7", "Wang A"),
        ("8\tWang A", "8", "Wang A"),
        ("09. Wang A", "9", "Wang A"),
    ],
)
def test_labels_in_all_prints(text: str, name: str, rest: str) -> None:
    label = read_label(text)
    assert label is not None
    assert (label.name, text[label.end :]) == (name, rest)


@pytest.mark.parametrize("text", ["1.5 mg daily", "2013 criteria", "10.1234/abc", "Wang A.", "10 tips", ""])
def test_numbers_that_are_no_labels(text: str) -> None:
    assert read_label(text) is None


@pytest.mark.parametrize(
    ("marker", "labels"),
    [
        ("[1,3-5]", ["1", "3", "4", "5"]),
        ("【2】", ["2"]),
        ("②③", ["2", "3"]),
        ("1–3", ["1", "2", "3"]),
        ("[D1-D2]", ["D1", "D2"]),
        ("[5-3]", []),
    ],
)
def test_ranges_are_spelt_out(marker: str, labels: list[str]) -> None:
    assert [label for label, _ in expand(marker)] == labels


@pytest.mark.parametrize("form", LABEL_FORMS, ids=lambda form: str(form["example"]))
def test_every_form_of_a_label_is_read_in_a_list(form: dict[str, str]) -> None:
    label = read_label(form["example"])
    assert label is not None
    assert (label.name, label.style) == ("1", form["style"])
    entries = [
        re.sub("1", str(number), form["example"], count=1) + ". Sleep Med. 2019;12(3):45-51." for number in (1, 2)
    ]
    root = html.fromstring(f"<div><p>参考文献</p>{''.join(f'<p>{entry}</p>' for entry in entries)}</div>")
    assert [(entry.label, entry.raw) for entry in take_lists(root)] == [("1", entries[0]), ("2", entries[1])]


def test_every_sign_is_a_label() -> None:
    labels = [read_label(f"{sign}王某") for sign in LABEL_SIGNS]
    assert [label.name for label in labels if label] == [str(number) for number in LABEL_SIGNS.values()]
    assert (LABEL_SIGNS["①"], LABEL_SIGNS["⑳"], LABEL_SIGNS["㉟"], LABEL_SIGNS["⒛"]) == (1, 20, 35, 20)
