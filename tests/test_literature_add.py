"""Loading files into a bibliographic index, and its commands."""

import gzip
import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.errors import ArchiveError
from archive.literature import LiteratureIndex, open_index
from archive.literature.load import finish, load
from archive.literature.readers import pubmed
from archive.literature.readers.kinds import kind_of
from crawler.cli.main import main
from tests.commands import PATIENCE

PUBMED = """<?xml version="1.0" encoding="utf-8"?>
<PubmedArticleSet>
<PubmedArticle><MedlineCitation><PMID Version="1">90000001</PMID>
<Article><Journal><JournalIssue><Volume>12</Volume><Issue>3</Issue><PubDate><Year>2019</Year><Month>May</Month></PubDate>
</JournalIssue><Title>Journal of quiet walking</Title><ISOAbbreviation>J Quiet Walk</ISOAbbreviation></Journal>
<ArticleTitle>Walking <i>slowly</i> with otters.</ArticleTitle><Pagination><MedlinePgn>10-9</MedlinePgn></Pagination>
<Abstract>
<AbstractText Label="AIM">Twelve otters walked.</AbstractText><AbstractText>None ran.</AbstractText></Abstract>
<AuthorList><Author><LastName>Halvorsen</LastName><Initials>TA</Initials></Author>
<Author><CollectiveName>Otter Group</CollectiveName></Author></AuthorList>
<ArticleDate><Year>2019</Year><Month>04</Month><Day>2</Day></ArticleDate></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"/></CommentsCorrectionsList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">90000001</ArticleId>
<ArticleId IdType="doi">10.5555/OTTER</ArticleId>
</ArticleIdList></PubmedData></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>90000002</PMID><Article><ArticleTitle/></Article></MedlineCitation></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>90000003</PMID><Article><ArticleTitle>[Taken back].</ArticleTitle></Article>
</MedlineCitation></PubmedArticle>
<DeleteCitation><PMID>90000003</PMID></DeleteCitation>
</PubmedArticleSet>"""


@pytest.fixture
def index(tmp_path: Path) -> LiteratureIndex:
    return open_index(tmp_path / "literature.db", create=True)


def test_pubmed(index: LiteratureIndex, tmp_path: Path) -> None:
    path = tmp_path / "pubmed.xml.gz"
    path.write_bytes(gzip.compress(PUBMED.encode()))
    loaded = load(index, path)
    assert (loaded.kind, loaded.new, loaded.withdrawn, loaded.skipped) == ("PubMed XML", 2, 1, {"no title": 1})
    record = index.by_doi("10.5555/otter")
    assert record is not None
    assert (record.pmid, record.title, record.published) == ("90000001", "Walking slowly with otters.", "2019-04-02")
    assert record.authors == ("Halvorsen TA", "Otter Group")
    assert (record.journal, record.abbreviation) == ("Journal of quiet walking", "J Quiet Walk")
    assert (record.volume, record.issue, record.pages, record.notice) == ("12", "3", "10-9", "Retraction")
    assert record.abstract == "Twelve otters walked.\nNone ran."
    assert index.by_pmid("90000003") is None
    assert load(index, path).known


def test_a_file_that_breaks_off_gives_what_is_whole(index: LiteratureIndex, tmp_path: Path) -> None:
    path = tmp_path / "pubmed.xml"
    path.write_text(PUBMED[: PUBMED.index("90000002")])
    loaded = load(index, path)
    assert loaded.new == 1
    assert sum(loaded.skipped.values()) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_records_before_a_break_are_kept(index: LiteratureIndex, tmp_path: Path, packed: bool) -> None:
    record = PUBMED[PUBMED.index("<PubmedArticle>") : PUBMED.index("<PubmedArticle><MedlineCitation><PMID>90000002")]
    records = "".join(record.replace("90000001", str(number)).replace("OTTER", str(number)) for number in range(900))
    path = tmp_path / "pubmed.xml"
    whole = f"<PubmedArticleSet>{records}"
    content = gzip.compress(whole.encode(), compresslevel=0)[:-9] if packed else f"{whole}<a></b>{record}".encode()
    path.write_bytes(content)
    loaded = load(index, path)
    assert loaded.new >= 870
    assert [reason[:11] for reason in loaded.skipped] == ["broken file"]


def test_what_is_not_kept_does_not_change_a_record() -> None:
    ids = '<ArticleIdList><ArticleId IdType="doi">10.5555/other</ArticleId></ArticleIdList>'
    references = f"<Title>References</Title>{f'<Reference><Citation>Other</Citation>{ids}</Reference>' * 3}"
    added = {
        "</ArticleIdList>": f"</ArticleIdList><ReferenceList>{references}</ReferenceList>",
        "<Initials>TA</Initials>": "<Initials>TA</Initials><AffiliationInfo>O</AffiliationInfo>",
        "</MedlineCitation>": "<OtherAbstract><AbstractText>Simply</AbstractText></OtherAbstract></MedlineCitation>",
    }
    more = PUBMED
    for place, text in added.items():
        more = more.replace(place, text, 1)
    assert list(pubmed.read(BytesIO(more.encode()))) == list(pubmed.read(BytesIO(PUBMED.encode())))


def test_json_lines(index: LiteratureIndex, tmp_path: Path) -> None:
    rows = [
        {"pmid": "7", "title": "Salted plums.", "authors": ["Osei K"], "journal": "otter med"},
        {"pmid": 8, "title": "More plums.", "doi": "https://doi.org/10.5555/PLUM", "authors": None},
        {"pmid": "9", "title": " "},
        {"pmid": "9", "title": "x", "authors": "Osei"},
    ]
    path = tmp_path / "papers.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n{broken\n\n")
    loaded = load(index, path)
    assert (loaded.new, loaded.skipped) == (2, {"no title": 1, "authors are no list of names": 1, "not JSON": 1})
    plum = index.by_doi("10.5555/plum")
    assert plum is not None
    assert plum.pmid == "8"
    assert index.is_uncounted()
    finish(index)
    assert not index.is_uncounted()
    assert index.frequencies(["plum", "salt"], "title") == {"plum": 2, "salt": 1}


def test_an_interrupted_file_goes_on_where_it_was(
    index: LiteratureIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.literature.load.BATCH", 2)
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(json.dumps({"pmid": str(n), "title": f"Paper {n}"}) + "\n" for n in range(1, 8)))

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(index, path, interrupt)
    assert len(index) == 2
    assert load(index, path).new == 5
    assert index.db.execute("select records, position from sources").fetchone() == (7, 7)


@pytest.mark.parametrize("content", [b"", b"no bibliography", b"\x1f\x8bbroken", b'{"name": "otter"}'])
def test_files_of_no_known_kind(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"none of the files|cannot be read"):
        kind_of(path)


def test_commands(tmp_path: Path) -> None:
    papers, index = tmp_path / "papers.jsonl", tmp_path / "literature.db"
    papers.write_text(json.dumps({"pmid": "7", "title": "Salted plums.", "authors": ["Osei K"]}) + "\n")
    base = ["--archive", str(tmp_path / "a.db"), "literature"]
    added = CliRunner().invoke(main, [*base, "add", str(papers)])
    assert (added.exit_code, index.exists()) == (0, True)
    assert "papers.jsonl (JSON Lines): 1 new, 0 updated" in added.output
    again = CliRunner().invoke(main, [*base, "add", str(papers), "--json"])
    assert json.loads(again.stdout)["files"][0]["known"] is True
    info = CliRunner().invoke(main, [*base, "info", "--json"])
    assert json.loads(info.stdout)["records"] == 1
    missing = CliRunner().invoke(main, [*base, "info", "--index", str(tmp_path / "other.db")])
    assert missing.exit_code == 2
    assert "There is no bibliographic index" in missing.output


def many(path: Path, records: int) -> Path:
    rows = (
        {"pmid": str(n), "title": f"Paper {n} on otters", "abstract": f"{n * n} plums. " * 20}
        for n in range(1, records)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def adding(path: Path, *before: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "\n".join([*before, "from crawler.cli.main import main", "main()"])]
    arguments = ["--archive", str(path.with_name("a.db")), "literature", "add", str(path)]
    return subprocess.run([*program, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path) -> None:
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
    file = many(tmp_path / "papers.jsonl", 8_000)
    done = adding(file, limit, "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))")
    assert (done.returncode, done.stderr.strip().count("\n")) == (1, 0)
    assert "literature.db cannot be used: the disk" in done.stderr
    assert adding(file).returncode == 0
    with open_index(tmp_path / "literature.db") as index:
        assert len(index) == 7_999


def test_a_kill_loses_no_record_and_adds_none_twice(tmp_path: Path) -> None:
    file = many(tmp_path / "papers.jsonl", 4_000)
    for batches in (2, 5):
        killed = adding(
            file,
            "import os",
            "import archive.literature.load as loading",
            "loading.BATCH = 300",
            "whole = loading.load",
            f"left = iter(range({batches}))",
            "stop = lambda _: os.kill(os.getpid(), 9) if next(left, None) is None else None",
            "loading.load = lambda index, path, progress=None: whole(index, path, stop)",
        )
        assert killed.returncode == -9
    assert adding(file).returncode == 0
    with open_index(tmp_path / "literature.db") as index:
        assert len(index) == 3_999
        assert index.db.execute("select records, position from sources").fetchone() == (3_999, 3_999)
        assert index.frequencies(["otter"], "title") == {"otter": 3_999}
        index.db.execute("insert into candidates (candidates) values ('integrity-check')")


def test_what_cannot_be_added_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("No bibliography.")
    done = CliRunner().invoke(
        main, ["--archive", str(tmp_path / "a.db"), "literature", "add", str(tmp_path / "notes.txt")]
    )
    assert done.exit_code == 2
    assert "is none of the files that can be added: PubMed XML" in done.output
    assert not (tmp_path / "literature.db").exists()
