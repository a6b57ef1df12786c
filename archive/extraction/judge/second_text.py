"""The text of a page by a second extractor, Resiliparse, which is independent of trafilatura and much faster."""

from resiliparse.extract.html2text import extract_plain_text


def second_text(source: str) -> str:
    """Return the main content of a page's decoded source as plain text, each block on lines of its own."""
    return str(
        extract_plain_text(
            source,
            preserve_formatting=True,
            main_content=True,
            list_bullets=False,
            alt_texts=False,
            comments=False,
            post_meta=False,
        )
    )
