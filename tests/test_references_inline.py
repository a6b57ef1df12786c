"""References in the text of a page: links, printed identifiers and mentions that no list has."""

import lxml.html
import pytest

from archive.article import Reference
from archive.references.inline import inline_references
from archive.references.link_candidates import find_link_candidates
from archive.references.publisher_links import read_link

DOI = "https://doi.org/10.1234/a.1"


def settled(html: str, text: str | None = None, listed: tuple[Reference, ...] = ()) -> tuple[Reference, ...]:
    root = lxml.html.document_fromstring(f"<html><body>{html}</body></html>")
    found = find_link_candidates(root, "https://health.example/1.html")
    return inline_references(root.text_content() if text is None else text, found, listed)


def test_links_of_the_text_count_and_those_elsewhere_do_not() -> None:
    html = (
        f'<p>Read <a href="{DOI}">the paper</a> today.</p><ul><li><a href="https://doi.org/10.1234/b">Ad</a></li></ul>'
    )
    (reference,) = settled(html, "Read the paper today.")
    assert (reference.kind, reference.doi, reference.raw, reference.url) == ("link", "10.1234/a.1", "the paper", DOI)


def test_a_link_on_a_journals_name_says_the_journal_once() -> None:
    address = "https://www.thelancet.com/journals/lancet/article/PIIS0140-6736(20)12345-6/fulltext"
    (reference,) = settled(f'<p>published in <a href="{address}">The Lancet<span>Trusted Source</span></a> now</p>')
    assert (reference.container_title, reference.raw, reference.url) == ("The Lancet", "The Lancet", address)


def test_printed_identifiers_of_one_paper_are_one_reference() -> None:
    first, second = settled("<p>See doi: 10.1234/a.1; PMID: 4711. The trial is NCT01234567.</p>")
    assert (first.kind, first.doi, first.pmid) == ("inline", "10.1234/a.1", "4711")
    assert (second.nct, second.raw) == ("NCT01234567", "NCT01234567")


def test_what_a_list_says_is_left_out() -> None:
    listed = (Reference(doi="10.1234/a.1", container_title="Sleep Stud"),)
    assert (
        settled(f'<p>See <a href="{DOI}">this paper</a>, published in the journal Sleep Studies.</p>', None, listed)
        == ()
    )


def test_the_papers_address_counts_where_extraction_drops_the_line() -> None:
    (reference,) = settled(f"<p>原文链接：{DOI}</p>", "正文")
    assert (reference.kind, reference.doi) == ("inline", "10.1234/a.1")
    assert settled(f"<footer>原文链接：{DOI}</footer>", "正文") == ()


def test_the_doi_of_a_journals_own_page_is_no_reference() -> None:
    html = f'<meta name="citation_doi" content="10.1234/A.1"><p>Cite as <a href="{DOI}">this paper of ours</a></p>'
    assert settled(html) == ()


def test_a_stated_doi_is_kept_as_printed() -> None:
    (reference,) = settled("<p>DOI：10.1234/A.1。</p>", "正文")
    assert (reference.raw, reference.doi) == ("10.1234/A.1", "10.1234/a.1")


@pytest.mark.parametrize("line", ["论文链接", "Read the study", "Originalpublikation:", "논문 링크"])
def test_a_link_set_on_such_words_counts_too(line: str) -> None:
    (reference,) = settled(f'<p><a href="{DOI}">{line}</a></p>', "正文")
    assert (reference.kind, reference.doi) == ("inline", "10.1234/a.1")
    (reference,) = settled(f'<p>{line} <a href="{DOI}">Sleep Studies</a></p>', "正文")
    assert reference.doi == "10.1234/a.1"


@pytest.mark.parametrize(
    ("link", "journal", "year"),
    [
        ("Frontiers in Psychology, 2022", "Frontiers in Psychology", 2022),
        ("Nature (2019)", "Nature", 2019),
        ("Psychiatry Research", "Psychiatry Research", None),
        ("related research", None, None),
        ("in 2019", None, None),
    ],
)
def test_a_links_text_may_be_a_journal_and_the_year(link: str, journal: str | None, year: int | None) -> None:
    (reference,) = settled(f'<p>As others have shown, see <a href="{DOI}">{link}</a> for the whole of it.</p>')
    assert (reference.container_title, reference.year) == (journal, year)


def test_a_journal_under_two_names_is_mentioned_once() -> None:
    text = "The study was published in The Lancet. 这项研究发表在《柳叶刀》上。"
    assert [reference.container_title for reference in settled(f"<p>{text}</p>")] == ["The Lancet"]


def test_two_years_of_one_journal_are_two_papers() -> None:
    text = "A study published in JAMA in 2014 said so. A study published in JAMA in 2018 did not."
    assert [reference.year for reference in settled(f"<p>{text}</p>")] == [2014, 2018]


def test_order_is_the_texts() -> None:
    html = f'<p>发表在《柳叶刀》上的研究（NCT01234567），见<a href="{DOI}">论文全文在此</a>。</p>'
    assert [reference.kind for reference in settled(html)] == ["mention", "inline", "link"]


@pytest.mark.parametrize(
    ("url", "kind", "value"),
    [
        ("https://www.nature.com/articles/s41586-020-1234-7", "doi", "10.1038/s41586-020-1234-7"),
        (
            "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0012345&type=x",
            "doi",
            "10.1371/journal.pone.0012345",
        ),
        ("https://www.medrxiv.org/content/10.1101/2021.12.07.21234567v2.full", "doi", "10.1101/2021.12.07.21234567"),
        ("https://go.example/?id=1&url=https%3A%2F%2Fpubmed.ncbi.nlm.nih.gov%2F12345%2F", "pmid", "12345"),
        ("https://www.chictr.org.cn/searchproj.aspx?regno=ChiCTR2000012345", "chictr", "ChiCTR2000012345"),
        ("https://europepmc.org/article/PMC/PMC123456", "pmcid", "PMC123456"),
    ],
)
def test_addresses_of_works(url: str, kind: str, value: str) -> None:
    link = read_link(url)
    assert link is not None
    assert link.identifier == (kind, value)


@pytest.mark.parametrize(
    ("url", "container"),
    [
        ("https://jamanetwork.com/journals/jamapsychiatry/fullarticle/1234567", "JAMA Psychiatry"),
        ("https://www.bmj.com/content/372/bmj.n1", "BMJ"),
        ("https://www.sciencedirect.com/science/article/pii/S0165178116301234", None),
    ],
)
def test_addresses_without_an_identifier(url: str, container: str | None) -> None:
    link = read_link(url)
    assert link is not None
    assert (link.identifier, link.container) == (None, container)


@pytest.mark.parametrize(
    "url",
    [
        "https://pubmed.ncbi.nlm.nih.gov/?term=sleep",
        "https://twitter.com/share?text=10.1234/a.1",
        "https://www.nejm.org/",
        "https://arxiv.org/login",
        "https://example.com/10.1234/5678",
        "https://[broken/10.1234/a",
        "/relative",
        "",
    ],
)
def test_other_addresses_are_none(url: str) -> None:
    assert read_link(url) is None


def test_many_links_are_read_to_the_end() -> None:
    html = f'<p>{"".join(f"""<a href="https://doi.org/10.1234/{n}">paper {n}</a> """ for n in range(2_000))}</p>'
    assert len(settled(html)) == 2_000
