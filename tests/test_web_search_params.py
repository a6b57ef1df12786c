"""The search page's query string."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web.search_params import FILTERS, SearchParams, parse_params
from archive.web.wording import query_syntax

NAMES = ("q", *FILTERS, "revisions", "copies", "sort", "page", "size")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("q", "  IL-10 ", "IL-10"),
        ("site", "who", "who"),
        ("since", "2024-02-29", "2024-02-29"),
        ("until", "2024-05", "2024-05"),
        ("year", "2024", "2024"),
        ("references", "no", "no"),
        ("retracted", "yes", "yes"),
        ("gone", "yes", "yes"),
        ("revisions", "yes", "yes"),
        ("sort", "date", "date"),
        ("page", "12", 12),
        ("size", "100", 100),
    ],
)
def test_parameters_are_read(name: str, text: str, value: object) -> None:
    params = parse_params({name: text})
    assert getattr(params, name) == value
    assert params.complaints == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("since", "2023-02-29"),
        ("since", "yesterday"),
        ("since", "２０２４"),
        ("until", "0000"),
        ("until", "2024-13"),
        ("year", "24"),
        ("references", "maybe"),
        ("retracted", "no"),
        ("gone", "no"),
        ("revisions", "all"),
        ("sort", "random"),
        ("page", "0"),
        ("page", "-1"),
        ("page", "1e3"),
        ("page", "9" * 400),
        ("size", "101"),
    ],
)
def test_what_is_odd_is_left_out_with_a_sentence(name: str, text: str) -> None:
    params = parse_params({name: text, "q": "x"})
    assert replace(params, complaints=()) == SearchParams(q="x")
    (complaint,) = params.complaints
    assert name in complaint
    assert len(complaint) < 160


@given(st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_nothing_raises_and_what_was_understood_is_written_and_read_again(parameters: dict[str, str]) -> None:
    params = parse_params(parameters)
    assert params.page >= 1
    again = parse_params(dict(parse_qsl(params.query_string(page=params.page).removeprefix("?"))))
    assert again == replace(params, complaints=())


@pytest.mark.parametrize(
    ("parameters", "since", "until"),
    [
        ({"year": "2024"}, "2024", "2024"),
        ({"year": "2024", "since": "2024-05"}, "2024-05", "2024"),
        ({"year": "2024", "since": "2023"}, "2024", "2024"),
        ({"year": "2024", "until": "2024-05"}, "2024", "2024-05"),
        ({"year": "2024", "until": "2026"}, "2024", "2024"),
        ({"since": "2024-01-02"}, "2024-01-02", None),
        ({}, None, None),
    ],
)
def test_a_year_narrows_the_dates(parameters: dict[str, str], since: str | None, until: str | None) -> None:
    narrowing = parse_params(parameters).to_filters()
    assert (narrowing["since"], narrowing["until"]) == (since, until)


@pytest.mark.parametrize(
    ("changes", "written"),
    [
        ({}, "?q=x&site=who"),
        ({"page": 3}, "?q=x&site=who&page=3"),
        ({"site": ""}, "?q=x"),
        ({"sort": "date", "language": "zh"}, "?q=x&site=who&language=zh&sort=date"),
        ({"q": "", "site": ""}, ""),
    ],
)
def test_a_change_leads_to_the_first_page(changes: dict[str, Any], written: str) -> None:
    assert SearchParams(q="x", site="who", page=7).query_string(**changes) == written


def test_the_table_of_the_query_language_is_the_documented_one() -> None:
    table = dict(query_syntax())
    assert {"stem cell", "干细胞", "-word", "immun*"} <= table.keys()
    assert all(finds.strip() for finds in table.values())
