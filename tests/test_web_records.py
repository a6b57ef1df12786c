"""Raw pages exported for replay: one CDXJ index, and WACZ files that keep the rules of their specification."""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.operations.importing import import_files
from archive.operations.importing.selection import Selection
from archive.storage.warc.cdxj import search_key
from crawler.policy.robots_directives import directives
from tests.commands import run
from tests.foreign_archives import HTML, Sample, a_page, write
from tests.kept import crawl

SAMPLES = [
    Sample(
        url="https://news.example/a/1", date="20200101000000", body=a_page(1, text="Old words on the disease. " * 20)
    ),
    Sample(url="https://news.example/a/1", body=a_page(1)),
    Sample(url="https://www.other.example/b?x=1", body=a_page(2)),
    Sample(url="https://kept.example/out", body=a_page(3), headers=(*HTML, ("X-Robots-Tag", "noarchive"))),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive with imported and crawled pages."""
    archive = tmp_path / "healthnews.db"
    crawl(archive, 7)
    file = write(tmp_path / "a.warc.gz", SAMPLES)
    import_files(archive, [file], Selection(), directives=directives, workers=1)
    return tmp_path


def index_of(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """The lines of a CDXJ index."""
    found = [line.split(" ", 2) for line in text.splitlines()]
    return [(key, time, json.loads(values)) for key, time, values in found]


def test_the_merged_index_names_all_records(folder: Path) -> None:
    printed = run("export", "--format", "cdxj", cwd=folder).stdout
    assert printed.splitlines() == sorted(printed.splitlines())
    entries = index_of(printed)
    assert {values["filename"].partition("-")[0] for *_, values in entries} == {"healthnews", "imported"}
    assert sorted(values["url"] for *_, values in entries) == sorted(
        [*(sample.url for sample in SAMPLES), "https://news.example/a/7"]
    )
    for key, time, values in entries:
        assert key == search_key(values["url"])
        assert re.fullmatch(r"\d{14}", time)
        with (folder / "healthnews-warc" / values["filename"]).open("rb") as file:
            file.seek(int(values["offset"]))
            record = next(iter(ArchiveIterator(io.BytesIO(file.read(int(values["length"]))))))
        assert record.rec_headers.get_header("WARC-Target-URI") == values["url"]


def test_the_index_of_a_search(folder: Path) -> None:
    assert run("export", "--format", "cdxj", "--output", "x.cdxj", "--article", "https://news.example/a/1",
               cwd=folder).returncode == 0  # fmt: skip
    entries = index_of((folder / "x.cdxj").read_text(encoding="utf-8"))
    assert [(time, values["url"]) for _, time, values in entries] == [
        ("20200101000000", "https://news.example/a/1"),
        ("20240521080000", "https://news.example/a/1"),
    ]


def checked(path: Path) -> dict[str, Any]:
    """A WACZ's parts by their paths. It keeps the rules of https://specs.webrecorder.net/wacz/1.1.1/."""
    with zipfile.ZipFile(path) as wacz:
        assert wacz.testzip() is None
        parts = {name: wacz.read(name) for name in wacz.namelist()}
        stored = {each.filename: each.compress_type == zipfile.ZIP_STORED for each in wacz.infolist()}
    package = json.loads(parts["datapackage.json"])
    assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", package["created"])
    assert {package["title"] != "", package["software"].startswith("health-news-archive ")} == {True}
    resources = {each["path"]: each for each in package["resources"]}
    for name, each in resources.items():
        assert each["name"] == name.rpartition("/")[2]
        assert each["bytes"] == len(parts[name])
        assert each["hash"] == "sha256:" + hashlib.sha256(parts[name]).hexdigest()
    digest = json.loads(parts["datapackage-digest.json"])
    assert digest == {
        "path": "datapackage.json",
        "hash": "sha256:" + hashlib.sha256(parts["datapackage.json"]).hexdigest(),
    }
    assert {name for name in parts if "/" in name} == resources.keys()
    for name in resources:
        assert name.partition("/")[0] in ("archive", "indexes", "pages")
    assert all(stored[name] for name in parts if name.endswith(".gz"))
    head, *pages = [json.loads(line) for line in parts["pages/pages.jsonl"].decode().splitlines()]
    assert {"format": "json-pages-1.0", "id": "pages"}.items() <= head.items()
    for page in pages:
        assert {"url", "ts"} <= page.keys()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", page["ts"])
    assert len({page["id"] for page in pages}) == len(pages)
    lines = parts["indexes/index.cdx"].decode().splitlines()
    assert lines == sorted(lines)
    for key, time, values in index_of(parts["indexes/index.cdx"].decode()):
        data = parts[f"archive/{values['filename']}"]
        start = int(values["offset"])
        record = next(iter(ArchiveIterator(io.BytesIO(data[start : start + int(values["length"])]))))
        assert record.rec_headers.get_header("WARC-Target-URI") == values["url"]
        assert re.sub(r"\D", "", record.rec_headers.get_header("WARC-Date"))[:14] == time
        assert record.rec_headers.get_header("WARC-Payload-Digest") == f"sha1:{values['digest']}"
        assert key == search_key(values["url"])
    return parts | {"pages": pages}


def test_a_wacz_of_a_search(folder: Path) -> None:
    done = run("export", "vaccine", "--wacz", "x.wacz", cwd=folder)
    assert done.returncode == 0, done.stderr
    parts = checked(folder / "x.wacz")
    assert [(page["url"], page["ts"][:10], page["title"]) for page in parts["pages"]] == [
        ("https://news.example/a/1", "2020-01-01", "Vaccine study 1 finds fewer symptoms"),
        ("https://news.example/a/1", "2024-05-21", "Vaccine study 1 finds fewer symptoms"),
        ("https://www.other.example/b?x=1", "2024-05-21", "Vaccine study 2 finds fewer symptoms"),
    ]
    records = [record.rec_type for record in ArchiveIterator(io.BytesIO(parts["archive/data.warc.gz"]))]
    assert records == ["warcinfo", "response", "response", "response"]


def test_a_wacz_comes_back_by_import(folder: Path) -> None:
    run("export", "vaccine", "--wacz", "x.wacz", cwd=folder)
    done = run("--archive", "new.db", "import", "x.wacz", "--json", cwd=folder)
    assert json.loads(done.stdout)["counts"] == {"imported": 3, "no web page": 1}


def test_nothing_to_export(folder: Path) -> None:
    done = run("export", "--article", "https://kept.example/out", "--wacz", "x.wacz", cwd=folder)
    assert (done.returncode, "has no raw pages" in done.stderr) == (2, True)
    assert not (folder / "x.wacz").exists()


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / "healthnews-warc" / "imported-00000.warc.gz").unlink()
    done = run("export", "--wacz", "x.wacz", cwd=folder)
    assert (done.returncode, "imported-00000.warc.gz is missing" in done.stderr) == (1, True)
    assert [page["url"] for page in checked(folder / "x.wacz")["pages"]] == ["https://news.example/a/7"]
