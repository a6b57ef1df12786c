"""Parse the exclusions that a user gives: a URL, a host or a regular expression."""

import re
from collections.abc import Iterator
from pathlib import Path

from archive.storage.exclusions import Exclusion
from archive.urls.canonical import canonical_url, host_of

_HOST = re.compile(r"(?:[\w-]+\.)+(?:[\w-]{2,}|\d+)")
_NO_URL = re.compile(r"\\|\.[*+]|[\^$|]|\(\?")


def entry_of(text: str) -> Exclusion:
    """What `text` names: with `://` a URL; a host such as example.org; else a regular expression.

    Raises ValueError, with one sentence, for what is none of them.
    """
    if "://" in text:
        if _NO_URL.search(text):
            raise ValueError(f"{text} is no URL; a regular expression has no ://, as in example\\.org/tag/.")
        try:
            return Exclusion("url", canonical_url(text))
        except ValueError as error:
            raise ValueError(f"{text} is no http or https URL: give a whole one, a host or a pattern.") from error
    if _HOST.fullmatch(text) and (host := host_of(f"http://{text}/")):
        return Exclusion("host", host)
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no URL, no host and no regular expression: {error}.") from error
    return Exclusion("pattern", text)


def entries_in(path: Path) -> Iterator[Exclusion]:
    """Yield the exclusions of a file, one a line. A # at a line's beginning or after a space begins a comment.

    Raises ValueError, with one sentence that names the line, and OSError.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = re.split(r"(?:^|\s)#", line)[0].strip()
        try:
            if text:
                yield entry_of(text)
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}") from error
