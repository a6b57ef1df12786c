"""Repair of JSON that sites write by hand."""

from typing import Any

import pytest

from archive.dom.tree import parse
from archive.extraction.json_repair import load_values
from archive.extraction.jsonld_body import jsonld_body


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
        ('{"a": , "b": 1, "c":}', [{"a": None, "b": 1, "c": None}]),
        ("{'a': 'b \"c\" d', 'e': 'it\\'s'}", [{"a": 'b "c" d', "e": "it's"}]),
        ("{a: 1, b: 'c', d: None, e: -2.5}", [{"a": 1, "b": "c", "d": None, "e": -2.5}]),
        ('window.data = {"a": 2024-05-21};', [{"a": "2024-05-21"}]),
        ("no JSON", []),
        ("[" * 5_000, []),
    ],
)  # fmt: skip
def test_values_of_broken_json(source: str, values: list[Any]) -> None:
    assert load_values(source) == values


def test_an_article_body_is_read_from_broken_json() -> None:
    body = "Walking after meals lowers sugar. " * 10
    script = f'<script type="application/ld+json">{{"articleBody": "{body}", "rating": ,}}</script>'
    assert jsonld_body(parse(f"<html><body>{script}</body></html>")) == body
