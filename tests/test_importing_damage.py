"""Reading files of other web archives, whatever is in them."""

import random
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.operations.importing.framing import arc_line, frames
from archive.operations.importing.records import REVISIT, DamagedRecordError, Foreign, read_records
from archive.operations.importing.selection import Filter, Selection
from archive.operations.importing.topic import THRESHOLD, is_about_health, score
from archive.storage.exclusions import Exclusions
from archive.storage.warc.content_encoding import undo_chunks
from tests.foreign_archives import OFF_TOPIC, Sample, a_page, warc_record, write

FORMATS = ("a.warc", "a.warc.gz", "a.warc.zst", "a.arc", "a.arc.gz")
TAKES_ALL = Filter(
    selection=Selection(everything=True), exclusions=Exclusions.of([]), directives=lambda *_: frozenset(),
    site_of=lambda _: "", site_languages={},
)  # fmt: skip


def read(content: bytes) -> tuple[list[Foreign], int]:
    """The records of a file, and the number of damaged ones."""
    found: list[Foreign] = []
    damaged = 0
    with tempfile.TemporaryFile() as file:
        file.write(content)
        ends = [0]
        for frame in frames(file):
            assert frame.offset >= 0
            assert frame.end >= ends[-1]
            ends.append(frame.end)
            try:
                records = read_records(frame.content)
                found += records
                damaged += bool(frame.problem)
                for record in records:
                    if TAKES_ALL.reject(record) is None and record.kind != REVISIT:
                        TAKES_ALL.examine(record)
            except DamagedRecordError:
                damaged += 1
    return found, damaged


@cache
def file_of(name: str) -> bytes:
    """A file of six pages in the format that the name says."""
    with tempfile.TemporaryDirectory() as folder:
        samples = [Sample(url=f"https://news.example/{n}", body=a_page(n)) for n in range(6)]
        return write(Path(folder) / name, samples).read_bytes()


@given(content=st.binary(max_size=300))
@example(b"\x1f\x8b\x08")
@example(b"\x28\xb5\x2f\xfd")
@example(b"\x5d\x2a\x4d\x18\xff\xff\xff\xff")
@example(b"\x50\x2a\x4d\x18")
@example(b"\x50\x2a\x4d\x18\x00\x00\x00\x00\x50\x2a\x4d\x18\x00")
@example(b"WARC/1.0\r\nContent-Length: 99999999999999\r\n\r\n")
@example(b"http://x/ 1.2.3.4 20240101000000 text/html 99\n")
def test_any_bytes_are_read(content: bytes) -> None:
    read(content)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=25)
@given(seed=st.integers(0, 1 << 30))
def test_damage_costs_the_records_that_it_hits(name: str, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(file_of(name))
    start = chance.randrange(len(content))
    length = chance.choice([1, 1, 8, 30])
    content[start : start + length] = chance.randbytes(length)
    found, damaged = read(bytes(content))
    pages = {record.url for record in found}
    is_in_dictionary = name.endswith(".zst") and start < 8 + int.from_bytes(file_of(name)[4:8], "little")
    if not is_in_dictionary:  # without it nothing can be read
        assert len({f"https://news.example/{n}" for n in range(6)} & pages) >= 4
        assert damaged <= 3


def test_a_truncated_record_is_not_taken() -> None:
    (record,) = read_records(warc_record(Sample(about=(("WARC-Truncated", "length"),))))
    assert TAKES_ALL.reject(record) == "cut short"


@pytest.mark.parametrize(
    ("body", "undone"),
    [
        (b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"3\nabc\n2;x=y\r\nde\r\n0\r\n", b"abcde"),
        (b"A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", b"0123456789"),
        (b"5\r\nabc", b"abc"),
        (b"<html>", b"<html>"),
        (b"10 reasons", b"10 reasons"),
        (b"", b""),
    ],
)
def test_chunks(body: bytes, undone: bytes) -> None:
    assert undo_chunks(body) == undone


@given(body=st.binary(max_size=200), sizes=st.lists(st.integers(1, 50), max_size=10))
def test_chunks_come_back(body: bytes, sizes: list[int]) -> None:
    parts, at = [], 0
    for size in [*sizes, len(body)]:
        if part := body[at : at + size]:
            parts.append(b"%x\r\n%s\r\n" % (len(part), part))
        at += size
    assert undo_chunks(b"".join(parts) + b"0\r\n\r\n") == body


HEALTH = {
    "zh": ("疫苗对糖尿病患者的作用", "研究人员对患者进行临床试验，医院的医生说症状减轻。" * 30),
    "en": ("A vaccine trial", "Patients in hospital had fewer symptoms of the disease. " * 30),
    "de": ("Impfung im Krankenhaus", "Die Patienten bekamen ein Medikament gegen die Krankheit. " * 30),
    "ja": ("ワクチンの臨床試験", "患者の症状が病院での治療で改善した。" * 60),
}
OTHER = {
    "zh": ("新桥通车", "市长昨日为大桥剪彩，许多市民到场参观，交通更加便利。" * 30),
    "en": ("A new bridge", OFF_TOPIC * 30),
}


def page_of(title: str, text: str, encoding: str) -> bytes:
    """A page with a menu that has a section on health, as most news sites."""
    menu = "<ul><li><a href=/health>Health</a><li><a href=/sport>Sport</a></ul><script>var a='cancer'</script>"
    head = f"<html><head><meta charset={encoding}><title>{title}</title></head>"
    return f"{head}<body>{menu}<p>{text}</p></body></html>".encode(encoding)


@pytest.mark.parametrize(
    ("language", "encoding"), [*((name, "utf-8") for name in HEALTH), ("zh", "gb18030"), ("ja", "shift_jis")]
)
def test_pages_about_health_pass(language: str, encoding: str) -> None:
    assert is_about_health("https://news.example/1", page_of(*HEALTH[language], encoding))


@pytest.mark.parametrize(("language", "encoding"), [("zh", "utf-8"), ("en", "utf-8"), ("zh", "gb18030")])
def test_other_pages_do_not(language: str, encoding: str) -> None:
    assert score("https://news.example/1", page_of(*OTHER[language], encoding)) < THRESHOLD


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"http://a.example/ 127.0.0.1 20240521083000 text/html 12", (b"http://a.example/", b"text/html", 12)),
        (b"http://a.example/x y 127.0.0.1 20240521083000 text/html 12", (b"http://a.example/x y", b"text/html", 12)),
        (
            b"https://a.example/ 127.0.0.1 20240521083000 text/html 200 sum - 900 a.arc.gz 34",
            (b"https://a.example/", b"text/html", 34),
        ),
        (b"http://a.example/ 127.0.0.1 2024 text/html 12", None),
        (b"http://a.example/ 127.0.0.1 20240521083000 text/html many", None),
        (b"http://a.example/ 127.0.0.1 20240521083000 text/html " + b"9" * 13, None),
        (b"http://a.example/", None),
        (b"gopher://a.example/ 127.0.0.1 20240521083000 text/html 12", None),
    ],
)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_line_of_arc(line: bytes, expected: tuple[bytes, bytes, int] | None, ending: bytes) -> None:
    found = arc_line(b"\n" + line + ending + b"rest", 1)
    assert (found and (found.url, found.media_type, found.length)) == expected
    assert found is None or found.end == 1 + len(line + ending)
    assert arc_line(line) is None
