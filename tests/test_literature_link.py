"""The bibliographic index and the paper behind a news text."""

import sqlite3
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ArchiveError
from archive.literature import LiteratureIndex, LiteratureRecord, link, open_index
from archive.literature.linking import diagnoses
from archive.literature.linking.journals import JournalNames, journals_in
from archive.literature.linking.people import people_in, surname_and_initials
from archive.literature.linking.terms import located_terms, terms
from archive.literature.linking.timing import fits
from archive.literature.linking.vocabulary import translated_terms

ROWS = (
    ("1", "Bladder pressure and renal reserve in adult otters.", ("Quarrington PL", "Osei K"), "otter med"),
    ("2", "Effect of lantern light on sleep in night-shift weavers: a randomised trial.", ("Halvorsen T", "Brisk A"),
     "bmj"),
    ("3", "Umbilical cord mesenchymal stem cells for systemic sclerosis: two case reports.", ("Zhang SH", "Liu W"),
     "stem cell res ther"),
    ("4", "Salted plums and blood pressure in coastal villages.", ("Nakagawa R", "Osei K"), "j hypertens"),
    *((str(n), f"Outcomes of procedure {n} in ward {n % 7}.", ("Common AB",), "surg reports") for n in range(10, 60)),
)  # fmt: skip
NEWS = (
    "Weavers who work at night sleep better when lanterns are dimmed, a trial has found.\n\n"
    'Dr Tove Halvorsen, who led the work, said: "Light keeps the weavers awake."\n\n'
    "The findings are published in the British Medical Journal."
)


@pytest.fixture
def index(tmp_path: Path) -> LiteratureIndex:
    found = open_index(tmp_path / "literature.db", create=True)
    with found.transaction():
        found.add(
            LiteratureRecord(pmid=pmid, title=title, authors=authors, journal=journal)
            for pmid, title, authors, journal in ROWS
        )
        found.count()
    return found


def test_the_paper_is_found_with_evidence(index: LiteratureIndex) -> None:
    first = link(index, "Lanterns out, weavers sleep", NEWS)[0]
    assert first.pmid == "2"
    assert first.is_answer
    said = {(each.kind, NEWS[each.start : each.end]) for each in first.evidence if each.part == "text"}
    assert {("author", "Halvorsen"), ("journal", "British Medical Journal"), ("word", "night")} <= said


def test_nothing_where_the_paper_is_not_in_the_index(index: LiteratureIndex) -> None:
    with index.transaction():
        index.remove("2")
        index.count()
    assert link(index, "Lanterns out, weavers sleep", NEWS) == []
    assert link(index, "", "") == []


def test_a_chinese_text(index: LiteratureIndex) -> None:
    text = "脐带间充质干细胞治疗系统性硬化两例。论文发表于《Stem Cell Research & Therapy》，作者为Shuhua Zhang等人。"
    assert link(index, "干细胞治疗硬皮病", text)[0].pmid == "3"


def test_a_paper_from_long_before_is_left_out(index: LiteratureIndex) -> None:
    with index.transaction():
        index.add([LiteratureRecord(pmid="2", title=ROWS[1][1], published="1999-05")])
        index.count()
    assert link(index, "Lanterns out, weavers sleep", NEWS, date(2020, 1, 1)) == []
    assert link(index, "Lanterns out, weavers sleep", NEWS, date(1999, 8, 1))[0].pmid == "2"


def test_a_record_is_replaced_by_its_identifier(index: LiteratureIndex) -> None:
    before = len(index)
    with index.transaction():
        new = index.add(
            [
                LiteratureRecord(pmid="4", doi="10.1/Plum", title="Salted plums reconsidered."),
                LiteratureRecord(title="A letter", authors=("Osei K",), published="2001"),
                LiteratureRecord(title="A Letter.", authors=("Osei K.",), published="2001-03"),
            ]
        )
        index.count()
    assert (new, len(index)) == (1, before + 1)
    stored = index.by_doi("10.1/PLUM")
    assert stored is not None
    assert (stored.pmid, stored.title, stored.authors) == ("4", "Salted plums reconsidered.", ("Nakagawa R", "Osei K"))
    assert index.matching("title : coastal", 5) == []
    index.db.execute("insert into candidates (candidates) values ('integrity-check')")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "There is no bibliographic index"),
        (b"no database" * 99, "cannot be opened"),
        ("other", "no bibliographic"),
    ],
)
def test_files_that_are_no_index(tmp_path: Path, content: bytes | str | None, message: str) -> None:
    path = tmp_path / "x.db"
    if content == "other":
        sqlite3.connect(path).execute("create table t (a)").connection.close()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(ArchiveError, match=message):
        open_index(path)


def test_an_index_of_a_newer_version(tmp_path: Path) -> None:
    with open_index(tmp_path / "x.db", create=True) as index:
        index.db.execute("pragma user_version = 99")
    with pytest.raises(ArchiveError, match="newer version"):
        open_index(tmp_path / "x.db")


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Bates TC", ("bates", "TC")),
        ("Bates, Timothy C.", ("bates", "TC")),
        ("Timothy Bates", ("bates", "T")),
        ("Van Vugt M", ("van vugt", "M")),
        ("Núñez-Álvarez É", ("nunez-alvarez", "E")),
        ("Consortium", ("consortium", "")),
    ],
)
def test_surname_and_initials(author: str, expected: tuple[str, str]) -> None:
    assert surname_and_initials(author) == expected


def test_people() -> None:
    people = people_in("Professor Anna van der Berg met Tom O'Neill. Results please Brown.")
    assert people["berg"].titled
    assert people["o'neill"].initials == {"T"}
    assert not people["brown"].titled
    assert "results" in people
    assert not people["results"].inside


@pytest.mark.parametrize(
    ("printed", "journal"),
    [
        ("Annals of Internal Medicine", "ann int m"),
        ("Annals of Internal Medicine", "Ann Intern Med"),
        ("Journal of Clinical Endocrinology and Metabolism", "jcem"),
        ("PNAS", "Proceedings of the National Academy of Sciences"),
        ("The Lancet", "lancet"),
        ("PLoS ONE", "plos 1"),
        ("《柳叶刀》", "Lancet"),
    ],
)
def test_a_journal_by_its_printed_name(printed: str, journal: str) -> None:
    named = journals_in(f"The study, published in {printed}, was small.")
    scores = JournalNames([(1, journal), (2, "Quiet Walking")]).scores(named)
    assert scores[1][0] == 1.0
    assert 2 not in scores


def test_terms_and_translations() -> None:
    text = "½ of … naïve"
    assert [text[term.start : term.end] for term in located_terms(text)] == ["naïve"]
    assert terms("Oesophageal tumours, anaemia") == ["esophag", "tumor", "anemia"]
    assert [term.stem for term in translated_terms("间充质干细胞治疗糖尿病")] == ["mesenchym", "stem", "cell", "diabet"]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [("2020-03-01", True), ("2020", True), ("2017", False), ("2021-06", False), ("", True), ("no date", True)],
)
def test_dates_that_fit(stated: str, expected: bool) -> None:
    assert fits(LiteratureRecord(title="", published=stated), date(2020, 5, 1)) is expected


@given(st.text(max_size=60), st.text(max_size=300))
def test_any_text_can_be_linked(title: str, text: str) -> None:
    with TemporaryDirectory() as folder, open_index(Path(folder) / "literature.db", create=True) as index:
        with index.transaction():
            index.add([LiteratureRecord(pmid="1", title=title or "Words", authors=(text[:20],), journal=text[20:40])])
            index.count()
        for candidate in link(index, title, text):
            assert 0 <= candidate.probability <= 1
            for each in candidate.evidence:
                assert 0 <= each.start < each.end <= len(title if each.part == "title" else text)


def test_names_of_diseases_from_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = tmp_path / "zh_CN.po"
    catalogue.write_text(
        'msgid "Otter fever, unspecified"\nmsgstr "水獭热"\n\nmsgid "Plum gout [stone]"\nmsgstr "梅子痛风[结石]"\n\n'
        'msgid "Other gouts"\nmsgstr "其他痛风"\n\nmsgid "A long\\nname"\nmsgstr "长名"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(diagnoses, "_file", lambda: catalogue)
    diagnoses.diagnoses.cache_clear()
    try:
        assert diagnoses.diagnoses() == {"水獭热": ["otter", "fever"], "梅子痛风": ["plum", "gout"]}
    finally:
        diagnoses.diagnoses.cache_clear()


def test_without_the_package_there_are_the_own_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnoses, "_CATALOGUE", "no/such/file.po")
    diagnoses.diagnoses.cache_clear()
    assert diagnoses.diagnoses() == {}
