"""The files that can be added to a bibliographic index: each kind by its content, with its damaged records."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ArchiveError
from archive.literature import LiteratureIndex, LiteratureRecord, open_index
from archive.literature.load import Loaded, finish, load
from archive.literature.readers import json_items, managers
from archive.literature.readers.dates import iso_date
from archive.literature.readers.kinds import kind_of

CROSSREF: dict[str, Any] = {
    "indexed": {"date-parts": [[2024, 1, 1]]},
    "DOI": "10.5555/OTTER.1",
    "title": ["Otters &amp; <i>plums</i>"],
    "author": [{"given": "Tove A.", "family": "Halvorsen"}, {"name": "Otter Group"}],
    "container-title": ["Journal of Quiet Walking"],
    "short-container-title": ["J Quiet Walk"],
    "published-print": {"date-parts": [[2020, 5]]},
    "published-online": {"date-parts": [[2020, 3, 9]]},
    "volume": "4",
    "page": "1-9",
    "abstract": "<jats:p>Twelve otters.</jats:p>",
    "updated-by": [{"type": "correction"}, {"type": "retraction"}],
}
OPENALEX = {
    "id": "https://openalex.org/W1",
    "doi": "https://doi.org/10.5555/otter.1",
    "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/77", "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/5"},
    "title": "Otters and plums",
    "authorships": [{"author": {"display_name": "Tove Halvorsen"}}],
    "primary_location": {"source": {"display_name": "Journal of Quiet Walking"}},
    "publication_date": "2020-03-09",
    "biblio": {"volume": "4", "issue": None, "first_page": "1", "last_page": "9"},
    "abstract_inverted_index": {"otters": [1], "Twelve": [0], "walked.": [2]},
    "is_retracted": False,
}
CSL = [
    {"id": "a", "type": "article-journal", "title": "Otters", "author": [{"family": "Osei", "given": "Kofi"}],
     "issued": {"date-parts": [["2020", "5"]]}, "container-title": "Otter Med", "DOI": "10.5555/o", "PMID": "77"},
    {"id": "b", "type": "book", "author": [{"literal": "Nobody"}]},
]  # fmt: skip
RIS = """TY  - JOUR
AU  - Halvorsen, Tove
AU  - Osei, K.
PY  - 2020/05/03
TI  - Otters and plums
JO  - J Quiet Walk
T2  - Journal of Quiet Walking
SP  - 1
EP  - 9
VL  - 4
DO  - 10.5555/otter
ER  -

TY  - JOUR
AU  - Nobody
ER  -
TY  - JOUR
TI  - Broken
"""
BIBTEX = r"""
@string{otter = "Otter Med"}
@comment{no entry}
@article{a, author = {Halvorsen, Tove and M{\"u}ller, J and {Otter Group}}, title = {{Otters} \& plums},
  journal = otter, year = 2020, month = may, pages = {1--9}, pmid = {77}, doi = {10.5555/otter}}
@article{b, title = {Broken
@misc{c, author = {Nobody}}
"""
WATCH = """Record ID,Title,Journal,Author,RetractionDate,RetractionNature,OriginalPaperDate,OriginalPaperDOI,\
OriginalPaperPubMedID
1,Otters and plums,Otter Med,Tove Halvorsen;Kofi Osei,6/1/2021 0:00,Correction,3/9/2020 0:00,10.5555/otter,77
2,Otters and plums,Otter Med,Tove Halvorsen;Kofi Osei,6/1/2022 0:00,Retraction,3/9/2020 0:00,10.5555/otter,77
3,Lifted,Otter Med,A B,6/1/2021 0:00,Retraction,3/9/2020 0:00,10.5555/lifted,0
4,Lifted,Otter Med,A B,7/1/2021 0:00,Reinstatement,3/9/2020 0:00,10.5555/lifted,0
5,Unknown,Otter Med,A B,7/1/2021 0:00,Retraction,3/9/2020 0:00,unavailable,0
6,Broken,Otter Med
"""


@pytest.fixture
def index(tmp_path: Path) -> LiteratureIndex:
    return open_index(tmp_path / "literature.db", create=True)


def added(index: LiteratureIndex, folder: Path, content: str | bytes) -> Loaded:
    path = folder / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    loaded = load(index, path)
    finish(index)
    return loaded


def first(index: LiteratureIndex) -> LiteratureRecord:
    return index.by_id([1])[1][0]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(CROSSREF),
        json.dumps({"items": [CROSSREF]}, indent=1),
        json.dumps({"status": "ok", "message": {"total-results": 1, "items": [CROSSREF]}}),
        gzip.compress(json.dumps({"items": [CROSSREF]}).encode()),
    ],
)
def test_crossref(index: LiteratureIndex, tmp_path: Path, content: str | bytes) -> None:
    loaded = added(index, tmp_path, content)
    assert (loaded.kind, loaded.new, loaded.skipped) == ("Crossref JSON", 1, {})
    assert first(index) == LiteratureRecord(
        title="Otters & plums", doi="10.5555/otter.1", authors=("Halvorsen, Tove A.", "Otter Group"),
        journal="Journal of Quiet Walking", abbreviation="J Quiet Walk", published="2020-03-09", volume="4",
        pages="1-9", abstract="Twelve otters.", notice="Retraction",
    )  # fmt: skip


@pytest.mark.parametrize("content", [json.dumps(OPENALEX), json.dumps({"meta": {"count": 1}, "results": [OPENALEX]})])
def test_openalex(index: LiteratureIndex, tmp_path: Path, content: str) -> None:
    loaded = added(index, tmp_path, content)
    assert (loaded.kind, loaded.new, loaded.skipped) == ("OpenAlex JSON", 1, {})
    record = first(index)
    assert (record.pmid, record.pmcid, record.doi) == ("77", "PMC5", "10.5555/otter.1")
    assert (record.authors, record.journal, record.pages) == (("Tove Halvorsen",), "Journal of Quiet Walking", "1-9")
    assert (record.abstract, record.notice) == ("Twelve otters walked.", "")


def test_csl_json(index: LiteratureIndex, tmp_path: Path) -> None:
    loaded = added(index, tmp_path, json.dumps(CSL))
    assert (loaded.kind, loaded.new, loaded.skipped) == ("CSL-JSON", 1, {"no title": 1})
    record = first(index)
    assert (record.authors, record.published, record.pmid) == (("Osei, Kofi",), "2020-05", "77")


def test_ris(index: LiteratureIndex, tmp_path: Path) -> None:
    loaded = added(index, tmp_path, RIS)
    assert (loaded.kind, loaded.new) == ("RIS", 1)
    assert loaded.skipped == {"no title": 1, "the entry has no end": 1}
    assert first(index) == LiteratureRecord(
        title="Otters and plums", doi="10.5555/otter", authors=("Halvorsen, Tove", "Osei, K."),
        journal="Journal of Quiet Walking", abbreviation="J Quiet Walk", published="2020-05-03", volume="4",
        pages="1-9",
    )  # fmt: skip


def test_bibtex(index: LiteratureIndex, tmp_path: Path) -> None:
    loaded = added(index, tmp_path, BIBTEX)
    assert (loaded.kind, loaded.new) == ("BibTeX", 1)
    assert loaded.skipped == {"not readable as BibTeX": 1, "no title": 1}
    assert first(index) == LiteratureRecord(
        title="Otters & plums", doi="10.5555/otter", pmid="77", authors=("Halvorsen, Tove", "Müller, J", "Otter Group"),
        journal="Otter Med", published="2020-05", pages="1-9",
    )  # fmt: skip


def test_retraction_watch(index: LiteratureIndex, tmp_path: Path) -> None:
    with index.transaction():
        index.add([LiteratureRecord(title="Otters and plums.", doi="10.5555/otter", authors=("Halvorsen T", "Osei K"))])
    loaded = added(index, tmp_path, WATCH)
    assert (loaded.kind, loaded.new, loaded.updated) == ("Retraction Watch", 1, 1)
    assert loaded.skipped == {"no identifier of the work": 1, "another number of columns than the heading": 1}
    record = first(index)
    assert (record.notice, record.title, record.authors) == (
        "Retraction",
        "Otters and plums.",
        ("Halvorsen T", "Osei K"),
    )
    assert (record.pmid, record.published) == ("77", "2020-03-09")
    lifted = index.by_doi("10.5555/lifted")
    assert lifted is not None
    assert lifted.notice == "Reinstatement"


def test_a_list_that_breaks_off(index: LiteratureIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_items, "_CHUNK", 7)
    whole = json.dumps({"items": [CROSSREF, CROSSREF | {"DOI": "10.5555/2", "title": ["Ötter"]}]}, ensure_ascii=False)
    loaded = added(index, tmp_path, whole[:-20])
    assert (loaded.new, loaded.skipped) == (1, {"broken file: the list has no end": 1})
    assert added(index, tmp_path, whole).new == 1
    assert index.by_doi("10.5555/2") is not None


@pytest.mark.parametrize("content", [json.dumps(CROSSREF) + "\n", RIS, BIBTEX, WATCH])
def test_a_packed_file_that_breaks_off_is_said(index: LiteratureIndex, tmp_path: Path, content: str) -> None:
    loaded = added(index, tmp_path, gzip.compress(content.encode())[:-9])
    assert sum(loaded.skipped.values()) >= 1
    assert any(reason.startswith("broken file") for reason in loaded.skipped)


def test_fields_of_another_form_are_skipped(index: LiteratureIndex, tmp_path: Path) -> None:
    rows = [CROSSREF | {"author": ["Osei"]}, CROSSREF | {"issued": {"date-parts": [["x"]]}}, ["no object"]]
    loaded = added(index, tmp_path, "\n".join(map(json.dumps, rows)))
    assert loaded.skipped == {"fields of another form": 2, "no JSON object": 1}


@pytest.mark.parametrize(("content", "package"), [(RIS, "rispy"), (BIBTEX, "pybtex")])
def test_a_missing_package_is_named(
    tmp_path: Path, content: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(managers, "find_spec", lambda _: None)
    (tmp_path / "file").write_text(content)
    with pytest.raises(ArchiveError, match=rf"read by {package}, .*health-news-archive\[literature\]"):
        kind_of(tmp_path / "file")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("2020", "May", "3"), "2020-05-03"),
        (("2020", "12"), "2020-12"),
        (("2020", "Spring", "3"), "2020"),
        (("2020", "13", "99"), "2020"),
        (("20", "5"), ""),
    ],
)
def test_dates(parts: tuple[str, ...], expected: str) -> None:
    assert iso_date(*parts) == expected
