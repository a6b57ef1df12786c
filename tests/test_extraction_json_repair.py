"""Repair of JSON that sites write by hand."""

from typing import Any

import pytest

from archive.extraction.json_repair import load_values


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('\ufeff{"a": 1}', [{"a": 1}]),
        ('// data\n{"a": 1}', [{"a": 1}]),
        ('{"a": 1, /* one */ "b": 2 // two\n}', [{"a": 1, "b": 2}]),
        ('<!-- {"a": 1} -->', [{"a": 1}]),
        ('//<![CDATA[\n{"a": 1}\n//]]>', [{"a": 1}]),
        ('{"a": "http://a.example//b"}', [{"a": "http://a.example//b"}]),
        ('{"a": 1};', [{"a": 1}]),
        ('{"a": 1}\n{"b": 2}', [{"a": 1}, {"b": 2}]),
        ('{"a": {"b": 1}', [{"a": {"b": 1}}]),
        ('[{"a": "b"}, {"c": "d"}', [[{"a": "b"}, {"c": "d"}]]),
        ('{"a": 1}}', [{"a": 1}]),
        ('{"a": [1, 2, ], }', [{"a": [1, 2]}]),
        (r'{"a": "It\'s \d"}', [{"a": "It's d"}]),
        ('{"a": "He said "no" to it", "b": "c"}', [{"a": 'He said "no" to it', "b": "c"}]),
        (
            '{"a": "No", and "yes": so", "b": ["x "y" z", "w"]}',
            [{"a": 'No", and "yes": so', "b": ['x "y" z', "w"]}],
        ),
        ('{"a": "b"\n"c": "d"}', [{"a": "b", "c": "d"}]),
        ('{"a": "one\ntwo"}', [{"a": "one\ntwo"}]),
        ("no JSON", []),
        ("[" * 5_000, []),
    ],
)  # fmt: skip
def test_values_of_broken_json(source: str, values: list[Any]) -> None:
    assert load_values(source) == values
