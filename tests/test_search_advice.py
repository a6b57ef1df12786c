"""Help with a search: values that the archive does not have, and wider searches where nothing is found."""

import pytest
from sqlite_utils import Database

from archive.retrieval.advice import complaints, offers
from archive.retrieval.query import clause_texts
from tests.archives import an_article, new_archive, store


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Database:
    db = new_archive(tmp_path_factory.mktemp("advice"))
    store(db, an_article(title="干细胞", text="没有达到疗效。", language="zh-Hans"), url="https://a.example/1")
    store(db, an_article(title="Stem cells", text="Both patients.", language="en"), url="https://a.example/2")
    store(db, an_article(title="干细胞", text="明显超过疗效。", language="zh-Hans"), url="https://a.example/1")
    return db


@pytest.mark.parametrize(
    ("query", "filters", "sentences"),
    [
        ("cells site:demo", {}, []),
        ("cells site:demmo", {}, ["The archive has no article of the site “demmo”. Near: demo."]),
        ("cells 站点:who", {}, ["The archive has no article of the site “who”. There are: demo."]),
        ("cells", {"site": "demmo"}, ["The archive has no article of the site “demmo”. Near: demo."]),
        ("语言:中文", {}, []),
        ("cells", {"language": "zh"}, []),
        ("language:ZH-hans", {}, []),
        ("language:de", {}, ["The archive has no article in the language “de”. There are: en, zh, zh-Hans."]),
        ("titel:cells", {}, [
            "There is no field “titel”, so that “titel:cells” is searched as words. Near: title."
        ]),
        ("COVID:19 https://a.example/1 10:30", {}, []),
        ("since:yesterday", {}, [
            "since: “yesterday” is not a date; write it as YYYY-MM-DD, YYYY-MM or YYYY."
        ]),
        ("date:2024-13 author:x", {}, ["date: “2024-13” is not a date; write it as YYYY-MM-DD, YYYY-MM or YYYY."]),
        ("language:french", {"language": "french"}, [
            "The archive has no article in the language “fr”. There are: en, zh, zh-Hans."
        ]),
        ("参考文献:many", {}, ["references: “many” is not a number; write it as 5, 5-19 or 20-."]),
        ("has:images is:gone", {}, ["has: takes references or doubtful-reference, not “images”."]),
    ],
)  # fmt: skip
def test_complaints(archive: Database, query: str, filters: dict[str, str], sentences: list[str]) -> None:
    assert complaints(archive, query, filters) == sentences  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "filters", "changes"),
    [
        ("干细胞 硬皮病", {}, [("without 硬皮病", 1)]),
        ("cells 干细胞", {}, [("without cells", 1), ("without 干细胞", 1)]),
        ("cells", {"language": "zh"}, [("in all languages", 1)]),
        ("patients", {"since": "2030"}, [("of any date", 1)]),
        ("没有达到", {}, [("in past revisions", 1)]),
        ("cells", {"references": False}, [("with any number of references or none", 1)]),
        ("cells", {"references": "9", "gone": False}, [("with any number of references or none", 1)]),
        ("nothing", {}, []),
    ],
)
def test_offers(archive: Database, query: str, filters: dict[str, str], changes: list[tuple[str, int]]) -> None:
    assert [(offer.change, offer.total) for offer in offers(archive, query, filters)] == changes  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("癌 OR 瘤 肝", ["癌 OR 瘤", "肝"]),
        ("a AND b NOT c -d", ["a", "b", "NOT c", "-d"]),
        ('"stem cell"，皮肤', ['"stem cell"', "皮肤"]),
        ("a OR b OR c", ["a OR b OR c"]),
        ("OR", ["OR"]),
        ("", []),
    ],
)
def test_clause_texts(query: str, parts: list[str]) -> None:
    assert clause_texts(query) == parts
