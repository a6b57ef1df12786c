"""What an article's page offers to those who cite it: text to copy, files, and metadata for reference managers."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import rispy
from datasette.app import Datasette
from pybtex.database import parse_string

from archive.article import Reference
from archive.web.openurl import reference_openurl
from archive.web.server import datasette as serve
from tests.archives import a_reference, an_article, new_archive, store
from tests.web import HOSTILE, PAGE, get, page

LATER = "2024-07-01T00:00:00.000000Z"
THESIS = Reference(raw="[2] Noir J. Skin. Univ, 2001.", type="thesis", title="Skin", authors=("Noir J",), year=2001)


class Head(HTMLParser):
    """Collects what reference managers read: meta elements, COinS spans, and the text of the elements with an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.meta: dict[str, list[str]] = {}
        self.spans: list[dict[str, list[str]]] = []
        self.texts: dict[str, str] = {}
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "meta" and "name" in found:
            self.meta.setdefault(found["name"], []).append(found["content"])
        if found.get("class") == "Z3988":
            self.spans.append(parse_qs(found["title"], strict_parsing=True))
        self._inside = found.get("id", "")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[self._inside] = self.texts.get(self._inside, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """1: an article with two revisions and three references; 2: a hostile one."""
    folder = tmp_path_factory.mktemp("citing")
    db = new_archive(folder)
    cited = a_reference(
        label="1", raw="[1] Wu T, Li N. Cells. J Cells 2016;3(1):48-50.", type="article-journal", title="Cells",
        authors=("Wu T", "毛越苹"), container_title="J Cells", year=2016, volume="3", issue="1", pages="48-50",
        doi="10.5555/sci(1)", pmid="27770001", url=None,
    )  # fmt: skip
    bare = Reference(label="3", raw="[3] See the <b>leaflet</b> & more", kind="list")
    store(db, an_article(references=(cited, THESIS, bare), citations=()))
    store(db, an_article(title="Corrected", references=(cited,), citations=()), now=LATER)
    hostile = an_article(title=HOSTILE, authors=(HOSTILE,), source=HOSTILE, site_name=HOSTILE, language=HOSTILE)
    store(db, hostile, url="https://news.example/hostile?<b>")
    db.close()
    return serve(folder / "healthnews.db")


def test_the_head_names_the_article(served: Datasette) -> None:
    meta = Head(page(served)).meta
    assert meta["citation_title"] == meta["DC.title"] == ["Corrected"]
    assert meta["citation_author"] == meta["DC.creator"] == ["王伟", "Li, Na"]
    assert (meta["citation_publication_date"], meta["DC.date"]) == (["2024/05/21"], ["2024-05-21"])
    assert meta["citation_public_url"] == meta["DC.identifier"] == ["https://news.example/a/1"]
    assert (meta["citation_publisher"], meta["DC.source"]) == (["晨光"], ["晨光细胞"])


def test_spans_describe_the_article_and_each_reference(served: Datasette) -> None:
    article, journal, thesis, bare = Head(page(served, f"{PAGE}/revision/1")).spans
    assert article["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:dc"]
    assert article["rft.type"] == ["webpage"]
    assert (article["rft.title"], article["rft.creator"]) == (["干细胞治疗硬皮病"], ["王伟", "Li, Na"])
    assert article["rft_id"] == article["rft.identifier"] == ["https://news.example/a/1"]
    assert journal == {
        "ctx_ver": ["Z39.88-2004"], "rft_val_fmt": ["info:ofi/fmt:kev:mtx:journal"], "rft.genre": ["article"],
        "rft_id": ["info:doi/10.5555/sci(1)", "info:pmid/27770001"], "rft.atitle": ["Cells"],
        "rft.jtitle": ["J Cells"], "rft.aulast": ["Wu"], "rft.aufirst": ["T"], "rft.au": ["毛越苹"],
        "rft.date": ["2016"], "rft.volume": ["3"], "rft.issue": ["1"], "rft.pages": ["48-50"], "rft.spage": ["48"],
        "rft.epage": ["50"],
    } | ({"rft.issn": journal["rft.issn"]} if "rft.issn" in journal else {})  # fmt: skip
    assert thesis["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:dissertation"]
    assert bare["rft.title"] == ["See the <b>leaflet</b> & more"]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (Reference(raw="Nature", kind="mention", container_title="Nature"), None),
        (Reference(raw="PMID 5", kind="inline", pmid="5"), {"rft.genre": ["article"], "rft_id": ["info:pmid/5"]}),
        (Reference(raw="x", type="chapter", title="A", container_title="B"), {"rft.genre": ["bookitem"],
         "rft.atitle": ["A"], "rft.btitle": ["B"]}),
        (Reference(raw="x", type="book", title="A", isbn="9780000000002", publisher="P"), {"rft.genre": ["book"],
         "rft.btitle": ["A"], "rft.isbn": ["9780000000002"], "rft.pub": ["P"]}),
        (Reference(raw="WHO", kind="link", url="https://who.example/a"), {"rft.type": ["document"],
         "rft.title": ["WHO"], "rft.identifier": ["https://who.example/a"], "rft_id": ["https://who.example/a"]}),
        (Reference(raw="WHO", kind="link", url="javascript:alert(1)"), {"rft.type": ["document"],
         "rft.title": ["WHO"]}),
        (Reference(raw="x", type="standard", title="A"), {"rft.type": ["document"], "rft.title": ["A"]}),
    ],
)  # fmt: skip
def test_openurl_of_references(reference: Reference, expected: dict[str, list[str]] | None) -> None:
    found = reference_openurl(reference, reference.raw)
    pairs = parse_qs(found, strict_parsing=True) if found else None
    assert (pairs and {name: pairs[name] for name in pairs.keys() - {"ctx_ver", "rft_val_fmt"}}) == expected


def test_every_citation_can_be_selected_and_has_a_button(served: Datasette) -> None:
    text = page(served)
    texts = Head(text).texts
    assert texts["cite-text"].startswith(
        "王伟, & Li, N. (2024, May 21). Corrected. 晨光细胞. 晨光. Retrieved July 1, 2024"
    )
    assert texts["cite-bibtex"].startswith("@online{")
    assert texts["cite-ris"].startswith("TY  - ELEC")
    assert texts["cite-csljson"].startswith("[")
    buttons = set(re.findall(r'<button[^>]* hidden data-copy="([^"]*)"', text))
    assert buttons == {"cite-text", "cite-bibtex", "cite-ris", "cite-csljson"}


def test_files_hold_the_revision_that_is_shown(served: Datasette) -> None:
    newest = get(served, f"{PAGE}.bib")
    assert newest.headers["content-disposition"] == 'attachment; filename="article-1-2.bib"'
    assert newest.headers["content-type"] == "application/x-bibtex; charset=utf-8"
    [entry] = parse_string(newest.text, "bibtex").entries.values()
    assert (entry.fields["title"], entry.fields["urldate"]) == ("Corrected", "2024-07-01")
    assert f'href="{PAGE}/revision/1.ris"' in page(served, f"{PAGE}/revision/1")
    [record] = rispy.loads(get(served, f"{PAGE}/revision/1.ris").text)
    assert (record["title"], record["access_date"]) == ("干细胞治疗硬皮病", "2024/06/01")
    assert get(served, f"{PAGE}.csl.json").json()[0]["type"] == "webpage"


@pytest.mark.parametrize("path", ["/healthnews/-/article/99.bib", f"{PAGE}/revision/9.ris", f"{PAGE}.pdf"])
def test_there_is_no_citation_of_what_is_not_there(served: Datasette, path: str) -> None:
    assert get(served, path).status_code == 404


def test_hostile_texts_stay_in_their_place(served: Datasette) -> None:
    head = Head(page(served, "/healthnews/-/article/2"))
    assert head.meta["citation_title"] == [HOSTILE]
    assert head.spans[0]["rft.title"] == [HOSTILE]
    assert HOSTILE in head.texts["cite-text"]


def test_exports_of_a_search_cite_the_articles(served: Datasette) -> None:
    titles = {"Corrected", HOSTILE}
    ris = get(served, "/healthnews/-/search.articles.ris")
    assert {record["title"] for record in rispy.loads(ris.text)} == titles
    assert len(parse_string(get(served, "/healthnews/-/search.articles.bib").text, "bibtex").entries) == len(titles)
    items = get(served, "/healthnews/-/search.articles.csl.json?q=title:corrected").json()
    assert [item["title"] for item in items] == ["Corrected"]
    assert "/healthnews/-/search.articles.bib?q=corrected" in page(served, "/healthnews/-/search?q=corrected")


def test_the_script_is_served(served: Datasette) -> None:
    found = re.search(r'src="([^"]*/cite\.js[^"]*)"', get(served, PAGE).text)
    assert found
    assert "data-copy" in get(served, found[1]).text
    assert Path(found[1].partition("?")[0]).name == "cite.js"
