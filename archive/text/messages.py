"""Sentences in English that know how they were made, so that the browser interface can translate them.

A message is a string and can be used as one everywhere. What shows it in another language looks its template up in a
catalogue and fills in the values again; see archive.web.translation.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class Message(str):
    """An English text with its template and values.

    template, plural: with placeholders such as `%(site)s`. The plural is used if `number` is not None and not 1.
    """

    __slots__ = ("number", "plural", "template", "values")

    template: str
    plural: str
    number: int | None
    values: Mapping[str, Any]


def message(template: str, **values: Any) -> Message:
    """Return the template with its placeholders filled in; whole numbers get separators of thousands.

    Raises KeyError if a placeholder has no value.
    """
    return _made(template, template, None, values)


def counted(singular: str, plural: str, count: int, **values: Any) -> Message:
    """Return the template that fits the number `count`, which is the value of `%(count)s`."""
    return _made(singular, plural, count, {**values, "count": count})


def joined(*messages: str | None) -> str | None:
    """Return the sentences that are not None as one text; None if there are none."""
    found: str | None = None
    for each in messages:
        if each:
            found = message("%(first)s %(second)s", first=found, second=each) if found else each
    return found


def either(words: Sequence[str]) -> str:
    """Return the words as alternatives: `a, b or c`."""
    *others, last = words
    if not others:
        return last
    listed = others[0]
    for each in others[1:]:
        listed = message("%(words)s, %(word)s", words=listed, word=each)
    return message("%(words)s or %(last)s", words=listed, last=last)


def filled(template: str, values: Mapping[str, Any]) -> str:
    """Return the template with its placeholders filled in as in English."""
    return template % {name: f"{value:,}" if type(value) is int else value for name, value in values.items()}


def _made(singular: str, plural: str, count: int | None, values: Mapping[str, Any]) -> Message:
    made = Message(filled(singular if count in (None, 1) else plural, values))
    made.template, made.plural, made.number, made.values = singular, plural, count, values
    return made
