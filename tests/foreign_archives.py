"""Files of other web archives, made record by record, in every format that is imported."""

import base64
import gzip
import hashlib
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HTML = (("Content-Type", "text/html; charset=utf-8"),)
PARAGRAPHS = (
    "The vaccine protected patients in the clinical trial, and doctors at the hospital saw few symptoms. ",
    "Researchers of the university compared two groups of patients with diabetes over three years. ",
    "The disease is rare, and its treatment was changed after a review of the evidence by physicians. ",
)


def a_page(number: int = 1, *, text: str = "", title: str = "") -> bytes:
    """An article about health, or of that text."""
    words = text or "".join(PARAGRAPHS) + f"The study has the number {number}, and its authors thank all patients. "
    paragraphs = "".join(f"<p>{words}{words}</p>" for _ in range(3))
    heading = title or f"Vaccine study {number} finds fewer symptoms"
    return (
        f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{heading}</title></head>"
        f"<body><article><h1>{heading}</h1>{paragraphs}</article></body></html>"
    ).encode()


OFF_TOPIC = "The city council opened a new bridge across the river, and the mayor cut a ribbon with the builders. "


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A response, as it is written to a file. `date` has 14 digits."""

    url: str = "https://news.example/a/1"
    body: bytes = a_page()
    date: str = "20240521080000"
    status: str = "200 OK"
    headers: Sequence[tuple[str, str]] = HTML
    kind: str = "response"
    about: Sequence[tuple[str, str]] = ()

    @property
    def http(self) -> bytes:
        """The HTTP response."""
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, "", ""]).encode() + self.body

    @property
    def moment(self) -> str:
        """The date as WARC records have it."""
        d = self.date
        return f"{d[:4]}-{d[4:6]}-{d[6:8]}T{d[8:10]}:{d[10:12]}:{d[12:]}Z"


def digest(data: bytes) -> str:
    """The digest of a payload or block as records state it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def warc_record(sample: Sample) -> bytes:
    """The sample as a WARC record."""
    name = hashlib.sha1(sample.url.encode() + sample.date.encode()).hexdigest()
    lines = [
        "WARC/1.0",
        f"WARC-Type: {sample.kind}",
        f"WARC-Target-URI: {sample.url}",
        f"WARC-Date: {sample.moment}",
        f"WARC-Record-ID: <urn:uuid:{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:32]}>",
        "Content-Type: application/http; msgtype=response",
        *(f"{header}: {value}" for header, value in sample.about),
        f"Content-Length: {len(sample.http)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + sample.http + b"\r\n\r\n"


INFO = (
    b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Date: 2024-05-21T08:00:00Z\r\nContent-Length: 14\r\n\r\n"
    b"format: WARC\r\n\r\n\r\n"
)


def a_revisit(sample: Sample, of: Sample) -> Sample:
    """A record that says that the response of another one was repeated."""
    return Sample(
        url=sample.url, date=sample.date, kind="revisit", body=b"", headers=HTML,
        about=(
            ("WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"),
            ("WARC-Payload-Digest", digest(of.body)),
            ("WARC-Refers-To-Target-URI", of.url),
            ("WARC-Refers-To-Date", of.moment),
        ),
    )  # fmt: skip


def arc_record(sample: Sample) -> bytes:
    """The sample as an ARC record."""
    return f"{sample.url} 192.0.2.1 {sample.date} text/html {len(sample.http)}\n".encode() + sample.http + b"\n"


ARC_INFO = (
    b"filedesc://a.arc 0.0.0.0 20240521080000 text/plain 69\n"
    b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n\n\n\n\n"
)


def write(path: Path, samples: Iterable[Sample]) -> Path:
    """Write the samples in the format that the file's name says."""
    name = path.name
    if name.endswith(".wacz"):
        inner = path.with_name("data.warc.gz")
        write(inner, samples)
        with zipfile.ZipFile(path, "w") as wacz:
            wacz.write(inner, "archive/data.warc.gz")
        inner.unlink()
        return path
    of_arc = ".arc" in name
    records = [ARC_INFO if of_arc else INFO, *(arc_record(each) if of_arc else warc_record(each) for each in samples)]
    if name.endswith(".gz"):
        path.write_bytes(b"".join(gzip.compress(record, 6, mtime=0) for record in records))
    elif name.endswith(".zst"):
        known = zstd.train_dict([*records, *(warc_record(Sample(body=a_page(n))) for n in range(30))], 4000)
        packed = zstd.compress(known.dict_content)
        frames = [zstd.compress(record, zstd_dict=known) for record in records]
        path.write_bytes(b"\x5d\x2a\x4d\x18" + len(packed).to_bytes(4, "little") + packed + b"".join(frames))
    else:
        path.write_bytes(b"".join(records))
    return path
