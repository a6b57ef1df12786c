"""The names of the query language's fields and of their values, in the languages that people type (fields.toml)."""

from functools import cache
from typing import NamedTuple

from archive.text.word_lists import read_word_list


class FieldNames(NamedTuple):
    """The fields by the names typed, in lower case; the values by field, each by the words typed."""

    fields: dict[str, str]
    values: dict[str, dict[str, str]]

    def value(self, field: str, typed: str) -> str:
        """Return the value of a field that is typed in another language; a value without such a name as it is."""
        return self.values.get(field, {}).get(typed.lower(), typed)

    def taken(self, field: str) -> list[str]:
        """Return the values that a field takes, in English."""
        return list(dict.fromkeys(self.values.get(field, {}).values()))


@cache
def field_names() -> FieldNames:
    """Return all names, read once."""
    tables = read_word_list("archive.retrieval", "fields")
    values = {field: _by_word(words) for field, words in tables["values"].items()}
    return FieldNames(_by_word(tables["names"]), values)


def _by_word(words: dict[str, list[str]]) -> dict[str, str]:
    return {typed: name for name, all_typed in words.items() for typed in all_typed}
