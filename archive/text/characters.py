"""Single characters: those that SQLite cannot take, full-width forms, and letters and digits."""

# Full-width ASCII and the quotation marks of all scripts as ASCII.
ASCII_FORMS = str.maketrans({chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | dict.fromkeys("“”„「」『』", '"'))


def clean(text: str) -> str:
    """Without what SQLite cannot take: NUL ends a string there, and lone surrogates have no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "ignore").decode()


def is_unit(text: str) -> bool:
    """Whether there is a letter or digit in `text`."""
    return any(character.isalnum() for character in text)
