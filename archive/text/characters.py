"""Single characters: those that SQLite cannot take, full-width forms, and letters and digits."""

from archive.text.scripts import FULL_WIDTH_FORMS

# Full-width ASCII and the quotation marks of all scripts as ASCII.
ASCII_FORMS: dict[int, int | str] = FULL_WIDTH_FORMS | dict.fromkeys(map(ord, "“”„「」『』"), '"')


def clean(text: str) -> str:
    """Without what SQLite cannot take: NUL ends a string there, and lone surrogates have no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "ignore").decode()


def is_unit(text: str) -> bool:
    """Whether there is a letter or digit in `text`."""
    return any(character.isalnum() for character in text)
