"""Words on the web pages."""

import pytest

from archive.web.wording import language_name


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("zh-Hans", "Chinese (Simplified)"), ("pl", "Polish"), ("tr", "Turkish"), ("pt-BR", "Portuguese (Brazil)"),
        ("sr-Latn", "Serbian (Latin)"), ("la", "Latin"), ("xx", "xx"), ("", ""), ("not a tag", "not a tag"),
    ],
)  # fmt: skip
def test_names_of_languages(tag: str, name: str) -> None:
    assert language_name(tag) == name
