"""Checks of printed references: what the page alone tells, and what an index has otherwise."""

from datetime import date
from pathlib import Path

import pytest

from archive.article import Reference
from archive.literature import LiteratureRecord, open_index
from archive.literature.checker import Source, check, check_alone, source_of
from archive.literature.checking.identifier_years import years_of
from archive.literature.checking.journal_names import same_journal
from archive.literature.checking.known_journals import known_journal
from archive.literature.checking.malformed import malformed
from archive.references import parse_reference

PAGE = date(2021, 3, 1)
TITLE = "Slow walking and the healing of sprained ankles"
SOUND = (
    f"[1] Okafor N, Lindqvist P, Tanaka R. {TITLE}. N Engl J Med. "
    "2019;380(4):311-9. doi: 10.1056/NEJMoa1812345. PMID: 30601234."
)
RECORD = LiteratureRecord(
    title="Slow walking and the healing of sprained ankles: a randomised trial",
    pmid="30601234",
    doi="10.1056/nejmoa1812345",
    authors=("Okafor N", "Lindqvist P", "Tanaka R"),
    journal="The New England journal of medicine",
    abbreviation="N Engl J Med",
    published="2019-01-24",
    volume="380",
    issue="4",
    pages="311-319",
)
OTHER = LiteratureRecord(
    title="Humming bees in the gardens of a hospital",
    pmid="29900001",
    doi="10.1136/bmj.k1111",
    authors=("Petrov A", "Ng K"),
    journal="BMJ",
    published="2018",
    volume="361",
    pages="k1111",
)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    index = open_index(tmp_path / "literature.db", create=True)
    with index.transaction():
        index.add([RECORD, OTHER])
        index.count()
    return source_of(index)


def found(text: str, page: date | None = PAGE) -> list[tuple[str, str]]:
    return [(each.field, each.reason) for each in check_alone(parse_reference(text), page).contradictions]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (SOUND, []),
        (SOUND.replace("2019;380", "2024;390"), [("year", "after the page"), ("pmid", "of another time")]),
        (SOUND.replace("380(4)", "212(4)"), [("volume", "not of that year")]),
        (SOUND.replace("10.1056/NEJMoa1812345", "10.1016/j.cell.2018.09.001"), [("doi", "of another journal")]),
        (SOUND.replace("30601234", "19000001"), [("pmid", "of another time")]),
        (SOUND.replace("30601234", "19000001"), [("doi", "two identifiers of different works")]),
        (SOUND.replace("30601234", "40500001"), [("pmid", "given after the page"), ("pmid", "of another time")]),
        (SOUND.replace("10.1056/NEJM", "10.1056NEJM"), [("doi", "malformed identifier")]),
        (SOUND.replace("PMID: 30601234", "ISSN 0028-4794"), [("issn", "wrong check digit")]),
        (SOUND.replace("10.1056/NEJMoa1812345", "10.1234/abcd.12"), [("doi", "placeholder")]),
    ],
)  # fmt: skip
def test_page_alone(printed: str, expected: list[tuple[str, str]]) -> None:
    reasons = found(printed)
    assert set(expected) <= set(reasons)
    assert bool(expected) is bool(reasons)


@pytest.mark.parametrize(
    "printed",
    [
        "2. Moreau L. Warm tea. Lancet 2020;395:101-3.",
        "Moreau L. Warm tea. Nature Walks 2020;4:101-3.",  # a longer name than that of a known journal
        "Moreau L. Warm tea. Lancet 1988;1:101-3.",  # a year of which the volumes are not known
        "Aoki H. Healthy cities 2030. J Rheumatol 2018;45:12-9.",  # a year in the title
        "Aoki H. Old bones. Gut 1998;42:1-9. PMID: 29900001.",  # older volumes may be taken in late; the year is far
        "Aoki H. A model of bones. bioRxiv 2020. doi: 10.1101/2020.01.30.927871. Nature 2021;590:4-9.",
    ],
)
def test_page_alone_leaves_what_may_be_right(printed: str) -> None:
    assert [each for each in found(printed) if each[0] != "pmid"] == []


def test_mentions_are_not_checked() -> None:
    reference = Reference(kind="mention", raw="The Lancet 2030", container_title="Lancet", year=2030)
    assert check_alone(reference, PAGE).verdict == "not checkable"


@pytest.mark.parametrize(
    ("change", "verdict", "fields"),
    [
        (("", ""), "agrees", set()),
        (("2019;", "2020;"), "agrees", set()),  # the issue's year
        (("2019;", "2012;"), "contradicts", {"year"}),
        (("380(4)", "377(4)"), "contradicts", {"volume"}),
        (("311-9", "811-9"), "contradicts", {"pages"}),
        (("Okafor N, Lindqvist P, Tanaka R", "Whitfield J, Duarte S"), "contradicts", {"authors"}),
        ((TITLE, "Green tea for deep sleep of older sailors"), "contradicts", {"title"}),
        (("30601234", "29900001"), "contradicts", {"pmid"}),
        (("10.1056/NEJMoa1812345", "10.1136/bmj.k1111"), "contradicts", {"doi"}),
    ],
)  # fmt: skip
def test_against_an_index(source: Source, change: tuple[str, str], verdict: str, fields: set[str]) -> None:
    result = check(parse_reference(SOUND.replace(*change) if change[0] else SOUND), None, source)
    assert (result.verdict, fields <= {each.field for each in result.contradictions}) == (verdict, True)
    assert bool(result.contradictions) is bool(fields)


def test_both_values_are_named(source: Source) -> None:
    result = check(parse_reference(SOUND.replace("311-9", "811-9")), PAGE, source)
    assert [(each.printed, each.known) for each in result.contradictions] == [("811-9", "311-319")]
    assert (result.source, result.record) == ("literature.db", "pmid:30601234")


def test_a_work_that_the_index_lacks_is_not_found(source: Source) -> None:
    text = "Silva M, Brandt O. Reading aloud to horses: a cohort study. J Rheumatol 2017;44:5-11."
    assert check(parse_reference(text), PAGE, source).verdict == "not found"
    assert check(parse_reference("WHO. Home page. https://example.org/"), PAGE, source).verdict == "not checkable"


@pytest.mark.parametrize(
    ("printed", "name", "expected"),
    [
        ("N Engl J Med", "The New England journal of medicine", True),
        ("NEJM", "New England Journal of Medicine", True),
        ("新英格兰医学杂志", "N Engl J Med", True),
        ("J Am Coll Cardiol", "Journal of the American College of Cardiology", True),
        ("Gut", "Circulation", False),
        ("中华内科杂志", "Chinese journal of internal medicine", None),
        ("Arch Dermatol", "JAMA dermatology", None),
    ],
)
def test_same_journal(printed: str, name: str, expected: bool | None) -> None:
    assert same_journal(printed, name) is expected


@pytest.mark.parametrize(
    ("name", "year", "volumes"),
    [
        ("N. Engl. J. Med.", 2020, [382, 383]),
        ("Lancet", 2010, [375, 376]),
        ("BMJ", 2015, [350, 351]),
        ("BMJ", 2020, [368, 369, 370, 371]),
        ("JAMA", 2000, [283, 284]),
        ("Nature", 2020, list(range(577, 589))),
        ("Science", 2019, [363, 364, 365, 366]),
    ],
)
def test_volumes(name: str, year: int, volumes: list[int]) -> None:
    journal = known_journal(name)
    assert journal is not None
    assert list(journal.volumes_of(year) or ()) == volumes


@pytest.mark.parametrize(
    ("kind", "value", "year", "admitted"),
    [
        ("pmid", "27777937", 2016, True),
        ("pmid", "12000000", 2016, False),
        ("pmid", "30601234", 1890, True),
        ("pmcid", "PMC5067369", 2016, True),
        ("pmcid", "PMC3100000", 2020, False),
        ("doi", "10.3389/fimmu.2020.00827", 2020, True),
        ("doi", "10.3389/fimmu.2020.00827", 2011, False),
    ],
)
def test_years_of_identifiers(kind: str, value: str, year: int, admitted: bool) -> None:
    years = years_of(kind, value)
    assert years is not None
    assert (year in years) is admitted


@pytest.mark.parametrize(
    "raw",
    [
        "Gut 2020;69:1-9. doi: 10.1136/gutjnl-2019-320000. PMID: 31000000; PMCID: PMC6900000.",
        "Thorax 2001. doi: 10.1136/thorax.56.1.1 PMID:11120904PMCID:PMC1745934",
        "ISBN 978-3-16-148410-0. ISSN 0028-4793. NCT01234567.",
        "doi unknown, PMID pending",
    ],
)
def test_well_formed_identifiers(raw: str) -> None:
    assert list(malformed(raw)) == []
