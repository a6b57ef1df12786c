import pytest

from archive.references.labels import expand, read_label


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
