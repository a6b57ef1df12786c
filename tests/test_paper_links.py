"""Links of articles to the papers of a bibliographic index: stored, shown, decided on, exported and merged."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive.articles.lookup import load
from archive.errors import NotStoredError
from archive.export import FORMATS
from archive.export.parquet import schema
from archive.literature import LiteratureIndex, LiteratureRecord, open_index
from archive.literature.linking.reporting import reports_on_study
from archive.operations.merge import merge
from archive.storage.database import open_archive
from archive.web.server import datasette as serve
from archive.works.link_articles import link_articles
from archive.works.paper_links import decide, links_to, paper_links
from tests.archives import NOW, URL, a_reference, an_article, new_archive, store
from tests.commands import run
from tests.test_literature_link import NEWS, ROWS
from tests.web import get, links, page

LATER = "2024-07-01T00:00:00.000000Z"
PLAIN: dict[str, Any] = {"references": (), "citations": (), "images": (), "removals": ()}


def add_papers(index: LiteratureIndex) -> None:
    with index.transaction():
        index.add(
            LiteratureRecord(pmid=pmid, title=title, authors=authors, journal=journal, doi=f"10.5555/otter.{pmid}")
            for pmid, title, authors, journal in ROWS
        )
        index.count()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of a page on a paper of the index, and of one about nothing that was studied."""
    db = new_archive(tmp_path)
    report = an_article(
        title="Lanterns out, weavers sleep", text=NEWS, language="en", published=date(2024, 1, 1), **PLAIN
    )
    store(db, report)
    store(db, an_article(title="Tea", text="Drink tea.", language="en", published=None, **PLAIN), url=f"{URL}0")
    db.close()
    with open_index(tmp_path / "literature.db", create=True) as index:
        add_papers(index)
    return tmp_path


@pytest.fixture
def linked(folder: Path) -> Path:
    done = run("works", "--link", cwd=folder)
    assert "Linked: 1 this paper, 1 no study" in done.stderr
    return folder


def test_a_link_is_stored_with_its_evidence(linked: Path) -> None:
    db = open_archive(linked / "healthnews.db")
    first = paper_links(db, 1)[0]
    assert (first.doi, first.pmid, first.is_answer, first.decision) == ("10.5555/otter.2", "2", True, None)
    assert first.link_method.startswith("news-link ")
    assert first.url == "https://doi.org/10.5555/otter.2"
    assert {"author", "journal"} <= {each.kind for each in first.evidence}
    said = {NEWS[each.start : each.end] for each in first.evidence if each.part == "text"}
    assert "Halvorsen" in said
    assert all(NEWS[each.start : each.end] in each.quote for each in first.evidence if each.part == "text")
    assert paper_links(db, 2) == ()
    assert [each.article_id for each in links_to(db, "doi:10.5555/OTTER.2")] == [1]
    assert [each.article_id for each in links_to(db, "lantern light")] == [1]
    db.close()


def test_a_paper_that_is_printed_is_no_link(folder: Path) -> None:
    db = open_archive(folder / "healthnews.db")
    printed = an_article(title="Lanterns", text=NEWS, **PLAIN | {"references": (a_reference(doi="10.5555/otter.2"),)})
    store(db, printed, url=f"{URL}1")
    with open_index(folder / "literature.db") as index:
        assert link_articles(db, index, NOW)["printed"] == 1
    assert paper_links(db, 3) == ()
    db.close()


def test_what_a_reader_decided_stays(linked: Path) -> None:
    assert "as a reader decided" in run("literature", "reject", "1", cwd=linked).stdout
    db = open_archive(linked / "healthnews.db")
    with open_index(linked / "literature.db") as index:
        assert link_articles(db, index, NOW) == {"as before": 2}
        with index.transaction():
            index.db.execute("insert into sources (name, sha256, kind, records) values ('a', 'b', 'c', 1)")
        assert link_articles(db, index, LATER)["this paper"] == 1
    [rejected] = (each for each in paper_links(db, 1) if each.pmid == "2")
    assert (rejected.decision, rejected.linked_at) == ("rejected", LATER)
    assert links_to(db, "lantern light") == ()
    assert decide(db, 1, "confirmed", LATER, "PMID: 2").decision == "confirmed"
    for wanted in ("PMID: 999", "Another title"):
        with pytest.raises(NotStoredError, match="has no link to"):
            decide(db, 1, "confirmed", LATER, wanted)
    with pytest.raises(NotStoredError, match="has no link"):
        decide(db, 2, "confirmed", LATER)
    db.close()


def test_a_link_is_shown_and_never_as_printed(linked: Path) -> None:
    shown = run("show", "1", cwd=linked).stdout
    assert "Papers behind it, not printed there" in shown
    assert "Probably reports on (" in shown
    assert "10.5555/otter.2" in shown
    asked = run("works", "10.5555/otter.2", cwd=linked).stdout
    assert "not printed, linked to by" in asked
    [found] = json.loads(run("works", "10.5555/otter.2", "--json", cwd=linked).stdout)
    assert found["paper_link"]["article_id"] == 1
    stored = json.loads(run("show", "1", "--json", cwd=linked).stdout)
    assert stored["references"] == []
    assert stored["paper_links"][0]["pmid"] == "2"


def test_exports_carry_the_link(linked: Path) -> None:
    db = open_archive(linked / "healthnews.db")
    objects = [load(db, number).as_object() for number in (1, 2)]
    db.close()
    notes = [item["note"] for item in json.loads("".join(FORMATS["csljson"].write_articles(objects)))]
    assert "Not printed there, linked by news-link" in notes[0]
    assert notes[0].endswith("https://doi.org/10.5555/otter.2")
    assert "linked" not in notes[1]
    lines = [json.loads(line) for line in FORMATS["jsonl"].write(objects)]
    assert [len(line["paper_links"]) > 0 for line in lines] == [True, False]
    assert "paper_links" in schema().names


def test_the_browser_says_that_it_is_not_printed(linked: Path) -> None:
    served = serve(linked / "healthnews.db")
    shown = page(served)
    assert "Not printed on the page: found in a bibliographic index" in shown
    assert "<strong>Probably reports on (" in shown
    assert links(shown)["DOI 10.5555/otter.2"] == "https://doi.org/10.5555/otter.2"
    assert "<q lang=" in shown
    related = 'rel="related" title="Probably reports on ('
    assert related in get(served, "/healthnews/-/search.atom").text


def test_reprocessing_works_without_an_index(tmp_path: Path) -> None:
    new_archive(tmp_path).close()
    done = run("reprocess", cwd=tmp_path)
    assert "Linked" not in done.stderr
    missing = run("works", "--link", cwd=tmp_path)
    assert (missing.returncode, "There is no bibliographic index" in missing.stderr) == (2, True)


def test_merging_keeps_links_and_decisions(linked: Path, tmp_path: Path) -> None:
    run("literature", "confirm", "1", cwd=linked)
    into = tmp_path / "all.db"
    for _ in range(2):
        merge(into, [linked / "healthnews.db"])
        db = open_archive(into)
        assert [(each.pmid, each.decision) for each in paper_links(db, 1) if each.pmid == "2"] == [("2", "confirmed")]
        db.close()


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Tea", "Scientists in Leeds recruited 40 tea drinkers.", True),
        ("Tea helps, study finds", "Drink more of it.", True),
        ("干细胞", "中山大学团队近日在《自然》子刊发表论文。", True),
        ("干细胞", "一项纳入了12名患者的研究。", True),
        ("Tea", "We sell tea. Our shop was found in 1999.", False),
        ("Study rooms", "x" * 400 + " It was found.", False),
        ("护理", "如何护理皮肤。", False),
        ("", "", False),
    ],
)
def test_pages_that_report_on_a_study(title: str, text: str, expected: bool) -> None:
    assert reports_on_study(title, text) is expected
