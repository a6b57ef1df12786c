"""Text of stored pages for a terminal. Pure functions.

A terminal executes control characters: a title could recolour it, rename its window or overwrite lines. Bidirectional
embeddings, overrides and isolates reorder what stands beside them. The marks that Arabic and Hebrew need stay.
"""

_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_C1 = {*range(0x7F, 0xA0)}
_CONTROLS = dict.fromkeys(({*range(0x20)} | _C1 | _BIDI | {0x2028, 0x2029}) - {ord("\n"), ord("\t")})
_JSON = {code: f"\\u{code:04x}" for code in _C1 | _BIDI | {0x2028, 0x2029}}


def plain(text: str) -> str:
    """Return the text without the characters that a terminal executes or that reorder it; lines and tabs stay."""
    return text.translate(_CONTROLS)


def plain_json(text: str) -> str:
    """Return JSON in which those characters are escaped, so that it means the same; json.dumps escapes only some."""
    return text.translate(_JSON)
