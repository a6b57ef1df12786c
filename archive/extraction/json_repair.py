"""Read JSON that sites write by hand: with comments, missing braces, bare quotes or several values in one script."""

import json
import re
from typing import Any

# Characters between a quote and the sign behind it that are looked at; the bound keeps the reading linear.
_BLANK = r"[\s\ufeff]{0,500}"
_OUTSIDE = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z)|<!--|-->|<!\[CDATA\[|\]\]>)|(?P<dropped>[;\s\ufeff]+)"
    r'|(?P<open>[{\[])|(?P<close>[}\]])|(?P<comma>,)|(?P<colon>:)|(?P<quote>")|(?P<other>[^\s{}\[\],:;"/<>\ufeff-]+|.)',
    re.DOTALL,
)
_INSIDE = re.compile(r'(?P<plain>[^"\\]+)|(?P<escape>\\u[0-9a-fA-F]{4}|\\["\\/bfnrt])|(?P<bad>\\)|(?P<quote>")')
_GAP = re.compile(r"[\s,]*")
# Objects and lists inside each other: deeper data is no article.
_DEEPEST = 200
# Behind the closing quote of a key, of a value in an object, and of a value in a list.
_AFTER_KEY = re.compile(rf"{_BLANK}:")
_AFTER_VALUE = re.compile(
    rf'{_BLANK}(?:[}}\]]|\Z|;|//|/\*|,{_BLANK}(?:"|[}}\]]|//|/\*|\Z))|[ \t]{{0,20}}\n{_BLANK}"@?\w{{1,40}}"{_BLANK}:'
)
_AFTER_ITEM = re.compile(rf'{_BLANK}(?:[}}\]]|\Z|//|/\*|,{_BLANK}(?:["{{\[\]\d-]|true|false|null|//|/\*))')


def load_values(source: str) -> list[Any]:
    """Return the JSON values in `source`, in order; of broken JSON those that can be repaired."""
    try:
        return [json.loads(source, strict=False)]
    except RecursionError:
        return []
    except ValueError:
        return _decode_all(repair_json(source))


def _decode_all(text: str) -> list[Any]:
    decoder, values, position = json.JSONDecoder(strict=False), [], _skip_gap(text, 0)
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        values.append(value)
        position = _skip_gap(text, position)
    return values


def _skip_gap(text: str, position: int) -> int:
    gap = _GAP.match(text, position)
    return gap.end() if gap else position


def repair_json(source: str) -> str:
    """Return `source` without comments, semicolons and trailing commas, with quotes escaped and brackets closed.

    A quote ends a string only if the sign behind it may follow the string at this place; other quotes are part of the
    text.
    """
    parts: list[str] = []
    opened: list[str] = []
    position, is_key = 0, False
    while len(opened) <= _DEEPEST and (match := _OUTSIDE.match(source, position)):
        position, kind, text = match.end(), match.lastgroup, match.group()
        if kind == "quote":
            after = _AFTER_KEY if is_key else _AFTER_VALUE if opened[-1:] == ["}"] else _AFTER_ITEM
            string, position = _read_string(source, position, after)
            if parts and parts[-1].endswith('"'):
                parts.append(",")
            parts.append(string)
        elif kind == "open":
            opened.append("}" if text == "{" else "]")
            parts.append(text)
        elif kind == "close":
            _drop_comma(parts)
            parts.append(_close(opened, text))
        elif kind in {"comma", "colon", "other"}:
            parts.append(text)
        if kind not in {"comment", "dropped"}:
            is_key = kind != "colon" and opened[-1:] == ["}"]
    _drop_comma(parts)
    return "".join([*parts, *reversed(opened)]).strip()


def _read_string(source: str, position: int, after: re.Pattern[str]) -> tuple[str, int]:
    """Return the string whose text starts at `position`, as valid JSON, and the position behind it."""
    parts = ['"']
    while match := _INSIDE.match(source, position):
        position, kind = match.end(), match.lastgroup
        if kind == "quote" and after.match(source, position):
            break
        # An escape that JSON does not know stands for the character behind it.
        parts.append({"quote": '\\"', "bad": ""}.get(kind or "", match.group()))
    return "".join([*parts, '"']), position


def _drop_comma(parts: list[str]) -> None:
    while parts and parts[-1] == ",":
        parts.pop()


def _close(opened: list[str], bracket: str) -> str:
    """Return the brackets that close everything up to the last one that `bracket` closes; empty without such a one."""
    if bracket not in opened:
        return ""
    closed = ""
    while not closed.endswith(bracket):
        closed += opened.pop()
    return closed
