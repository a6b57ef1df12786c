"""Rows and types tell the same story."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from archive.article import Article, Citation, Image, Reference, Removal
from archive.page import Page
from archive.storage.row_mapping import PARTS, content_hash, from_json, load_article, to_json
from tests.archives import a_reference, an_article, new_archive, store


@pytest.mark.parametrize(
    ("kind", "table"),
    [(Article, "articles"), *((kind, table) for table, kind in PARTS.values())],
)
def test_every_field_has_its_column(tmp_path: Path, kind: Any, table: str) -> None:
    columns = {column.name for column in new_archive(tmp_path)[table].columns}
    assert {field.name for field in dataclasses.fields(kind)} - set(PARTS) <= columns


def test_the_test_article_leaves_no_field_empty() -> None:
    article = an_article()
    parts: list[Any] = [
        article,
        *article.images,
        *article.references,
        *article.citations,
        *article.removals,
        *article.evidence,
    ]
    for part in parts:
        empty = [field.name for field in dataclasses.fields(part) if getattr(part, field.name) in (None, "", ())]
        assert empty == []


def test_an_article_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article())
    assert load_article(db, 1) == an_article()


def test_an_article_survives_json() -> None:
    assert from_json(to_json(an_article())) == an_article()


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ('{"url": "u", "title": "t", "text": "x"}', Article(url="u", title="t", text="x")),
        ('{"url": "u", "title": "t"}', Article(url="u", title="t", text="")),
        ('{"url": "u", "title": "t", "text": "x", "mood": "good"}', Article(url="u", title="t", text="x")),
        ('{"url": "u", "title": "t", "text": "x", "images": null}', Article(url="u", title="t", text="x")),
        (
            '{"references": [{"raw": "[1]", "mood": {}}], "citations": [{"marker": "1", "start": 3}], "url": "u"}',
            Article(
                url="u", title="", text="", references=(Reference(raw="[1]"),),
                citations=(Citation(marker="1", start=3, end=0),),
            ),
        ),
        (
            '{"title": "t", "text": "x", "removals": [{"text": "ad", "weight": 1}], "images": [{}]}',
            Article(
                url="", title="t", text="x", images=(Image(url=""),), removals=(Removal(text="ad", reason=""),),
            ),
        ),
    ],
)  # fmt: skip
def test_json_of_other_versions_is_read(text: str, article: Article) -> None:
    assert from_json(text) == article


def test_every_field_may_be_missing_or_unknown() -> None:
    whole = json.loads(to_json(an_article()))
    for name in whole:
        assert from_json(json.dumps({key: value for key, value in whole.items() if key != name} | {f"{name}2": 1}))


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"views": 99}, True),
        ({"keywords": ()}, True),
        ({"title": "另一个标题"}, False),
        ({"text": "另一段"}, False),
        ({"references": (a_reference(raw="[1] other"),)}, False),
    ],
)
def test_what_makes_a_revision(changes: dict[str, object], same: bool) -> None:
    assert (content_hash(an_article(**changes)) == content_hash(an_article())) is same


def test_types_are_frozen_and_without_dict() -> None:
    kinds: tuple[Any, ...] = (Page, Article, Reference, Citation, Image, Removal)
    for kind in kinds:
        assert "__slots__" in vars(kind)
        assert kind.__dataclass_params__.frozen
