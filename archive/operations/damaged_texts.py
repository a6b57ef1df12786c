"""Find articles whose texts, references or revisions hold bytes that no program of this archive wrote.

This is the quick part of the check of articles, in the time that reading takes: it runs before a backup is replaced.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from archive.storage.connection import DECODE

ARTICLES = "select id, url, content_hash, title, text, markdown from articles not indexed order by id"
REVISIONS = "select r.content, a.url from revisions r join articles a on a.id = r.article_id"
REFERENCES = "select article_id, raw from bibliography order by article_id, position"


def damaged_texts(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the URL of each article that differs from its hash, or of a revision, where it holds a NUL or no UTF-8.

    A change by another program holds neither. Raises sqlite3.Error.
    """
    before, db.text_factory = db.text_factory, bytes
    try:
        references = groupby(db.execute(REFERENCES), key=itemgetter(0))
        owner, printed = next(references, (None, iter(())))
        for article_id, url, digest, title, text, markdown in db.execute(ARTICLES):
            while owner is not None and owner < article_id:
                owner, printed = next(references, (None, iter(())))
            own = [raw for _, raw in printed] if owner == article_id else []
            if not is_text(markdown) and not (b"\x00" in text and _is_utf8(markdown)):
                yield DECODE(url)
                continue
            content = b"\x00".join((title, text, *own))
            if hashlib.sha1(content, usedforsecurity=False).hexdigest().encode() == digest:
                continue
            if not all(map(is_text, (title, text, *own))):
                yield DECODE(url)
        for content, url in db.execute(REVISIONS):
            if not is_text(content):  # JSON has no NUL
                yield DECODE(url)
    finally:
        db.text_factory = before


def is_text(value: bytes) -> bool:
    """Whether the bytes are UTF-8 without NUL."""
    return b"\x00" not in value and _is_utf8(value)


def _is_utf8(value: bytes) -> bool:
    try:
        str(value, "utf-8")
    except UnicodeDecodeError:
        return False
    return True
