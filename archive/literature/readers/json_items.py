"""JSON Lines, and lists of JSON objects as services write them, one object after the other."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import IO, Any

from archive.literature.readers.read import BROKEN, Read, Skipped, start_of

LONGEST = 64_000_000  # characters of one object
_CHUNK = 1_000_000
_BETWEEN = " \t\r\n,"
_LIST = re.compile(rb'"(?:items|results)"\s{0,20}:\s{0,20}\[')


def read_objects(file: IO[bytes], record: Callable[[dict[str, Any]], Read]) -> Iterator[Read]:
    """Yield what `record` makes of each object of a file, and the reason where one cannot be read."""
    for value in _values(file):
        if isinstance(value, Skipped):
            yield value
        elif isinstance(value, dict):
            yield record(value)
        else:
            yield Skipped("no JSON object")


def list_start(start: bytes) -> int | None:
    """Return where the objects begin in a file that begins with `start`, None for JSON Lines.

    A list may stand alone, or under `items` or `results` as in the answers of Crossref and OpenAlex.
    """
    opening = re.match(rb"(?:\xef\xbb\xbf)?\s*+\[", start)
    if opening:
        return opening.end()
    found, title = _LIST.search(start), start.find(b'"title"')
    return found.end() if found and (title < 0 or found.end() < title) else None


def _values(file: IO[bytes]) -> Iterator[Any]:
    begin = list_start(start_of(file))
    file.seek(begin or 0)
    return _lines(file) if begin is None else _listed(file)


def _lines(file: IO[bytes]) -> Iterator[Any]:
    try:
        for line in file:
            if line.strip():
                try:
                    yield json.loads(line.decode("utf-8-sig"))
                except (ValueError, RecursionError):
                    yield Skipped("not JSON")
    except BROKEN as error:  # a gzip file that breaks off
        yield Skipped(f"broken file: {error}")


def _listed(file: IO[bytes]) -> Iterator[Any]:
    """Yield the values of a list. What cannot be read ends it, since nothing tells where the next one begins."""
    decoder, buffer, at = json.JSONDecoder(), "", 0
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    while True:
        while buffer[at : at + 1] in _BETWEEN and at < len(buffer):
            at += 1
        if buffer.startswith("]", at):
            return
        try:
            value, at = decoder.raw_decode(buffer, at)
        except RecursionError:
            yield Skipped("not JSON")
            return
        except ValueError:  # it is not whole yet, or broken
            left = buffer[at:]
            try:
                more = file.read(max(_CHUNK, len(left)))
            except BROKEN as error:
                yield Skipped(f"broken file: {error}")
                return
            if not more or len(left) > LONGEST:
                yield Skipped("broken file: the list has no end")
                return
            buffer, at = left + decode(more), 0
            continue
        yield value
