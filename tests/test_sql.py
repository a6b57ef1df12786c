"""SQL from checked parts: identifiers are identifiers, fragments stay as they are."""

import sqlite3

import pytest

from archive.storage.sql import Fragment, compose, identifier, placeholders


def test_names_are_inserted_and_keywords_are_quoted() -> None:
    statement = compose("select {columns} from {table} where id = ?", columns=("start", "end"), table="citations")
    assert statement == 'select start, "end" from citations where id = ?'


def test_fragments_are_inserted_unchanged_and_nest() -> None:
    condition = compose("{column} in ({marks})", column="a.id", marks=placeholders(2))
    assert compose("select 1 from articles a where {condition}", condition=condition) == (
        "select 1 from articles a where a.id in (?, ?)"
    )


@pytest.mark.parametrize("text", ["", "1 or 1", "id; drop table articles", "a.b.c", 'x"', "title--", "标题"])
def test_text_that_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an SQL identifier"):
        identifier(text)
    with pytest.raises(ValueError, match="not an SQL identifier"):
        compose("select {columns}", columns=["id", text])


def test_statements_run() -> None:
    with sqlite3.connect(":memory:") as db:
        names = ("start", "end")
        db.execute(compose("create table {table} ({columns})", table="citations", columns=names))
        insert = compose("insert into citations ({names}) values ({marks})", names=names, marks=placeholders(2))
        db.execute(insert, (1, 2))
        db.execute(compose("update citations set {a} = ?, {b} = ?", a=names[0], b=names[1]), (3, 4))
        where = Fragment("start = 3")
        assert db.execute(compose("select {c} from citations where {where}", c="end", where=where)).fetchall() == [(4,)]
    db.close()
