"""Characters: those that SQLite cannot store, full-width forms, accents, letters and digits."""

import re
import unicodedata

from archive.text.scripts import FULL_WIDTH_FORMS

# Full-width ASCII and the quotation marks of all scripts as ASCII.
ASCII_FORMS: dict[int, int | str] = FULL_WIDTH_FORMS | dict.fromkeys(map(ord, "“”„「」『』"), '"')
_SIGNS = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    """Return the text without what SQLite cannot store: NUL, which ends a string, and lone surrogates."""
    if text.isascii():
        return text.replace("\0", " ")
    return text.replace("\0", " ").encode("utf-8", "ignore").decode()


def has_alphanumeric(text: str) -> bool:
    """Return whether there is a letter or digit in `text`."""
    return any(character.isalnum() for character in text)


def without_accents(text: str) -> str:
    """Return the text in compatibility decomposition (Unicode's NFKD) without accents: `Ｎaïve ﬁ` is `Naive fi`."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def without_accents_in_place(text: str) -> str:
    """Return the text without accents, character by character: what would become several or none stays as it is.

    Offsets hold in both, `…` and `½` stay.
    """
    if text.isascii():
        return text
    return "".join(plain if len(plain := without_accents(c)) == 1 else c for c in text)


def comparison_key(text: str) -> str:
    """Return the letters and digits in lower case, without accents and width, to compare titles and names by."""
    return _SIGNS.sub("", without_accents(text)).lower()
