"""Replace characters of equal meaning by one of them, so that patterns stay short and compile fast.

Each character becomes exactly one character, so offsets stay the same.
"""

import unicodedata
from functools import lru_cache

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


@lru_cache(maxsize=16)
def plain(text: str) -> str:
    """Return the text without accents, full-width forms and typographic dashes and quotes, of equal length.

    The last few results are kept: one entry is read by several patterns.
    """
    return text.translate(_TABLE)
