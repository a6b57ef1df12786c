"""Characters: those that SQLite cannot store, full-width forms, letters and digits."""

from archive.text.scripts import FULL_WIDTH_FORMS

# Full-width ASCII and the quotation marks of all scripts as ASCII.
ASCII_FORMS: dict[int, int | str] = FULL_WIDTH_FORMS | dict.fromkeys(map(ord, "“”„「」『』"), '"')


def clean(text: str) -> str:
    """Return the text without what SQLite cannot store: NUL, which ends a string, and lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "ignore").decode()


def has_alphanumeric(text: str) -> bool:
    """Return whether there is a letter or digit in `text`."""
    return any(character.isalnum() for character in text)
