"""Whether pages say that a work which they lean on was retracted, and after how long."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.article import Article, Citation
from archive.articles.writer import save_article
from archive.monitoring.alerts.unsaid_retractions import alerts
from archive.references import parse_reference
from archive.storage.connection import transaction
from archive.storage.site_rules import apply_rules
from archive.works.retraction_notes import find_note
from archive.works.retraction_pages import leaning_pages
from archive.works.retraction_watch import load_table
from tests.archives import new_archive
from tests.retraction_table import a_row, a_table

WORK = "[1] Arendt K, Okoye B. Moss poultices for burnt hands. Burns Care. 2015;12:44-51. doi:10.5555/moss.2015"
OTHER = "[2] Lund S. Cold water for hot heads. J Heat. 2012;3:1-9."
CLAIM = "Moss heals burnt hands within days [1]."


def an_article(text: str) -> Article:
    markers = re.finditer(r"\[(\d)\]", text)
    return Article(
        url="https://news.example/moss",
        title="Moss heals",
        text=text,
        references=(parse_reference(WORK), parse_reference(OTHER)),
        citations=tuple(
            Citation(marker=each[0], start=each.start(), end=each.end(), references=(int(each[1]) - 1,))
            for each in markers
        ),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CLAIM, None),
        (f"{CLAIM} The journal has retracted the article [1].", "retracted"),
        (f"{CLAIM}\n\nEditor's note: The study described in this story has been retracted.", "retracted"),
        (f"{CLAIM} In 2015 Arendt reported this; the paper by Arendt of 2015 is retracted.", "retracted"),
        (f"{CLAIM} An expression of concern was published on these figures [1].", "concern"),
        (f"{CLAIM} Cold water was praised as well, but that study was retracted [2].", None),
        (f"{CLAIM} Readers asked the journal to retract the study [1].", None),
        (f"{CLAIM} The article was not retracted [1].", None),
        ("苔藓能治烧伤[1]。\n\n编者按：本文引用的论文已被撤稿。", "retracted"),
        ("苔藓能治烧伤[1]。有人要求撤稿[1]。", None),
        ("Moos heilt [1]. Die Studie wurde inzwischen zurückgezogen [1].", "retracted"),
        ("Moos heilt [1]. Die Studie wurde nicht zurückgezogen [1].", None),
        ("La mousse soigne [1]. L’article a été rétracté depuis [1].", "retracted"),
        ("La mousse soigne [1]. L’article n’a pas été rétracté [1].", None),
    ],
)
def test_notes(text: str, says: str | None) -> None:
    note = find_note(an_article(text), [0])
    assert (note.says if note else None) == says


def test_the_printed_entry_may_say_so() -> None:
    article = an_article(CLAIM)
    marked = replace(article, references=(parse_reference(f"{WORK} Retracted in 2018."), article.references[1]))
    assert find_note(marked, [0])
    about = "[1] Ruiz A. Retracted papers and their readers. J Heat. 2012;3:1-9."
    assert find_note(replace(article, references=(parse_reference(about),)), [0]) is None


def test_a_note_on_the_page_may_mean_another_work() -> None:
    article = an_article(f"{CLAIM}\n\nEditor's note: a study cited in this story has been retracted.")
    assert find_note(article, [0], alone=True)
    assert find_note(article, [0], alone=False) is None


def save(db: Database, text: str, moment: str) -> None:
    with transaction(db):
        db.conn.execute(
            "insert or ignore into pages (id, url, host, site, kind, discovered_at, fetched_at) "
            "values (1, 'https://news.example/moss', 'news.example', 'demo', 'article', ?1, ?1)",
            [moment],
        )
        db.conn.execute("update pages set fetched_at = ?", [moment])
        save_article(db, 1, None, an_article(text), moment)


def a_retraction(folder: Path) -> Path:
    row = a_row(
        OriginalPaperDOI="10.5555/moss.2015", OriginalPaperPubMedID="0", RetractionDate="3/1/2020 0:00",
        RetractionNature="Retraction",
    )  # fmt: skip
    return a_table(folder, row)


def test_alert_for_own_sites(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    save(db, CLAIM, "2019-05-01T00:00:00.000000Z")
    load_table(db, a_retraction(tmp_path), "2020-04-01T00:00:00.000000Z")
    late, early = datetime(2020, 4, 1, tzinfo=UTC), datetime(2020, 3, 10, tzinfo=UTC)
    assert alerts(db, late) == []
    apply_rules(db, "demo", {"own": True}, late)
    (alert,) = alerts(db, late)
    assert (alert.site, alert.now) == ("demo", 1)
    assert "https://news.example/moss" in alert.sentence
    assert alerts(db, early) == []
    save(db, f"{CLAIM} The article has been retracted [1].", "2020-04-02T00:00:00.000000Z")
    assert alerts(db, late) == []


def test_leaning_pages(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    save(db, CLAIM, "2019-05-01T00:00:00.000000Z")
    load_table(db, a_retraction(tmp_path), "2020-04-01T00:00:00.000000Z")
    (page,) = leaning_pages(db)
    assert (page.said_at, page.days, page.noticed, page.status) == (None, None, "2020-03-01", "retracted")
    save(db, f"{CLAIM} It is said to be quick.", "2020-03-05T00:00:00.000000Z")
    save(db, f"{CLAIM} The article has been retracted [1].", "2020-03-31T00:00:00.000000Z")
    (page,) = leaning_pages(db, site="demo")
    assert (page.said_at, page.days, page.revision) == ("2020-03-31", 30, 3)
    assert page.note is not None
    assert page.note.text == "The article has been retracted [1]."
    assert leaning_pages(db, site="elsewhere") == []
    save(db, f"{CLAIM} It is quick.", "2020-05-01T00:00:00.000000Z")
    assert [each.said_at for each in leaning_pages(db)] == [None]  # the note was taken back
