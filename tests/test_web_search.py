"""The search page and its JSON."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st

from archive.retrieval.engine import Results
from archive.retrieval.facets import Facets
from archive.web.pages.search import last_page, shown_facets
from archive.web.search_params import SearchParams
from archive.web.server import datasette as serve
from archive.web.wording import count_results
from archive.works.retraction_watch import load_table
from tests.archives import NOW, a_reference, an_article, new_archive, store
from tests.retraction_table import a_row, a_table
from tests.web import get, links

SEARCH = "/healthnews/-/search"
URL = "https://news.example/{}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """Datasette on an archive of a Traditional article, an English one, and 30 short ones of another site."""
    folder = tmp_path_factory.mktemp("search")
    db = new_archive(folder)
    traditional = an_article(title="幹細胞 <b>治療</b>", text="醫師說幹細胞可以治療硬皮病[1]。", language="zh-Hant")
    store(db, traditional, url=URL.format("hant"))
    english = an_article(
        title="Stem cells & skin", text="Stem cells <i>may</i> help.", language="en", source="Daybreak",
        references=(), citations=(), published=None,
    )  # fmt: skip
    store(db, english, url=URL.format("en"))
    for number in range(30):
        text = f"Article number {number} tells of marrow and of nothing else, in words of its own: {'x' * number}."
        short = an_article(
            title=f"Marrow {number}", text=text, references=(a_reference(doi="10.5555/y"),), citations=()
        )
        store(db, short, url=URL.format(number), site="marrow")
    load_table(db, a_table(folder, a_row(Reason="+Fraud")), NOW)
    db.close()
    return serve(folder / "healthnews.db")


def page(served: Datasette, query: str = "") -> str:
    answer = get(served, SEARCH + query)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    return str(answer.text)


def test_traditional_text_is_shown_as_written_and_escaped(served: Datasette) -> None:
    shown = page(served, "?q=干细胞")
    assert "<mark>幹細胞</mark> &lt;b&gt;治療&lt;/b&gt;" in shown
    assert "醫師說<mark>幹細胞</mark>可以治療硬皮病" in shown
    assert 'lang="zh-Hant"' in shown
    assert "1 result<" in shown
    assert '<time datetime="2024-05-21">' in shown


@pytest.mark.parametrize(
    "query", ["?q=skin", "?language=en", "?references=no", "?source=Daybreak", "?q=stem&site=demo"]
)
def test_filters_narrow(served: Datasette, query: str) -> None:
    shown = page(served, query)
    assert "Stem cells &amp; skin" in shown.replace("<mark>", "").replace("</mark>", "")
    assert "Marrow" not in shown


@pytest.mark.parametrize(
    ("query", "facet", "leads_to"),
    [
        ("?q=stem+OR+marrow", "marrow", {"q": "stem OR marrow", "site": "marrow"}),
        ("", "English", {"language": "en"}),
        ("?sort=date&page=2", "2024", {"sort": "date", "year": "2024"}),
        ("", "no references", {"references": "no"}),
        ("?references=1-4", "1 to 4, remove this filter", {}),
    ],
)
def test_facets_add_a_filter(served: Datasette, query: str, facet: str, leads_to: dict[str, str]) -> None:
    url = links(page(served, query))[facet]
    asked = SearchParams(**leads_to)  # type: ignore[arg-type]
    assert url == SEARCH + asked.query_string()


def test_articles_that_cite_a_retracted_work(served: Datasette) -> None:
    shown = page(served, "?retracted=yes")
    assert "幹細胞" in shown
    assert "Marrow" not in shown
    assert "<h3>Cites a retracted work</h3>" in page(served)


def test_chips_take_a_filter_away(served: Datasette) -> None:
    shown = page(served, "?q=marrow&site=marrow&year=2024")
    assert links(shown)["Site marrow ×, remove this filter"] == f"{SEARCH}?q=marrow&year=2024"
    assert links(shown)["Year 2024 ×, remove this filter"] == f"{SEARCH}?q=marrow&site=marrow"
    assert '<input type="hidden" name="site" value="marrow">' in shown


def test_pages_and_their_ends(served: Datasette) -> None:
    first, second = page(served, "?q=marrow&copies=yes"), page(served, "?q=marrow&copies=yes&page=2")
    assert "30 results" in first
    assert links(first)["Next"] == f"{SEARCH}?q=marrow&copies=yes&page=2"
    assert "Previous" not in links(first)
    assert links(second)["Previous"] == f"{SEARCH}?q=marrow&copies=yes"
    assert "Next" not in links(second)
    assert 'start="21"' in second
    titles = [set(re.findall(r"Marrow</mark> (\d+)", text)) for text in (first, second)]
    assert len(titles[0]) == 20
    assert titles[0] | titles[1] == {str(number) for number in range(30)}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?q=marrow&page=9", "There is nothing on page 9."),
        ("?page=x", "“x” is not a valid value of page"),
        ("?since=2024-99", "“2024-99” is not a valid value of since"),
        ("?year=<b>", "“&lt;b&gt;” is not a valid value of year"),
        ("?q=zzz", "Nothing found for “zzz”"),
    ],
)
def test_what_is_odd_is_answered_with_a_sentence(served: Datasette, query: str, sentence: str) -> None:
    assert sentence in page(served, query)


def test_nothing_found_teaches_the_query_language(served: Datasette) -> None:
    shown = page(served, "?q=zzz&site=demo")
    assert "Remove a filter" in shown
    assert links(shown)["干细胞"] == f"{SEARCH}?q={quote('干细胞')}"


@given(st.text())
def test_nothing_typed_raises(served: Datasette, typed: str) -> None:
    for name in ("q", "site", "source", "cites", "language", "since", "page"):
        page(served, f"?{name}={quote(typed, errors='replace')}")


@pytest.mark.parametrize(
    ("total", "more", "said"),
    [
        (0, False, "0 results"),
        (1, False, "1 result"),
        (1234, False, "1,234 results"),
        (10000, True, "More than 10,000 results"),
    ],
)
def test_numbers_of_results(total: int, more: bool, said: str) -> None:
    assert count_results(Results((), total, more, None)) == said


@pytest.mark.parametrize(
    ("total", "size", "last"), [(0, 20, 1), (20, 20, 1), (21, 20, 2), (10**6, 20, 500), (101, 100, 2)]
)
def test_the_last_page(total: int, size: int, last: int) -> None:
    assert last_page(SearchParams(size=size), Results((), total, total > 10_000, None)) == last


def test_json_answers_the_same(served: Datasette) -> None:
    answer = get(served, f"{SEARCH}.json?q=干细胞&size=5")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    found = answer.json()
    (hit,) = found["hits"]
    assert (found["total"], found["more"], found["query"], found["size"], found["next"]) == (
        1,
        False,
        "干细胞",
        5,
        None,
    )
    assert hit["title_segments"][0] == ["幹細胞", True]
    assert hit["archive_url"].endswith("/healthnews/-/article/1")
    assert "".join(text for text, _ in hit["segments"]) == hit["snippet"]
    assert found["facets"]["language"] == {"zh-Hant": 1}


def test_json_can_be_followed_from_page_to_page(served: Datasette) -> None:
    seen: list[int] = []
    url = f"{SEARCH}.json?size=7&copies=yes&sort=date"
    while url:
        answer = get(served, url).json()
        seen += [hit["id"] for hit in answer["hits"]]
        url = answer["next"] and answer["next"].removeprefix("http://localhost")
    assert len(seen) == len(set(seen)) == 32


def test_copies_are_one_result_with_a_link_to_the_group(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    article = an_article(text="硬皮病患者接受干细胞治疗以后，皮肤变软，关节也能活动了。" * 20)
    for number in range(3):
        store(
            db,
            replace(article, published=None),
            url=URL.format(number),
            now=NOW.replace("00:00:00", f"00:00:0{number}"),
        )
    db.close()
    served = serve(tmp_path / "healthnews.db")
    folded = page(served, "?q=干细胞")
    assert "1 result<" in folded
    assert links(folded)["2 more copies"] == "/healthnews/-/copies/1"
    assert "Counted with all copies: 3 articles." in folded
    every = page(served, "?q=干细胞&copies=yes")
    assert "3 results" in every
    assert "Counted with" not in every


def test_a_hit_is_marked_in_the_article_too(served: Datasette) -> None:
    path = links(page(served, "?q=干细胞"))["幹細胞 &lt;b&gt;治療&lt;/b&gt;"]
    assert path == "/healthnews/-/article/1?q=%E5%B9%B2%E7%BB%86%E8%83%9E"
    article = get(served, path).text
    assert "<mark>幹細胞</mark> &lt;b&gt;治療&lt;/b&gt;</h1>" in article
    assert "<p>醫師說<mark>幹細胞</mark>可" in article
    assert "2 hits of <q>干细胞</q>" in article


@pytest.mark.parametrize("query", ["-干细胞 醫師", "site:demo", "没有的词"])
def test_what_is_excluded_or_absent_is_not_marked(served: Datasette, query: str) -> None:
    article = get(served, f"/healthnews/-/article/1?q={quote(query)}").text
    assert "<mark>幹細胞</mark>" not in article


def test_where_nothing_is_found_wider_searches_are_offered(served: Datasette) -> None:
    shown = page(served, "?q=marrow+skin&site=marrow")
    assert links(shown)["Without skin"] == f"{SEARCH}?q=marrow&site=marrow"
    assert get(served, links(shown)["Without skin"]).status_code == 200
    assert links(page(served, "?q=marrow&language=en&year=2024"))["In all languages"] == f"{SEARCH}?q=marrow&year=2024"


def test_most_references_and_most_advertising_are_orders(served: Datasette) -> None:
    shown = page(served, "?q=cells+OR+幹細胞&sort=references")
    assert re.findall(r'"/healthnews/-/article/(\d)', shown) == ["1", "2"]
    assert links(shown)["Most advertising"].endswith("&sort=advertising")
    assert "Most references" not in links(page(served, "?q=cells&revisions=yes&sort=references"))


def test_many_years_have_ranges() -> None:
    years = tuple((str(year), year - 2009) for year in range(2010, 2021))
    counted = Facets({"year": years}, counted=66, more=False)
    ranges, single = shown_facets(SearchParams(q="x"), counted, "search")
    assert [(value.name, value.count) for value in ranges.values] == [
        ("2020 to 2024", 11), ("2015 to 2019", 40), ("2010 to 2014", 15)
    ]  # fmt: skip
    assert ranges.values[1].url == "search?q=x&since=2015&until=2019"
    assert len(single.values) == 11
    (only,) = shown_facets(SearchParams(since="2015"), counted, "search")
    assert only.name == "year"


def test_numbers_of_references_have_ranges() -> None:
    counted = Facets(
        {"references": (("yes", 5), ("no", 2)), "reference_count": (("0", 2), ("1-4", 4), ("20-", 1))}, 7, more=False
    )
    _, ranges = shown_facets(SearchParams(), counted, "search")
    assert [(value.name, value.count, value.url) for value in ranges.values] == [
        ("1 to 4", 4, "search?references=1-4"), ("20 or more", 1, "search?references=20-")
    ]  # fmt: skip
    (chosen,) = shown_facets(SearchParams(references="0"), counted, "search")
    assert chosen.name == "reference_count"
    assert chosen.chosen


def test_a_site_that_does_not_exist_is_named(served: Datasette) -> None:
    assert "The archive has no article of the site “marow”. Near: marrow." in page(served, "?q=marrow&site=marow")


def test_a_search_leads_to_its_changes_and_its_trend(served: Datasette) -> None:
    shown = links(page(served, "?q=marrow&site=marrow&year=2024"))
    assert shown["What changed in these articles"] == "/healthnews/-/changes?q=marrow&site=marrow"
    assert shown["Trend of this search"] == "/healthnews/-/trend?q=marrow&site=marrow"
    assert "Trend of this search" not in links(page(served, "?site=marrow"))
