"""What a crawl makes of a coded body is what is read of it later."""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware as Scrapy

from archive.storage.warc.content_encoding import DECODERS, OversizeError, decode_body
from archive.storage.warc.files import Location, WarcError, WarcWriter, read_page, records_of
from archive.storage.warc.members import MOST
from tests.kept import damage, exchange

PLAIN = b"\n <p>A page that says it is compressed.</p>"


def _zstd(data: bytes) -> bytes:
    from backports import zstd

    return bytes(zstd.compress(data))


def _raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


ENCODERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", _raw_deflate),
    ("br", brotli.compress), ("zstd", _zstd),
]  # fmt: skip


@pytest.mark.parametrize(("coding", "encode"), ENCODERS)
@given(data=st.binary(max_size=500))
def test_what_is_coded_comes_back(coding: str, encode: Callable[[bytes], bytes], data: bytes) -> None:
    assert decode_body(encode(data), coding) == (data, True)
    assert decode_body(gzip.compress(encode(data)), f" {coding.upper()} , gzip") == (data, True)


@pytest.mark.parametrize(("coding", "encode"), ENCODERS)
def test_a_stored_page_is_read_without_its_coding(
    tmp_path: Path, coding: str, encode: Callable[[bytes], bytes]
) -> None:
    writer = WarcWriter(tmp_path, "test")
    coded = replace(exchange("https://news.example/", encode(b"text")), headers=[("Content-Encoding", coding)])
    where = writer.write(coded)
    writer.close()
    assert read_page(tmp_path, where).body == b"text"


def test_a_damaged_record_is_one_sentence(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "test")
    records = records_of(exchange("https://news.example/", bytes(range(256)) * 300))
    where = writer.append(records)
    writer.close()
    for offset in range(where.offset + 30, where.offset + records.length - 3, 5):  # the checksum is at the end
        damage(tmp_path / where.file, offset, 3)
        with pytest.raises(WarcError, match=r"warc\.gz"):
            read_page(tmp_path, where)
        damage(tmp_path / where.file, offset, 3)


def test_a_record_that_grows_without_end_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "bomb.warc.gz").write_bytes(gzip.compress(bytes(MOST + 1), 1))
    with pytest.raises(WarcError, match="more than"):
        read_page(tmp_path, Location("bomb.warc.gz", 0))


@pytest.mark.parametrize("coding", [*DECODERS, "", "identity", "aws-chunked"])
@pytest.mark.parametrize("body", [b"", b"no coding at all"])
def test_what_is_not_coded_stays(coding: str, body: bytes) -> None:
    assert decode_body(body, coding) == (body, True)


@pytest.mark.parametrize(("coding", "encode"), ENCODERS)
@pytest.mark.parametrize("length", [0.4, 0.99])
def test_of_a_body_cut_short_as_much_is_read_as_scrapy_reads(
    coding: str, encode: Callable[[bytes], bytes], length: float
) -> None:
    whole = encode(bytes(str(list(range(90_000))), "ascii"))
    body = whole[: int(len(whole) * length)]
    assert decode_body(body, coding) == (Scrapy._decode(body, coding.encode(), 0), False) != (b"", False)


@pytest.mark.parametrize(("coding", "encode"), ENCODERS)
@given(data=st.binary(max_size=300), kept=st.floats(0, 1, exclude_max=True))
def test_no_part_of_a_coded_body_is_taken_for_the_whole(
    coding: str, encode: Callable[[bytes], bytes], data: bytes, kept: float
) -> None:
    coded = encode(data)
    part = coded[: max(1, int(len(coded) * kept))]
    assert decode_body(part, coding).complete is (part == coded)
    assert not decode_body(gzip.compress(part)[:-1], f"{coding}, gzip").complete


@pytest.mark.parametrize(
    ("body", "coding", "expected"),
    [
        (gzip.compress(b"one, ", mtime=0) + gzip.compress(b"two", mtime=0), "gzip", (b"one, two", True)),
        (gzip.compress(b"one, ", mtime=0) + gzip.compress(b"two", mtime=0)[:-3], "gzip", (b"one, two", False)),
        (gzip.compress(b"text", mtime=0) + b"\0" * 9, "gzip", (b"text", True)),
        (_zstd(b"one, ") + _zstd(b"two"), "zstd", (b"one, two", True)),
        (_zstd(b"one, ") + _zstd(b"two")[:-1], "zstd", (b"one, tw", False)),
        (zlib.compress(b"text")[:-4] + b"\0" * 4, "deflate", (b"", False)),
        (PLAIN, "br", (PLAIN, True)),
        (PLAIN, "deflate", (PLAIN, True)),
    ],
)  # fmt: skip
def test_members_padding_damage_and_wrong_labels(body: bytes, coding: str, expected: tuple[bytes, bool]) -> None:
    assert decode_body(body, coding) == expected


@pytest.mark.parametrize(("coding", "encode"), ENCODERS)
def test_a_decompression_bomb_is_left_off(coding: str, encode: Callable[[bytes], bytes]) -> None:
    coded = encode(b"0" * 5_000_000)
    with pytest.raises(OversizeError):
        decode_body(coded, coding, 1_000_000)
    assert len(decode_body(coded, coding, 5_000_000).body) == 5_000_000
