"""Golden pages: each page in tests/pages gives exactly the article beside it."""

import difflib

import pytest

from tests.accept import PAGES, cases, understood


@pytest.mark.parametrize("case", cases())
def test_page_gives_its_article(case: str) -> None:
    expected = (PAGES / case / "article.json").read_text(encoding="utf-8")
    found = understood(case)
    diff = difflib.unified_diff(expected.splitlines(), found.splitlines(), "expected", "found", n=1, lineterm="")
    assert found == expected, "\n".join([*diff, "", f"to accept: python -m tests.accept {case}"])
