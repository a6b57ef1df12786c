"""An entry that prints "et al." says so wherever its authors are shown, and keeps its date of access."""

import json
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.articles.lookup import load
from archive.storage.migrations import migrations
from archive.storage.row_mapping import from_json, load_article, to_json
from tests.archives import a_reference, an_article, new_archive, store

STEP = "m010_et_al"


@pytest.mark.parametrize(("et_al", "accessed"), [(True, "2020-03-01"), (True, "2020"), (False, None)])
def test_both_are_read_back(tmp_path: Path, et_al: bool, accessed: str | None) -> None:
    article = an_article(references=(a_reference(et_al=et_al, accessed=accessed),))
    db = new_archive(tmp_path)
    store(db, article)
    (read,) = load_article(db, 1).references
    assert (read.et_al, read.accessed) == (et_al, accessed)
    assert isinstance(read.et_al, bool)
    assert from_json(to_json(article)) == article
    (shown,) = load(db, 1).as_object()["references"]
    assert json.dumps([shown["et_al"], shown["accessed"]]) == json.dumps([et_al, accessed])


def test_revisions_of_an_earlier_program_have_neither() -> None:
    values = json.loads(to_json(an_article()))
    for name in ("et_al", "accessed"):
        del values["references"][0][name]
    (reference,) = from_json(json.dumps(values)).references
    assert (reference.et_al, reference.accessed) == (False, None)


def test_an_upgrade_adds_both_columns_empty() -> None:
    db = Database(sqlite3.connect(":memory:", isolation_level=None))
    migrations.apply(db, stop_before=STEP)
    db.execute("pragma foreign_keys = off")
    db.execute("insert into bibliography (article_id, position, raw, kind) values (1, 0, 'Wu T, et al.', 'list')")
    migrations.apply(db)
    assert db.execute("select et_al, accessed from bibliography").fetchall() == [(0, None)]
