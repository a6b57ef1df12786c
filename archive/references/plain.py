"""One spelling for characters that print the same thing, so that patterns stay short and quick to compile.

Every character becomes exactly one other: an offset into the plain text is an offset into the printed one.
"""

import unicodedata

from archive.text.scripts import FULL_WIDTH_FORMS


def _table() -> dict[int, str]:
    table = {wide: chr(narrow) for wide, narrow in FULL_WIDTH_FORMS.items()}
    table |= {ord(dash): "-" for dash in "‐‑‒–—―−～~至"}
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
