"""Identifiers in text and URLs: where they end, and their normal form."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.references import identifiers
from archive.references.identifiers import KINDS, Identifier

DOIS = [
    ("doi: 10.1234/abc.2019.01.", "10.1234/abc.2019.01"),
    ("https://doi.org/10.1234/AbC-9)", "10.1234/abc-9"),
    ("(doi:10.1016/S0140-6736(24)01438-7)", "10.1016/s0140-6736(24)01438-7"),
    ("10.1002/(SICI)1097-0258(19980815)17:15/16<1661::AID-SIM968>3.0.CO;2-2.", None),
    ("http://dx.doi.org/10.1000%2Fxyz%2812%29", "10.1000/xyz(12)"),
    ("DOI：10.3969/j.issn.1000-1234.2013.05.005。下一句", "10.3969/j.issn.1000-1234.2013.05.005"),
    ("10.1234/abc，见下文", "10.1234/abc"),
    ("doi:10.1186/ s13287-021- 02913-0. PMID: 1", "10.1186/s13287-021-02913-0"),
    ("doi: 10.1016/j. bbagrm.2016.08.003", "10.1016/j.bbagrm.2016.08.003"),
    ("DOI: 10. 3969 / j. issn. 1000 - 1234", "10.3969/j.issn.1000"),
    ("doi:10.1234/abc. 2016 was a good year", "10.1234/abc"),
    ("10.1234/nature12345. PMID: 77", "10.1234/nature12345"),
    ("10.1234/abc.PMID:123", "10.1234/abc"),
    ("https://example.org/doi/full/10.1234/abc.1/full?x=1", "10.1234/abc.1"),
    ("https://www.biorxiv.org/content/10.1101/2021.12.07.470215v1.full", "10.1101/2021.12.07.470215"),
    ("version 10.12 of /etc", None),
    ("10.1002/(SICI)1097-0258(1998)17:15%3C1661::AID-SIM968%3E3.0.CO;2-2", None),
    ("10.48550/arXiv.2101.00001v2", "10.48550/arxiv.2101.00001"),
    ("10.1234/abc&gt;", "10.1234/abc"),
    ("doi：10．1234／j．abc．2020", "10.1234/j.abc.2020"),
    ("https://doi.org/10.1234/abc/", "10.1234/abc"),
    ("10.1234/abc-9/figures/1", "10.1234/abc-9"),
]


@pytest.mark.parametrize(("text", "doi"), DOIS)
def test_doi_is_cut_where_it_ends(text: str, doi: str | None) -> None:
    if "SICI" in text:
        date, issue = ("1998", "15") if "%3C" in text else ("19980815", "15/16")
        doi = f"10.1002/(sici)1097-0258({date})17:{issue}<1661::aid-sim968>3.0.co;2-2"
    assert identifiers.normalise_doi(text) == doi


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("PMID: 1", "pmid", "1"),
        ("PubMed PMID: 27777937;", "pmid", "27777937"),
        ("[PubMed: 27777937]", "pmid", "27777937"),
        ("PMID：27777937", "pmid", "27777937"),
        ("see https://pubmed.ncbi.nlm.nih.gov/30153194/", "pmid", "30153194"),
        ("PMCID: PMC5067369.", "pmcid", "PMC5067369"),
        ("NCT01566240)", "nct", "NCT01566240"),
        ("ChiCTR-TRC-12002222", "chictr", "ChiCTR-TRC-12002222"),
        ("注册号ChiCTR1900024734。", "chictr", "ChiCTR1900024734"),
        ("ISRCTN 12345678", "isrctn", "ISRCTN12345678"),
        ("arXiv:2101.00001v3 [q-bio]", "arxiv", "2101.00001"),
        ("https://arxiv.org/abs/hep-th/9901001", "arxiv", "hep-th/9901001"),
        ("ISBN 0-306-40615-2", "isbn", "9780306406157"),
        ("ISBN: 978-7-117-26374-0", "isbn", "9787117263740"),
        ("ISBN: 978-7-117-26374-1", "isbn", None),
        ("ISSN 0378-5955", "issn", "0378-5955"),
        ("ISSN 0378-5956", "issn", None),
        ("NCT0156624", "nct", None),
    ],
)
def test_find(text: str, kind: str, value: str | None) -> None:
    assert dict(identifiers.find(text)).get(kind) == value


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://doi.org/10.1234/ABC", Identifier("doi", "10.1234/abc")),
        ("https://www.ncbi.nlm.nih.gov/pubmed/30153194?dopt=Abstract", Identifier("pmid", "30153194")),
        ("https://www.ncbi.nlm.nih.gov/pubmed/?term=30153194", Identifier("pmid", "30153194")),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC6303131/", Identifier("pmcid", "PMC6303131")),
        ("https://europepmc.org/article/MED/30153194", Identifier("pmid", "30153194")),
        ("https://clinicaltrials.gov/ct2/show/NCT02296801?term=x&rank=1", Identifier("nct", "NCT02296801")),
        ("https://link.springer.com/article/10.1007/s00262-1", Identifier("doi", "10.1007/s00262-1")),
        ("https://example.org/news/10", None),
        ("https://[broken", None),
        ("mailto:a@example.org", None),
    ],
)
def test_from_url(url: str, expected: Identifier | None) -> None:
    assert identifiers.from_url(url) == expected


_SUFFIX = st.text("abcxyzABC0189._()/:-<>;%& 中，", min_size=1, max_size=40)


@given(st.sampled_from(KINDS), st.text(max_size=60) | _SUFFIX.map("10.1234/".__add__))
def test_normalising_twice_changes_nothing(kind: str, text: str) -> None:
    value = identifiers.normalise(kind, text)
    assert value is None or identifiers.normalise(kind, value) == value


@given(_SUFFIX.map("10.1234/".__add__), st.text(max_size=20), st.text(max_size=20))
def test_a_found_doi_is_in_the_text(doi: str, before: str, after: str) -> None:
    text = f"{before} {doi.replace('%', '')} {after.replace('%', '')}"
    folded = re.sub(r"\s", "", text).lower()
    assert all(
        found.value in folded
        for found in identifiers.find_all(text.replace("%", ""))
        if found.kind == "doi" and "%" not in text
    )


@given(_SUFFIX.map("10.1234/".__add__))
def test_doi_survives_the_way_to_a_url_and_back(text: str) -> None:
    doi = identifiers.normalise_doi(text)
    if doi:
        assert identifiers.from_url(identifiers.to_url("doi", doi) or "") == Identifier("doi", doi)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("pmid", "30153194"), ("pmcid", "PMC6303131"), ("nct", "NCT02296801"), ("arxiv", "2101.00001")],
)
def test_url_round_trip(kind: str, value: str) -> None:
    assert identifiers.from_url(identifiers.to_url(kind, value) or "") == Identifier(kind, value)


def test_kinds_without_a_resolver_have_no_url() -> None:
    assert identifiers.to_url("issn", "0378-5955") is None


@pytest.mark.parametrize("unit", ["10.1234/", "10.1234/a.b ", "10. 1234 / a. b. ", "PMID: ", "10.1234/a(((", "%2F"])
def test_hostile_length_is_read_to_the_end(unit: str) -> None:
    text = unit * (200_000 // len(unit)) + " PMID: 4711"
    assert identifiers.find(text)["pmid"] == "4711"


@pytest.mark.parametrize("text", ["10.1002/&gt;&lt;1&gt;3.0.CO;2", "10.5555/\ud800", "10.5555/(a)1<\ud800>3.0.CO;2-B"])
def test_what_is_no_doi_when_it_is_written_out_is_none(text: str) -> None:
    assert identifiers.normalise_doi(text) in (None, "10.5555/(a)1")
