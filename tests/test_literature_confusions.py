"""Publications that resemble the paper: errata, comments, replies, preprints, and papers of the same title."""

from datetime import date
from pathlib import Path

import pytest

from archive import parse_reference
from archive.literature import LiteratureIndex, LiteratureRecord, link, linker, open_index
from archive.literature.checker import check_against, source_of
from archive.literature.linking.news import read_news
from archive.literature.record_kinds import is_notice, is_preprint, may_be_notice, names_preprint

TITLE = "Lantern light and sleep in night-shift weavers"
AUTHORS = ("Halvorsen T", "Brisk A", "Osei K")


def record(number: int, title: str, place: str, authors: tuple[str, ...] = AUTHORS) -> LiteratureRecord:
    journal, published, volume, pages = place.split("; ")
    return LiteratureRecord(
        pmid=str(number), title=title, authors=authors, journal=journal, published=published, volume=volume, pages=pages
    )


PAPER = record(31000001, f"{TITLE}: a randomised trial.", "BMJ; 2019-02-03; 364; 11-19")
ERRATUM = record(31000002, f"Erratum: {TITLE}: a randomised trial.", "BMJ; 2019-05-03; 365; 400")
COMMENT = record(31000003, f"Comment on: {TITLE}.", "BMJ; 2019-06-03; 365; 500", ("Quarrington PL",))
REPLY = record(31000004, f"Authors' reply: {TITLE}.", "BMJ; 2019-06-13; 365; 501", AUTHORS[:1])
PREPRINT = record(31000005, f"{TITLE}: a randomised trial", "medRxiv; 2018-11-05; ; ")
ONE = record(11000001, "Iodine deficiency in coastal villages.", "J Hypertens; 2001; 19; 100-5", ("Nakagawa R",))
OTHER = record(22000001, "Iodine deficiency in coastal villages.", "Lancet; 2012; 380; 55-60", ("Silva P",))
TRANSLATED = record(30000001, "Salt baths for plum gout", "Zhonghua Zhi; 2016; 96; 701-5", ("Wang XM",))
CELLS = "Umbilical cord mesenchymal stem cells for systemic sclerosis"
CASES = record(
    30000002,
    f"{CELLS}: a report of two cases and a review of the literature",
    "Stem Cell Res Ther; 2017; 8; 77",
    ("Zhang SH", "Liu W"),
)
FOLLOWED = record(
    30000003,
    f"{CELLS}: long-term follow-up of a randomised trial",
    "Stem Cell Res Ther; 2021; 12; 210",
    ("Zhang SH", "Chen Y"),
)
ALL = (PAPER, ERRATUM, COMMENT, REPLY, PREPRINT, ONE, OTHER, TRANSLATED, CASES, FOLLOWED)
PRINTED = f"Halvorsen T, Brisk A, Osei K. {TITLE}: a randomised trial. BMJ. 2019;364:11-19."
NEWS = (
    "Weavers who work at night sleep better when lantern light is dimmed, a randomised trial has found.\n\n"
    'Dr Tove Halvorsen, who led the work, said: "Light keeps the weavers awake."\n\n'
    "The findings are published in the BMJ."
)


@pytest.fixture
def index(tmp_path: Path) -> LiteratureIndex:
    return open_index(tmp_path / "literature.db", create=True)


def fill(index: LiteratureIndex, *records: LiteratureRecord) -> LiteratureIndex:
    others = (
        record(n, f"Outcomes of procedure {n} in ward {n % 7}.", "Surg; 2001; 1; 1", ("Common AB",))
        for n in range(10, 60)
    )
    with index.transaction():
        index.add([*records, *others])
        index.count()
    return index


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Erratum: Sleep in weavers.", True),
        ("Corrigendum to “Sleep in weavers” [Sleep Med. 12 (2019) 1-9]", True),
        ("Author Correction: Sleep in weavers.", True),
        ("Correction to: Sleep in weavers.", True),
        ("Retraction notice to 'Sleep in weavers'", True),
        ("Expression of Concern: Sleep in weavers.", True),
        ("Comment on: Sleep in weavers.", True),
        ('Comment on "Sleep in weavers".', True),
        ("Reply to Brisk et al.: Sleep in weavers.", True),
        ("Authors’ reply: Sleep in weavers", True),
        ("Re: Sleep in weavers.", True),
        ("Letter by Brisk Regarding Article, Sleep in Weavers", True),
        ("Response to: Sleep in weavers", True),
        ("Sleep in weavers--reply.", True),
        ("Sleep in weavers: authors' reply", True),
        ("[Sleep in weavers]. Erratum.", True),
        ("更正：织工的睡眠", True),
        ("Sleep in weavers: a randomised trial.", False),
        ("RETRACTED: Sleep in weavers", False),
        ("Response to light in weavers.", False),
        ("Correction of scoliosis in weavers.", False),
        ("Retraction of the lung in otters", False),
        ("Reply patterns of otters: a call and a response", False),
        ("Errors of weavers", False),
        ("Letters from weavers: sleep and comment", False),
        ("Retinal light and sleep", False),
    ],
)  # fmt: skip
def test_titles_of_notices(title: str, expected: bool) -> None:
    assert is_notice(title) is expected


@pytest.mark.parametrize(
    ("entry", "notice", "preprint"),
    [
        (PRINTED, False, False),
        ("Brisk A. Sleep in weavers [letter]. BMJ 2019;1:2.", True, False),
        ("Brisk A. 织工的睡眠（勘误）. 睡眠 2019;1:2.", True, False),
        ("Brisk A. Sleep. medRxiv 2019.", False, True),
        ("Brisk A. Sleep. doi:10.1101/2019.01.02.19000001", False, True),
        ("Brisk A. Sleep. Genes Dev 2019;1:2. doi:10.1101/gad.123456.119", False, False),
        ("王晓明. 织工的睡眠. 预印本, 2023", False, True),
    ],
)
def test_words_of_entries(entry: str, notice: bool, preprint: bool) -> None:
    assert (may_be_notice(entry), names_preprint(entry)) == (notice, preprint)


@pytest.mark.parametrize(
    ("journal", "doi", "expected"),
    [
        ("medRxiv : the preprint server for health sciences", "", True),
        ("Research square", "10.21203/rs.3.rs-1/v1", True),
        ("", "10.1101/2019.01.02.19000001", True),
        ("Genome research", "10.1101/gr.1234", False),
    ],
)
def test_preprints(journal: str, doi: str, expected: bool) -> None:
    assert is_preprint(LiteratureRecord(title="", journal=journal, doi=doi)) is expected


@pytest.mark.parametrize(
    ("printed", "verdict", "pmid"),
    [
        (PRINTED, "agrees", PAPER.pmid),
        (PRINTED.replace("2019", "2014"), "contradicts", PAPER.pmid),
        (f"Halvorsen T, Brisk A. Erratum: {TITLE}: a randomised trial. BMJ. 2019;365:400.", "agrees", ERRATUM.pmid),
        (f"Quarrington PL. Comment on: {TITLE}. BMJ. 2019;365:500.", "agrees", COMMENT.pmid),
        (f"Quarrington PL. {TITLE} [letter]. BMJ. 2019;365:500.", "agrees", COMMENT.pmid),
        (f"Halvorsen T. Authors' reply: {TITLE}. BMJ. 2019;365:501.", "agrees", REPLY.pmid),
        (f"Halvorsen T, Brisk A, Osei K. {TITLE}: a randomised trial. medRxiv. 2018.", "agrees", PREPRINT.pmid),
        ("Nakagawa R. Iodine deficiency in coastal villages. J Hypertens. 2001;19:100-5.", "agrees", ONE.pmid),
        ("Silva P. Iodine deficiency in coastal villages. Lancet. 2012;380:55-60.", "agrees", OTHER.pmid),
        ("Petrov V. Iodine deficiency in coastal villages. Ann Nutr. 2008;12:33-41.", "not found", ""),
        ("Wang XM. [Salt baths for plum gout]. Zhonghua Zhi. 2016;96:701-5.", "agrees", TRANSLATED.pmid),
        ("王晓明. 盐浴治疗梅子痛风的临床研究[J]. 中华医学杂志, 2016, 96(9): 701-705.", "not found", ""),
        ("张三华, 刘伟. 脐带间充质干细胞治疗系统性硬化症[J]. Stem Cell Res Ther, 2019, 8(1): 77.", "not found", ""),
        (f"Zhang SH, Liu W. {CELLS}. Stem Cell Res Ther. 2017;8:77.", "agrees", CASES.pmid),
        (f"Zhang SH, Chen Y. {CELLS}... Stem Cell Res Ther. 2021;12:210.", "agrees", FOLLOWED.pmid),
        ("Halvorsen T, Brisk A. Lantern light and mood in night-shift weavers. Mood. 2020;29:1.", "not found", ""),
    ],
)  # fmt: skip
def test_a_reference_is_compared_with_its_own_work(
    index: LiteratureIndex, printed: str, verdict: str, pmid: str
) -> None:
    found = check_against(parse_reference(printed), source_of(fill(index, *ALL)))
    assert (found.verdict, found.record) == (verdict, f"pmid:{pmid}" if pmid else "")


@pytest.mark.parametrize("alone", [ERRATUM, COMMENT, REPLY, PREPRINT])
@pytest.mark.parametrize(
    "printed", [PRINTED, PRINTED.replace("2019", "2021"), PRINTED.replace(": a randomised trial", "")]
)
def test_a_paper_is_not_found_where_only_others_of_its_title_are(
    index: LiteratureIndex, alone: LiteratureRecord, printed: str
) -> None:
    assert check_against(parse_reference(printed), source_of(fill(index, alone))).verdict == "not found"


@pytest.mark.parametrize(
    "printed",
    [
        f"Halvorsen T, Brisk A. Erratum: {TITLE}: a randomised trial. BMJ. 2022;370:400.",
        f"Halvorsen T. Re: {TITLE}: a randomised trial. BMJ. 2022;370:501.",
        f"Halvorsen T, Brisk A, Osei K. {TITLE}: a randomised trial. medRxiv. 2016.",
    ],
)
def test_others_of_its_title_are_not_the_paper(index: LiteratureIndex, printed: str) -> None:
    assert check_against(parse_reference(printed), source_of(fill(index, PAPER))).verdict == "not found"


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        (NEWS, None, PAPER.pmid),
        (NEWS, date(2019, 6, 15), PAPER.pmid),
        ("Iodine deficiency is common in coastal villages, a study in the Lancet reports, said Dr Paula Silva.", None,
         OTHER.pmid),
        (f"{CELLS} help, a long-term follow-up by Professor Shuhua Zhang in Stem Cell Res Ther found.", None,
         FOLLOWED.pmid),
    ],
)  # fmt: skip
def test_a_text_is_linked_to_the_paper(
    index: LiteratureIndex, text: str, published: date | None, expected: str
) -> None:
    first = link(fill(index, *ALL), "News of a study", text, published)[0]
    assert (first.pmid, first.is_answer) == (expected, True)


@pytest.mark.parametrize(
    ("text", "either"),
    [
        ("Iodine deficiency is common in coastal villages, researchers reported. Salt helps.", {ONE.pmid, OTHER.pmid}),
        (f"{CELLS} help, a study by Professor Shuhua Zhang in Stem Cell Res Ther found.", {CASES.pmid, FOLLOWED.pmid}),
        (NEWS.replace("published in the BMJ", "on the preprint server medRxiv"), {PAPER.pmid, PREPRINT.pmid}),
    ],
)
def test_two_that_fit_alike_are_both_candidates(index: LiteratureIndex, text: str, either: set[str]) -> None:
    found = link(fill(index, *ALL), "News of a study", text)
    assert {each.pmid for each in found[:2]} == either
    assert not any(each.is_answer for each in found)


def test_a_paper_is_found_by_a_common_name_within_its_journal(
    index: LiteratureIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linker, "_WIDE", 2)
    paper = record(1, "Otters at rest.", "Quiet Walking; 2020; 1; 1", ("Common AB",))
    news = read_news("Slow steps help", "Walkers gain, writes Professor Anna Common in the journal Quiet Walking.")
    fill(index)
    fill(index, paper)
    assert "1" in {each.record.pmid for each in linker.candidates(index, news)}
