"""Read JSON that sites write by hand: with comments, missing braces, bare quotes or several values in one script.

The library json-repair (0.64.6) reads about the same, but in quadratic time: 7 s for `["a "b" ` repeated to 20,000
characters.
"""

import json
import re
from typing import Any

# Characters between a quote and the sign behind it that are looked at; the bound keeps the reading linear.
_BLANK = r"[\s\ufeff]{0,500}"
_OUTSIDE = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z)|<!--|-->|<!\[CDATA\[|\]\]>)|(?P<dropped>[;\s\ufeff]+)"
    r"|(?P<open>[{\[])|(?P<close>[}\]])|(?P<comma>,)|(?P<colon>:)|(?P<quote>[\"'])|(?P<bare>[\w.+$-]+|.)",
    re.DOTALL,
)
_INSIDE = re.compile(
    r"""(?P<plain>[^"'\\]+)|(?P<escape>\\u[0-9a-fA-F]{4}|\\["\\/bfnrt])|\\(?P<bad>.?)|(?P<quote>["'])""", re.DOTALL
)
_LITERAL = re.compile(r"true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
# What other languages write for JSON's literals.
_FOREIGN = {"True": "true", "False": "false", "None": "null", "undefined": "null", "NaN": "null"}
_GAP = re.compile(r"[\s,]*")
# Objects and lists inside each other: deeper data is no article.
_DEEPEST = 200
# Behind the closing quote of a key, of a value in an object, and of a value in a list.
_AFTER_KEY = re.compile(rf"{_BLANK}:")
_AFTER_VALUE = re.compile(
    rf"{_BLANK}(?:[}}\]]|\Z|;|//|/\*|,{_BLANK}(?:[\"']|[}}\]]|//|/\*|\Z|\w{{1,40}}:))"
    rf"|[ \t]{{0,20}}\n{_BLANK}\"@?\w{{1,40}}\"{_BLANK}:"
)
_AFTER_ITEM = re.compile(rf"{_BLANK}(?:[}}\]]|\Z|//|/\*|,{_BLANK}(?:[\"'{{\[\]\d-]|true|false|null|//|/\*))")


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
    """Return `source` as JSON: without comments, trailing commas and text outside brackets, and with what is missing.

    Quotes are escaped, brackets closed, bare words quoted, and absent values null. A quote ends a string only if the
    sign behind it may follow the string at this place; other quotes are part of the text.
    """
    parts: list[str] = []
    opened: list[str] = []
    position, is_key = 0, False
    while len(opened) <= _DEEPEST and (match := _OUTSIDE.match(source, position)):
        position, kind, text = match.end(), match.lastgroup, match.group()
        if kind in {"comment", "dropped"} or not (opened or kind == "open"):
            continue
        if kind == "quote":
            after = _AFTER_KEY if is_key else _AFTER_VALUE if opened[-1] == "}" else _AFTER_ITEM
            string, position = _read_string(source, position, text, after)
            if parts[-1].endswith('"'):
                parts.append(",")
            parts.append(string)
        elif kind == "open":
            opened.append("}" if text == "{" else "]")
            parts.append(text)
        elif kind == "close":
            _end_value(parts)
            parts.append(_close(opened, text))
        elif kind == "comma":
            _add_missing(parts)
            parts.append(text)
        elif kind == "colon":
            parts.append(text)
        else:
            parts.append(_bare(text, is_key=is_key))
        is_key = kind != "colon" and opened[-1:] == ["}"]
    _end_value(parts)
    return "".join([*parts, *reversed(opened)]).strip()


def _bare(text: str, *, is_key: bool) -> str:
    """Return a word outside quotes as JSON."""
    literal = _FOREIGN.get(text, text)
    return literal if not is_key and _LITERAL.fullmatch(literal) else json.dumps(text)


def _read_string(source: str, position: int, mark: str, after: re.Pattern[str]) -> tuple[str, int]:
    """Return the string whose text starts at `position`, as valid JSON, and the position behind it.

    `mark` is the quote that opens it; a quote with `after` behind it closes it.
    """
    parts = ['"']
    while match := _INSIDE.match(source, position):
        position, kind, text = match.end(), match.lastgroup, match.group()
        if kind == "quote" and text == mark and after.match(source, position):
            break
        # An escape that JSON does not know stands for the character behind it.
        parts.append('\\"' if text == '"' else match["bad"] if kind == "bad" else text)
    return "".join([*parts, '"']), position


def _end_value(parts: list[str]) -> None:
    """Drop commas at the end of a list or object, and add the value that its last key lacks."""
    while parts and parts[-1] == ",":
        parts.pop()
    _add_missing(parts)


def _add_missing(parts: list[str]) -> None:
    if parts and parts[-1] == ":":
        parts.append("null")


def _close(opened: list[str], bracket: str) -> str:
    """Return the brackets that close everything up to the last one that `bracket` closes; empty without such a one."""
    if bracket not in opened:
        return ""
    closed = ""
    while not closed.endswith(bracket):
        closed += opened.pop()
    return closed
