"""The records of other web archives: WARC 0.18 to 1.1 and ARC 1 and 2, as they lie in a frame (framing.py)."""

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from archive.operations.importing.framing import MOST_HEADER, WARC_START, ArcLine, arc_line
from archive.page import escape_nul
from archive.storage.warc.content_encoding import undo_chunks
from archive.text.characters import clean

_HEADER = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]*([^\r\n]*)", re.MULTILINE)
_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})[ \t]*([^\r\n]*)", re.IGNORECASE)
_END = re.compile(rb"\r?\n\r?\n")
_CONTENT_TYPE = re.compile(rb"^content-type:[ \t]*([^\r\n;]*)", re.IGNORECASE | re.MULTILINE)
_MARKUP = ("text/html", "application/xhtml+xml")
RESPONSE, REVISIT, OTHER = "response", "revisit", "other"


class DamagedRecordError(ValueError):
    """A record whose header cannot be read or whose block is not what its digest says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A response, or a revisit record that says that an earlier one was repeated; `kind` OTHER for anything else.

    `http` is the HTTP header as received, `block` the record's block, in which the body begins at `body_at`. Strings
    are empty where the record does not say, and without NUL. `digest` is that of the payload, as stated.
    """

    kind: str
    url: str = ""
    date: str = ""
    record_id: str = ""
    digest: str = ""
    block_digest: str = ""
    refers_to: tuple[str, str] = ("", "")  # URL and date of the original of a revisit record
    is_truncated: bool = False
    http: bytes = b""
    block: bytes = b""
    body_at: int = 0
    is_html: bool = False
    has_http: bool = True  # False for a body that was kept without its HTTP header
    status: int = 0
    reason: str = ""

    def headers(self) -> list[tuple[str, str]]:
        """Return the HTTP headers as received."""
        found = _HEADER.findall(self.http)
        return [(name.decode("ascii"), clean(value.decode("latin-1")).strip()) for name, value in found]

    def header(self, name: str) -> str:
        """Return the values of an HTTP header, joined by commas."""
        return ",".join(value for each, value in self.headers() if each.lower() == name)

    def body(self) -> bytes:
        """Return the body, content encoding kept, transfer encoding undone where it is still there."""
        body = self.block[self.body_at :]
        return undo_chunks(body) if "chunked" in self.header("transfer-encoding").lower() else body

    def moment(self) -> datetime | None:
        """Return when the record was made, None where it says no possible time."""
        digits = re.fullmatch(r"\d{12,17}", self.date)
        text = f"{self.date:0<14}"[:14] if digits else self.date
        try:
            moment = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC) if digits else _iso(text)
        except ValueError:
            return None
        return moment if moment.year > 1990 else None  # there was no web before

    def check(self) -> None:
        """Raise DamagedRecordError where the block is not what its digest says."""
        kind, _, stated = self.block_digest.partition(":")
        if kind.lower() == "sha1" and len(stated) == 32:
            found = base64.b32encode(hashlib.sha1(self.block, usedforsecurity=False).digest()).decode()
            if found != stated.upper():
                raise DamagedRecordError("the block is not what its digest says")


def _iso(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_records(content: bytes) -> list[Foreign]:
    """Return the records of a frame; none for an empty one and for a record that was overwritten.

    Raises DamagedRecordError.
    """
    found: list[Foreign] = []
    start = 0
    while start < len(content) and (start := _after_blank(content, start)) < len(content):
        if WARC_START.match(content, start):
            record, start = _read_warc(content, start)
        elif line := arc_line(content, start):
            record, start = _read_arc(content, line)
        elif not content[start:].strip(b"\0 \r\n"):
            break
        else:
            raise DamagedRecordError("no record begins there")
        found.append(record)
    return found


def _after_blank(content: bytes, start: int) -> int:
    while start < len(content) and content[start] in b"\r\n":
        start += 1
    return start


def _read_warc(content: bytes, start: int) -> tuple[Foreign, int]:
    end = _END.search(content, start, start + MOST_HEADER)
    if end is None:
        raise DamagedRecordError("the header has no end")
    fields = {name.lower(): value for name, value in _HEADER.findall(content, start, end.start())}
    try:
        length = int(fields[b"content-length"])
    except (KeyError, ValueError):
        raise DamagedRecordError("it has no length") from None
    stop = end.end() + length
    if stop > len(content) or length < 0:
        raise DamagedRecordError("it is cut short")
    kind = fields.get(b"warc-type", b"").lower()
    if kind not in (b"response", b"revisit", b"resource"):
        return Foreign(kind=OTHER), stop

    def text(name: bytes) -> str:
        return clean(str(fields.get(name, b""), "utf-8", "replace")).strip()

    def address(name: bytes) -> str:
        return escape_nul(str(fields.get(name, b""), "utf-8", "replace").strip().strip("<>"))

    url = address(b"warc-target-uri")
    if not url.lower().startswith("http"):
        return Foreign(kind=OTHER), stop
    record = Foreign(
        kind=REVISIT if kind == b"revisit" else RESPONSE,
        url=url,
        date=text(b"warc-date"),
        record_id=text(b"warc-record-id"),
        digest=text(b"warc-payload-digest"),
        block_digest=text(b"warc-block-digest"),
        refers_to=(address(b"warc-refers-to-target-uri"), text(b"warc-refers-to-date")),
        is_truncated=bool(text(b"warc-truncated")),
    )
    block = content[end.end() : stop]
    if kind == b"resource":
        return with_http(replace(record, has_http=False), _made_header(text(b"content-type")), block, 0), stop
    return _with_block(record, block), stop


def _read_arc(content: bytes, line: ArcLine) -> tuple[Foreign, int]:
    stop = line.end + line.length
    if stop > len(content):
        raise DamagedRecordError("it is cut short")
    url = escape_nul(line.url.decode("utf-8", "replace"))
    if not url.lower().startswith("http"):
        return Foreign(kind=OTHER), stop
    block = content[line.end : stop]
    record = Foreign(kind=RESPONSE, url=url, date=line.date.decode())
    if _STATUS_LINE.match(block):
        return _with_block(record, block), stop
    return with_http(record, _made_header(line.media_type.decode("latin-1")), block, 0), stop


def _made_header(content_type: str) -> bytes:
    """Return the HTTP header of a body that was kept without one."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: " + content_type.encode("latin-1", "replace")


def _with_block(record: Foreign, block: bytes) -> Foreign:
    end = _END.search(block, 0, MOST_HEADER)
    if end is None:
        return with_http(record, block[:MOST_HEADER], block, len(block))
    return with_http(record, block[: end.start()], block, end.end())


def with_http(record: Foreign, http: bytes, block: bytes, body_at: int) -> Foreign:
    """Return the record with an HTTP header and a block."""
    status, media = _STATUS_LINE.match(http), _CONTENT_TYPE.search(http)
    said = media[1].decode("latin-1").strip().lower() if media else ""
    return replace(
        record,
        http=http,
        block=block,
        body_at=body_at,
        status=int(status[1]) if status else 0,
        reason=status[2].decode("latin-1").strip() if status else "",
        is_html=not said or said in _MARKUP,
    )
