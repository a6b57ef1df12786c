"""What is a work and what is not, and which web pages and standards are one."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.article import Reference
from archive.articles.writer import reinterpret
from archive.console.works import works_table
from archive.storage.connection import transaction
from archive.web.charts import MOST_CITED
from archive.works.documents import document_url, is_journal_doi, is_of_page, standard_number
from archive.works.matching import keys_of
from archive.works.queries import most_cited, works
from archive.works.titles import is_furniture, is_journal, is_role
from archive.works.writer import drop_unusable_titles
from tests.archives import NOW, URL, an_article, new_archive, store
from tests.commands import run


@pytest.mark.parametrize(
    ("text", "furniture"),
    [
        ("[编辑]", True),
        ("原始内容存档于", True),
        ("（原始內容存檔於2021-03-09）", True),
        ("取自“https://wiki.example/w/index.php?title=x&oldid=1”", True),
        ("Archived from the original on 12 March 2020.", True),
        ("Retrieved 2020-03-01", True),
        ("Abgerufen am 3.", True),
        ("2020-03-01", False),  # nothing of the page, and no title either
        ("", False),
        ("编辑部的故事", False),
        ("Sources of bias in trials", False),
        ("Reference ranges of haemoglobin", False),
        ("一项关于来源的研究", False),
    ],
)
def test_furniture(text: str, furniture: bool) -> None:
    assert is_furniture(text) is furniture


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("主任医师", True),
        ("李明 副主任医师、副教授", True),
        ("某市第一人民医院皮肤科主任医师", True),
        ("注册营养师", True),
        ("Professor of Dermatology at the University of Somewhere", True),
        ("Registered dietitian", True),
        ("Jane Roe, MD, PhD", True),
        ("如何与主任医师沟通", False),
        ("教授与学生：一项队列研究", False),
        ("医生", True),
        ("Physician and patient communication", False),
        ("Directors of change", False),
        ("Vitamins, minerals, and iron", False),
    ],
)
def test_roles(title: str, role: bool) -> None:
    assert is_role(title) is role


@pytest.mark.parametrize(
    ("title", "container", "journal"),
    [
        ("The New England Journal of Medicine", None, True),
        ("Nature", None, True),
        ("Nature", "Nature", True),
        ("中华皮肤科杂志", None, True),
        ("中华皮肤科杂志", "原始内容存档于", True),
        ("Clinical Infectious Diseases", "Clinical infectious diseases.", True),
        ("Science", "Medical Humanities", False),
        ("细胞生物学", None, False),
        ("Stem cells for scleroderma", None, False),
        ("Sleep and pain in old age", None, False),
    ],
)
def test_names_of_journals(title: str, container: str | None, journal: bool) -> None:
    assert is_journal(title, container) is journal


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("GB/T 7714-2015", "gbt7714-2015"),
        ("GBT7714—2015 信息与文献", "gbt7714-2015"),
        ("gb / t 7714：2015", "gbt7714-2015"),
        ("GB 9692-88 食品包装用聚苯乙烯", "gb9692-1988"),
        ("食品接触材料. GB 4806.7-2016[S]", "gb4806.7-2016"),
        ("GB 2760", "gb2760"),
        ("DB11/T 1322.3-2018", "db11t1322.3-2018"),
        ("ISO 10993-1:2018", "iso10993-1-2018"),
        ("ISO/IEC 27001:2013", "isoiec27001-2013"),
        ("T/CNSS 001-2018", "tcnss001-2018"),
        ("WS/T 428-2013", "wst428-2013"),
        ("A study of 20 men, 2015", None),
        ("STEMI 12-2015", None),
    ],
)
def test_numbers_of_standards(text: str, number: str | None) -> None:
    assert standard_number(text) == number


def a_page(url: str | None = None, /, **more: object) -> Reference:
    values: dict[str, object] = {"type": "webpage", "url": url, "raw": f"Some office. {url}"}
    return Reference(**(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://www.office.example/a/b.html?utm_source=x", "office.example/a/b.html"),
        ("http://office.example/a/b.html#part", "office.example/a/b.html"),
        ("https://office.example/a/?via%3Dihub", "office.example/a/?via%3Dihub"),
        ("https://office.example/a?redirectedFrom=fulltext&id=3", "office.example/a?id=3"),
        ("https://web.archive.org/web/20200301000000/https://office.example/a/", "office.example/a"),
        ("https://www.office.example/", None),
        ("https://doi.org/10.5555/sci", None),
        ("ftp://office.example/a", None),
        (None, None),
    ],
)
def test_urls_of_documents(url: str | None, known: str | None) -> None:
    assert document_url(a_page(url)) == known


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, ("url:office.example/a",)),
        ({"volume": "3", "container_title": "J Cells"}, ()),
        ({"type": "book"}, ()),
        ({"doi": "10.5555/a"}, ("doi:10.5555/a",)),
        ({"doi": "10.3969/j.issn.1000-6729"}, ("url:office.example/a",)),
        ({"type": "standard", "raw": "GB/T 7714-2015. https://office.example/a"}, ("standard:gbt7714-2015",)),
        ({"raw": "[1] 原始内容存档于2021-03-09 https://office.example/a"}, ()),
        ({"raw": "[1] 某办公室", "url": None, "title": "中华皮肤科杂志英文版"}, ()),
        ({"url": None, "title": "某市第一人民医院皮肤科主任医师"}, ()),
    ],
)
def test_keys_of_documents(changes: dict[str, object], keys: tuple[str, ...]) -> None:
    assert keys_of(a_page("https://office.example/a", **changes)) == keys


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("汉语语音史", ("title:汉语语音史|1985|王力",)),
        ("前言", ()),
        ("Preface", ()),
        ("A history of sounds", ("title:ahistoryofsounds|1985|王力",)),
    ],
)
def test_short_titles(title: str, key: tuple[str, ...]) -> None:
    assert keys_of(Reference(raw="王力. [M]. 1985.", title=title, year=1985, authors=("王力",), type="book")) == key


@pytest.mark.parametrize(
    ("doi", "whole"),
    [("10.3969/j", True), ("10.3969/j.issn.1000-6729", True), ("10.3969/j.issn.1000-6729.2015.04.001", False),
     ("10.1016/j.cell.2015.01.001", False), ("10.5555/a", False)],
)  # fmt: skip
def test_dois_of_whole_journals(doi: str, whole: bool) -> None:
    assert is_journal_doi(doi) is whole


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({"url": URL.replace("https", "http") + "?utm_source=x"}, True),
        ({"url": "https://elsewhere.example/a/1"}, False),
        ({"url": None, "title": "干细胞治疗硬皮病", "container_title": "晨光"}, True),
        ({"url": None, "title": "干细胞治疗硬皮病", "container_title": "中华皮肤科杂志"}, False),
        ({"url": None, "title": "干细胞治疗硬皮病", "container_title": "晨光", "doi": "10.5555/a"}, False),
    ],
)
def test_the_page_that_cites_itself(changes: dict[str, object], own: bool) -> None:
    assert is_of_page(a_page(None, **changes), an_article()) is own


PAGES = (
    a_page("https://www.office.example/a?utm_source=x", title="Flu in the city", year=2020, authors=("Wu T",)),
    a_page("http://office.example/a/", raw="Another print. http://office.example/a/"),
    a_page("https://mirror.example/b", title="Flu in the city", year=2020, authors=("Wu T",)),
    a_page(None, type="standard", raw="GB/T 7714-2015"),
    a_page(None, type="standard", raw="信息与文献[S]. GBT7714—2015"),
)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """Five articles that cite a page and a standard, and themselves."""
    made = new_archive(tmp_path)
    for number, reference in enumerate(PAGES):
        url = f"{URL}{number}"
        cited = (reference, a_page(url))
        store(made, an_article(url=url, canonical_url=url, references=cited, citations=()), url=url)
    return made


def test_web_pages_and_standards_are_merged(db: Database) -> None:
    sql = "select key, count(distinct article_id) from works w join bibliography on work_id = w.id group by 1"
    assert db.execute(sql).fetchall() == [("standard:gbt7714-2015", 2), ("url:mirror.example/b", 3)]
    assert db.execute("select count(*) from bibliography where work_id is null").fetchone() == (5,)


def test_no_internal_key_is_shown(db: Database, tmp_path: Path) -> None:
    names = ["Flu in the city", "GB/T 7714-2015"]
    assert [work.name for work in most_cited(db)] == names
    assert [row[0] for row in db.execute(MOST_CITED).fetchall()] == names
    assert [(work.title, work.note) for work in works(db)] == [("Flu in the city", None), (None, "GB/T 7714-2015")]
    assert works_table(most_cited(db)).row_count == 2
    db.close()
    for command in (["works"], ["works", "--json"], ["works", "7714"], ["export", "--format", "bibtex"]):
        shown = run(*command, cwd=tmp_path).stdout
        assert "7714" in shown
        assert not any(word in shown.lower() for word in ("entry:", "entry ", "standard:", "url:", "title:"))


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        (
            Reference(label="3", raw="[3] J Cells 2016;3:48.", container_title="J Cells", year=2016, volume="3"),
            "J Cells 2016;3:48",
        ),
        (Reference(kind="link", raw="a study", doi="10.5555/a"), "DOI 10.5555/a"),
        (Reference(kind="link", raw="a study", url="https://x.example/a"), "https://x.example/a"),
        (Reference(raw="Wu. " + "long " * 50, url="https://x.example/a"), "Wu." + " long" * 19 + "…"),
    ],
)
def test_what_stands_for_a_title(tmp_path: Path, reference: Reference, name: str) -> None:
    db = new_archive(tmp_path)
    store(db, an_article(references=(reference,), citations=()))
    [work] = most_cited(db)
    assert (work.title, work.name) == (None, name)
    assert db.execute(MOST_CITED).fetchone()[0] == name


def test_a_title_that_names_no_work_is_none_of_a_work(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    wrong = Reference(raw="Wu. Nature.", title="Nature", container_title="原始内容存档于", doi="10.5555/a")
    store(db, an_article(references=(wrong,), citations=()))
    columns = "select title, container_title from works"
    assert db.execute(columns).fetchall() == [(None, None)]
    db.execute("update works set title = 'Nature'")  # as an earlier program did
    with transaction(db):
        assert drop_unusable_titles(db) == 1
    assert db.execute(columns).fetchall() == [(None, None)]


def test_extraction_from_stored_pages_applies_the_rules(db: Database) -> None:
    """An earlier program made works of the entries and of the pages themselves."""
    db.execute("update signatures set keys = '[\"entry:' || id || '\"]'")
    db.execute("delete from signature_keys")
    db.execute("insert into signature_keys select id, 'entry:' || id from signatures")
    db.execute("update works set key = 'entry:' || id")
    for number, reference in enumerate(PAGES, 1):
        url = f"{URL}{number - 1}"
        article = an_article(url=url, canonical_url=url, references=(reference, a_page(url)), citations=())
        with transaction(db):
            reinterpret(db, number, number, replace(article), NOW)
    test_web_pages_and_standards_are_merged(db)


def test_a_list_without_works_is_a_sentence(tmp_path: Path) -> None:
    new_archive(tmp_path).close()
    done = run("works", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "No article in this archive cites a work that could be told apart from others.\n"
    assert run("works", "--site", "x", cwd=tmp_path).stderr == "No work matches: try without --site or --year.\n"
    assert run("works", "--json", cwd=tmp_path).stdout.strip() == "[]"
