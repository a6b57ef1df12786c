"""Citations of articles, read back by parsers that are not ours."""

import json
from typing import Any

import pytest
import rispy
from hypothesis import example, given
from hypothesis import strategies as st
from pybtex.database import Entry, parse_string

from archive.export import CITATION_FORMATS, bibtex, csljson, ris
from archive.export.citation_text import citation_text
from archive.export.cited_articles import cited_article
from archive.works.models import one_line
from tests.test_export_works import SPECIAL, check_csl, plain

FULL: dict[str, Any] = {
    "id": 12, "title": "Stem cells & 5% of Crohn's_cases {in} vitro", "authors": ["Robert M. Hale", "毛越苹", "Wu T"],
    "site_name": "Cell News", "source": "晨光", "published": "2024-05-21", "language": "en", "revision": 2,
    "url": "https://news.example/a_{1}?q=1%20&z#f", "last_changed": "2024-07-01T08:09:10.123456Z",
    "paper_links": [],
}  # fmt: skip
BARE = FULL | {"title": "", "authors": [], "site_name": None, "source": None, "published": None, "language": None}


def read_bibtex(article: dict[str, Any]) -> tuple[str, Entry]:
    [(key, entry)] = parse_string("".join(bibtex.write_articles([article])), "bibtex").entries.items()
    return key, entry


def read_ris(article: dict[str, Any]) -> dict[str, Any]:
    [record] = rispy.loads("".join(ris.write_articles([article])))
    return dict(record)


def read_csl(article: dict[str, Any]) -> dict[str, Any]:
    items = json.loads("".join(csljson.write_articles([article])))
    check_csl([{name: value for name, value in item.items() if name not in ("issued", "language")} for item in items])
    return dict(items[0])


@pytest.mark.parametrize(
    ("printed", "inverted"),
    [
        ("Li Na", "Li, Na"),
        ("OUYANG Xiu", "OUYANG, Xiu"),
        ("Tang Mei Ling", "Tang, Mei Ling"),
        ("Zhang Xi'an", "Zhang, Xi'an"),
        ("Lin Yu-tang", "Lin, Yu-tang"),
        ("Na Li", "Li, Na"),
        ("Anna Long", "Long, Anna"),
        ("Han Solo", "Solo, Han"),
        ("Wang Li", "Wang Li"),  # Wang may be the given name
        ("Robert M. Hale", "Hale, Robert M."),
        ("Li N", "Li, N"),
    ],
)
def test_chinese_names_in_pinyin_begin_with_the_family(printed: str, inverted: str) -> None:
    assert [name.inverted for name in cited_article(FULL | {"authors": [printed]}).authors] == [inverted]


def test_bibtex_is_read_by_pybtex() -> None:
    key, entry = read_bibtex(FULL)
    assert (key, entry.type) == ("hale2024stem-12-2", "online")
    first, second, third = entry.persons["author"]
    assert (first.last_names, first.first_names, first.middle_names) == (["Hale"], ["Robert"], ["M."])
    assert (second.last_names, third.last_names) == (["{毛越苹}"], ["Wu"])
    fields = dict(entry.fields)
    assert plain(fields.pop("title")) == FULL["title"]
    assert fields == {
        "organization": "Cell News", "publisher": "晨光", "date": "2024-05-21", "year": "2024", "language": "en",
        "url": "https://news.example/a_%7B1%7D?q=1%20&z#f", "urldate": "2024-07-01",
        "note": "Archived 2024-07-01T08:09:10Z, revision 2",
    }  # fmt: skip


def test_ris_is_read_by_rispy() -> None:
    assert read_ris(FULL) == {
        "type_of_reference": "ELEC", "id": "article-12-2", "authors": ["Hale, Robert M.", "毛越苹", "Wu, T"],
        "title": FULL["title"], "secondary_title": "Cell News", "publisher": "晨光", "year": "2024",
        "date": "2024/05/21", "language": "en", "urls": [FULL["url"]], "access_date": "2024/07/01",
        "notes": ["Archived 2024-07-01T08:09:10Z, revision 2"],
    }  # fmt: skip


def test_csl_json_is_a_web_page() -> None:
    assert read_csl(FULL) == {
        "id": "article-12-2", "type": "webpage", "title": FULL["title"], "container-title": "Cell News",
        "author": [{"family": "Hale", "given": "Robert M."}, {"literal": "毛越苹"}, {"family": "Wu", "given": "T"}],
        "publisher": "晨光", "language": "en", "URL": FULL["url"], "issued": {"date-parts": [[2024, 5, 21]]},
        "accessed": {"date-parts": [[2024, 7, 1]]}, "note": "Archived 2024-07-01T08:09:10Z, revision 2",
    }  # fmt: skip


def test_an_article_with_nothing_but_its_address() -> None:
    key, entry = read_bibtex(BARE)
    assert key == "article-12-2"
    assert set(entry.fields) == {"organization", "url", "urldate", "note"}
    assert read_ris(BARE)["secondary_title"] == read_csl(BARE)["container-title"] == "news.example"
    assert citation_text(cited_article(BARE)) == (
        "[Without a title]. (n.d.). news.example. "
        f"Retrieved July 1, 2024, from {BARE['url']} (archived revision 2)"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({}, "Hale, R. M., 毛越苹, & Wu, T. (2024, May 21). Stem cells"),
        ({"authors": ["Jean-Pierre Noir"], "title": "Why?"}, "Noir, J.-P. (2024, May 21). Why? Cell News. 晨光. Ret"),
        ({"authors": ["Smith JA", "Doe, Jane"]}, "Smith, J. A., & Doe, J. (2024"),
        ({"authors": ["Cell News"], "title": "x"}, "Cell News. (2024, May 21). x. 晨光. Retrieved"),
        ({"authors": [], "title": "干细胞。", "source": "cell news"}, "干细胞。 (2024, May 21). Cell News. Retrieved"),
        ({"authors": [f"Ann A{chr(97 + n)}" for n in range(21)]}, "Aa, A., Ab, A., Ac, A., Ad, A., Ae, A."),
    ],
)
def test_text_is_in_apa_style(changes: dict[str, Any], begins: str) -> None:
    assert citation_text(cited_article(FULL | changes)).startswith(begins)


def test_of_many_authors_the_last_is_named() -> None:
    text = citation_text(cited_article(FULL | {"authors": [f"Ann A{chr(97 + n)}" for n in range(21)]}))
    assert "As, A., . . . Au, A. (2024" in text


@pytest.mark.parametrize("each", CITATION_FORMATS, ids=lambda each: str(each.name))
def test_no_article_is_an_empty_file(each: Any) -> None:
    assert "".join(each.write_articles([])) in ("", "[]\n")


@given(SPECIAL, st.lists(SPECIAL, max_size=3), SPECIAL, SPECIAL)
@example("{", ["}"], "\\", "a and b")
@example("\nER  - ", ["\nER  - "], "x\r\nTY  - BOOK", "")
def test_hostile_texts_come_back(title: str, authors: list[str], site: str, source: str) -> None:
    article = FULL | {"title": title, "authors": authors, "site_name": site, "source": source}
    names = [name for name in map(one_line, authors) if name]
    _, entry = read_bibtex(article)
    assert plain(" ".join(entry.fields.get("title", "").split())) == one_line(title)
    assert len(entry.persons.get("author", [])) == len(read_ris(article).get("authors", [])) == len(names)
    assert read_ris(article).get("title", "") == one_line(title)
    assert read_csl(article).get("title", "") == one_line(title)
    assert len(citation_text(cited_article(article)).splitlines()) == 1
