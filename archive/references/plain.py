"""One spelling for characters that print the same thing, so that patterns stay short and quick to compile.

Every character becomes exactly one other: an offset into the plain text is an offset into the printed one.
"""

import unicodedata


def _table() -> dict[int, str]:
    table = {ord(dash): "-" for dash in "‐‑‒–—―−～~至"}
    table |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5E)}  # full-width forms
    table |= dict(zip(map(ord, "【】〔〕。、“”„‘’«»"), '[][].,"""\'\'""', strict=True))
    for code in range(0xC0, 0x250):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            table[code] = base
    return table | dict(zip(map(ord, "øØłŁđĐßæÆœŒıðÐþÞ"), "oOlLdDsaAoOidDtT", strict=True))


_TABLE = _table()


def plain(text: str) -> str:
    """The text without accents, full-width forms and typographic dashes and quotes; as long as before."""
    return text.translate(_TABLE)
