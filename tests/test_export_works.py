"""Formats for reference managers, read back by parsers that are not ours."""

import json
import pkgutil
import re
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
import rispy
from hypothesis import example, given
from hypothesis import strategies as st
from pybtex.database import BibliographyData, Entry, parse_string

import archive.export
from archive.article import Reference
from archive.export import FORMATS, bibtex, csljson, ris
from archive.export.bibtex import TYPES, citation_key
from archive.works.models import Work, one_line, page_range

FULL = Work(
    id=7, type="article-journal", authors=("Wu T", "毛越苹", "World Health Organization"),
    title="DNA of Crohn's & 5% naïve_cells {in} vitro", container_title="J Cells & Tissues", publisher="Press #1",
    year=2016, volume="3", issue="1", pages="48–50", doi="10.5555/sci_2016(1)", pmid="27770001", pmcid="PMC5060001",
    issn="0000-0019", url="https://a.example/x_{y}?q=1%20&z#f",
)  # fmt: skip
BARE = Work(id=8, doi="10.5555/bare")

# Names of fields and types: Citation Style Language 1.0.2, appendices III and IV, and csl-data.json of its schema.
CSL_TYPES = {
    "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book", "broadcast", "chapter",
    "classic", "collection", "dataset", "document", "entry", "entry-dictionary", "entry-encyclopedia", "event",
    "figure", "graphic", "hearing", "interview", "legal_case", "legislation", "manuscript", "map", "motion_picture",
    "musical_score", "pamphlet", "paper-conference", "patent", "performance", "periodical", "personal_communication",
    "post", "post-weblog", "regulation", "report", "review", "review-book", "software", "song", "speech", "standard",
    "thesis", "treaty", "webpage",
}  # fmt: skip
CSL_STRINGS = {
    "title", "container-title", "publisher", "volume", "issue", "page", "DOI", "PMID", "PMCID", "ISBN", "ISSN", "URL",
    "archive", "archive_location", "note",
}  # fmt: skip


def read_bibtex(*works: Work) -> BibliographyData:
    return parse_string("".join(bibtex.write(works)), "bibtex")


def read_ris(*works: Work) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = rispy.loads("".join(ris.write(works)))
    return records


def plain(field: str) -> str:
    """What a reader of BibTeX shows for a field."""
    for command, character in (
        (r"{\textbackslash}", "\1"), (r"{\textasciitilde}", "~"), (r"{\textasciicircum}", "^"),
        (r"{\textbraceleft}", "\2"), (r"{\textbraceright}", "\3"),
    ):  # fmt: skip
        field = field.replace(command, character)
    field = re.sub(r"\\([&%$#_])", r"\1", field.replace("{", "").replace("}", ""))
    return field.replace("\1", "\\").replace("\2", "{").replace("\3", "}")


def check_csl(items: Any) -> None:
    """That these are CSL items, by the specification's names."""
    assert isinstance(items, list)
    for item in items:
        assert item["type"] in CSL_TYPES
        assert set(item) <= CSL_STRINGS | {"id", "type", "author", "issued", "accessed"}
        assert all(isinstance(item[name], str) and item[name] for name in CSL_STRINGS & set(item))
        assert all(set(name) in ({"family", "given"}, {"literal"}) for name in item.get("author", []))
        assert all(isinstance(year, int) for [year] in item.get("issued", {"date-parts": [[1]]})["date-parts"])


@pytest.mark.parametrize("name", [each.name for each in FORMATS.values() if each.content == "works"])
def test_every_format_takes_no_work_and_a_bare_one(name: str) -> None:
    assert "".join(FORMATS[name].write([])) in ("", "[]\n")
    assert "10.5555/bare" in "".join(FORMATS[name].write([BARE, FULL]))


def test_every_module_is_a_format() -> None:
    modules = {each.name for each in pkgutil.iter_modules(archive.export.__path__)}
    assert {name for name in modules if hasattr(import_module(f"archive.export.{name}"), "write")} == FORMATS.keys()
    assert len({each.extension for each in FORMATS.values()}) == len(FORMATS)


def test_bibtex_is_read_by_pybtex() -> None:
    entry: Entry = read_bibtex(FULL).entries["wu2016crohns-7"]
    assert entry.type == "article"
    first, second, third = entry.persons["author"]
    assert (first.last_names, first.first_names) == (["Wu"], ["T"])
    assert (second.last_names, third.last_names) == (["{毛越苹}"], ["{World Health Organization}"])
    assert entry.fields["title"] == r"{DNA} of {Crohn's} \& 5\% naïve\_cells {\textbraceleft}in{\textbraceright} vitro"
    assert plain(entry.fields["journal"]) == "J Cells & Tissues"
    assert (entry.fields["pages"], entry.fields["doi"]) == ("48--50", "10.5555/sci_2016(1)")
    assert entry.fields["url"] == "https://a.example/x_%7By%7D?q=1%20&z#f"


def test_ris_is_read_by_rispy() -> None:
    [record] = read_ris(FULL)
    assert (record["type_of_reference"], record["id"]) == ("JOUR", "work-7")
    assert record["authors"] == ["Wu, T", "毛越苹", "World Health Organization"]
    assert (record["title"], record["secondary_title"]) == (FULL.title, FULL.container_title)
    assert (record["start_page"], record["end_page"], record["doi"]) == ("48", "50", FULL.doi)
    assert (record["year"], record["volume"], record["number"], record["issn"]) == ("2016", "3", "1", "0000-0019")


def test_csl_json_names_what_the_specification_names() -> None:
    items = json.loads("".join(csljson.write([FULL, BARE])))
    check_csl(items)
    assert items[0]["author"] == [
        {"family": "Wu", "given": "T"},
        {"literal": "毛越苹"},
        {"literal": "World Health Organization"},
    ]
    assert (items[0]["page"], items[0]["issued"]) == ("48-50", {"date-parts": [[2016]]})


def test_a_work_without_a_title_has_the_printed_entry_as_a_note() -> None:
    work = Work(id=9, note="Wu T. J Cells & Tissues 2016;3:48.")
    [entry] = read_bibtex(work).entries.values()
    assert plain(entry.fields["note"]) == work.note
    assert read_ris(work)[0]["notes"] == [work.note]
    [item] = json.loads("".join(csljson.write([work])))
    check_csl([item])
    assert item["note"] == work.note


def test_et_al_survives() -> None:
    work = replace(FULL, et_al=True)
    others = read_bibtex(work).entries["wu2016crohns-7"].persons["author"][-1]
    assert others.last_names == ["others"]
    assert "{World Health Organization} and others}," in "".join(bibtex.write([work]))
    assert read_ris(work)[0]["authors"] == ["Wu, T", "毛越苹", "World Health Organization", "et al.,"]
    items = json.loads("".join(csljson.write([work])))
    check_csl(items)
    assert items[0]["author"][-1] == {"literal": "others"}


@pytest.mark.parametrize("work", [FULL, replace(FULL, authors=(), et_al=True)])
def test_no_others_without_et_al_or_without_names(work: Work) -> None:
    written = [*bibtex.write([work]), *ris.write([work]), *csljson.write([work])]
    assert not any("others" in text or "et al" in text for text in written)


@pytest.mark.parametrize(
    ("accessed", "slashes", "parts"),
    [("2020-03-01", "2020/03/01", [2020, 3, 1]), ("2020-03", "2020/03", [2020, 3]), ("2020", "2020", [2020])],
)
def test_dates_of_access(accessed: str, slashes: str, parts: list[int]) -> None:
    work = replace(FULL, accessed=accessed)
    assert read_bibtex(work).entries["wu2016crohns-7"].fields["urldate"] == accessed
    assert read_ris(work)[0]["access_date"] == slashes
    [item] = json.loads("".join(csljson.write([work])))
    assert item["accessed"] == {"date-parts": [parts]}


@pytest.mark.parametrize(
    "kind", ["article-journal", "book", "chapter", "thesis", "webpage", "patent", "software", None]
)
def test_every_type_has_a_counterpart(kind: str | None) -> None:
    work = Work(id=1, type=kind, title="x", container_title="y", publisher="z")
    check_csl(json.loads("".join(csljson.write([work]))))
    assert read_bibtex(work).entries["work-1"].type == TYPES.get(kind or "", "misc")
    assert rispy.TYPE_OF_REFERENCE_MAPPING[read_ris(work)[0]["type_of_reference"]]


@pytest.mark.parametrize(
    ("authors", "title", "key"),
    [
        (("Müller K",), "Über naïve Zellen", "muller2016uber-1"),
        (("毛越苹",), "干细胞治疗", "work2016-1"),
        (("O'Brien, P.",), "A new way", "obrien2016-1"),
        ((), "{%}", "work2016-1"),
    ],
)
def test_citation_keys_are_ascii(authors: tuple[str, ...], title: str, key: str) -> None:
    assert citation_key(Work(id=1, authors=authors, title=title, year=2016)) == key


@pytest.mark.parametrize(
    ("pages", "expected"),
    [("48-50", ("48", "50")), ("48–50", ("48", "50")), ("S1 — S9", ("S1", "S9")), ("e12", ("e12", None)),
     ("48, 52-53", ("48, 52-53", None)), ("1-2-3", ("1-2-3", None))],
)  # fmt: skip
def test_page_ranges(pages: str, expected: tuple[str, str | None]) -> None:
    assert page_range(pages) == expected


SPECIAL = st.text(st.sampled_from("&%$#_{}~^\\\"'@,=aB 1é干\n<>")) | st.text()


@given(SPECIAL, SPECIAL)
@example("{", "}")
@example("\\", "a\u2028b\x1dc")
def test_titles_and_names_come_back(title: str, name: str) -> None:
    work = Work(id=1, title=title, authors=(name,) if name.strip() else ())
    expected = one_line(title)
    [entry] = read_bibtex(work).entries.values()
    assert plain(" ".join(entry.fields.get("title", "").split())) == expected
    assert read_ris(work)[0].get("title", "") == expected
    [item] = json.loads("".join(csljson.write([work])))
    assert item.get("title", "") == expected


@given(st.lists(SPECIAL.filter(lambda name: bool(one_line(name))), min_size=1, max_size=4))
def test_no_author_becomes_two(names: list[str]) -> None:
    work = Work(id=1, authors=tuple(names))
    [entry] = read_bibtex(work).entries.values()
    assert len(entry.persons["author"]) == len(names)
    assert len(read_ris(work)[0]["authors"]) == len(names)


@given(st.lists(st.builds(Work, id=st.integers(1, 10**6), title=SPECIAL), unique_by=lambda work: work.id, max_size=5))
def test_every_work_is_an_entry(works: list[Work]) -> None:
    assert len(read_bibtex(*works).entries) == len(read_ris(*works)) == len(works)


def test_the_types_are_those_that_references_have() -> None:
    assert set(TYPES) <= CSL_TYPES
    assert set(Work.__dataclass_fields__) - {"id", "note"} <= set(Reference.__dataclass_fields__)
