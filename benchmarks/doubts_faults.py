"""Labelled reference strings, and faults of eight kinds injected into what they print."""

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive.literature.checking.identifier_years import given_in
from archive.literature.record import LiteratureRecord
from archive.text.scripts import has_cjk

KINDS = ("year", "volume", "doi", "pmid", "identifiers", "malformed", "title", "authors")
BESIDE = ("journal", "pages")  # measured as well, but none of the eight
# The fields in which a fault may be found.
FOUND_IN = {
    "year": {"year"}, "volume": {"volume"}, "doi": {"doi"}, "pmid": {"pmid"}, "identifiers": {"doi", "pmid"},
    "malformed": {"doi", "pmid", "issn"}, "title": {"title"}, "authors": {"authors"}, "journal": {"journal"},
    "pages": {"pages"},
}  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)")
_FEW_WORDS = 3
_DRAWS = 300  # by which a string with fields in the same scripts is looked for
_LAST_PMID = 41_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A reference string in labelled segments, with its true fields and the day of a page that prints it."""

    segments: tuple[tuple[str, str], ...]
    fields: dict[str, str]
    page: date

    @property
    def text(self) -> str:
        """The string as printed."""
        return "".join(text for _, text in self.segments)

    @property
    def year(self) -> int:
        """The true year."""
        match = _YEAR.search(self.fields["year"])
        return int(match[0]) if match else 0

    def record(self) -> LiteratureRecord:
        """Return the true fields as an index holds them."""
        own = self.fields
        names = re.split(r"\s*(?:;|\band\b|&|、|，)\s*|,\s+(?=[A-Z][\w'’-]+[,\s])", own["author"])
        return LiteratureRecord(
            title=own["title"].strip(" .,"),
            authors=tuple(name.strip(" .,") for name in names if name.strip(" .,")),
            journal=own["container"].strip(" .,"),
            published=str(self.year),
            volume=(re.findall(r"\d+", own.get("volume", "")) or [""])[0],
            pages=own.get("pages", ""),
            doi=own.get("doi", "") if own.get("doi", "").count("/") == 1 else "",
            pmid="".join(re.findall(r"\d+", own.get("pmid", ""))[:1]),
        )


Change = Callable[[Labelled, Labelled, str, random.Random], str]  # the string, another one, the segment


def labelled(folder: Path) -> list[Labelled]:
    """Return the strings of journal articles with author, title, journal and year, each text once."""
    lines = (line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines())
    found = [one for line in lines if (one := _labelled(json.loads(line)))]
    return list({one.text: one for one in found}.values())


def _labelled(row: dict[str, Any]) -> Labelled | None:
    own = row["fields"]
    printed = _YEAR.search(own.get("year", ""))
    if not printed or not all(own.get(name) for name in ("author", "title", "container")):
        return None
    segments = tuple(
        ("journal" if kind == "container-title" else kind, text)
        for kind, text in row.get("segments") or _segments(row["text"], own)
    )
    draw = random.Random("".join(text for _, text in segments))  # noqa: S311 - not for secrets
    given = [given_in("pmcid", value) for value in re.findall(r"PMC\d+", own.get("pmcid", ""))]
    page = date(max(int(printed[0]), *given, 0) + draw.randint(0, 6), draw.randint(1, 12), 1)
    return Labelled(segments, own, page)


def _segments(text: str, own: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield a string in segments by where its fields stand in it."""
    names = {
        "author": "author",
        "title": "title",
        "container": "journal",
        "year": "date",
        "volume": "volume",
        "doi": "doi",
    }
    places = sorted((text.find(own[name]), kind, own[name]) for name, kind in names.items() if own.get(name))
    at = 0
    for start, kind, value in places:
        if start >= at:
            yield "other", text[at:start]
            yield kind, value
            at = start + len(value)
    yield "other", text[at:]


def faulty(one: Labelled, kind: str, others: Sequence[Labelled], draw: random.Random) -> str | None:
    """Return the string with a fault of a kind, None where it prints nothing that could be changed."""
    drawn = (draw.choice(others) for _ in range(_DRAWS))
    other = next((each for each in drawn if _alike(one, each)), None)
    if other is None:
        return None
    if kind in _CHANGES:
        segment, change = _CHANGES[kind]
        return _replaced(one, segment, lambda text: change(one, other, text, draw))
    if kind == "doi":
        return f"{_without(one, 'doi')} doi:{_doi(one, others, draw)}"
    if kind == "pmid":
        return f"{_without(one, 'pmid')} PMID: {_pmid(one.year, draw)}"
    if kind == "identifiers":
        doi, year = _dated_doi(others, draw)
        return f"{_without(one, 'doi')} doi:{doi}. PMID: {_pmid(year, draw)}"
    return f"{_without(one, 'doi')} {_malformed(_doi(one, others, draw), draw)}"


def _later_year(one: Labelled, _: Labelled, text: str, draw: random.Random) -> str:
    return _YEAR.sub(str(one.page.year + draw.randint(1, 8)), text)


def _another_volume(_: Labelled, __: Labelled, text: str, draw: random.Random) -> str:
    return re.sub(r"\d+", lambda at: _other_number(at[0], draw), text, count=1)


def _other_pages(_: Labelled, __: Labelled, text: str, draw: random.Random) -> str:
    shift = draw.randint(101, 3000)
    return re.sub(r"\d+", lambda at: str(int(at[0]) + shift), text)


def _field(name: str) -> Change:
    return lambda _, other, text, __: _like(other.fields[name], text)


def _alike(one: Labelled, other: Labelled) -> bool:
    """Return whether the other string's fields could stand in this one: other words in the same script."""
    names = ("title", "author", "container")
    same_script = all(has_cjk(one.fields[name]) == has_cjk(other.fields[name]) for name in names)
    words = len(other.fields["title"].split()) if not has_cjk(other.fields["title"]) else len(other.fields["title"])
    return same_script and words > _FEW_WORDS and all(one.fields[name] != other.fields[name] for name in names)


_CHANGES: dict[str, tuple[str, Change]] = {
    "year": ("date", _later_year),
    "volume": ("volume", _another_volume),
    "pages": ("pages", _other_pages),
    "title": ("title", _field("title")),
    "authors": ("author", _field("author")),
    "journal": ("journal", _field("container")),
}


def _replaced(one: Labelled, kind: str, change: Callable[[str], str]) -> str | None:
    parts = [change(text) if name == kind else text for name, text in one.segments]
    changed = "".join(parts)
    return changed if changed != one.text else None


def _like(value: str, printed: str) -> str:
    """Return another value with the sign that ends the printed one."""
    end = re.search(r"[\s.,;:”\"]*$", printed)
    return value.strip(" .,;:") + (end[0] if end else "")


def _without(one: Labelled, kind: str) -> str:
    text = "".join(text for name, text in one.segments if name != kind)
    text = re.sub(r"(?i)\s*(?:https?://(?:dx\.)?doi\.org/|doi:?)\s*\S*$", "", text) if kind == "doi" else text
    return re.sub(r"PMID:?\s*\d+\S*", "", text).rstrip() if kind == "pmid" else text.rstrip()


def _other_number(number: str, draw: random.Random) -> str:
    """Return a volume of another time: it differs by more than a tenth and by three at least."""
    own = int(number)
    while abs((other := draw.randint(1, max(60, 2 * own))) - own) < max(3, own // 10):
        pass
    return str(other)


def _doi(one: Labelled, others: Sequence[Labelled], draw: random.Random) -> str:
    own = one.fields["container"][:5].lower()
    known = [each.fields["doi"] for each in others if _is_doi(each) and each.fields["container"][:5].lower() != own]
    return draw.choice(known)


def _dated_doi(others: Sequence[Labelled], draw: random.Random) -> tuple[str, int]:
    chosen = draw.choice([each for each in others if _is_doi(each)])
    return chosen.fields["doi"], chosen.year


def _is_doi(one: Labelled) -> bool:
    return re.fullmatch(r"10\.\d{4,5}/[!-~]+", one.fields.get("doi", "")) is not None


def _pmid(year: int, draw: random.Random) -> int:
    """Return a PMID that was given six years or more before or after a year."""
    while abs(given_in("pmid", str(number := draw.randint(1_000, _LAST_PMID))) - year) < 6:
        pass
    return number


def _malformed(doi: str, draw: random.Random) -> str:
    broken = (
        f"doi:{doi.replace('/', '', 1)}",
        f"doi:{doi.removeprefix('10.')}",
        f"doi:1O.{doi.removeprefix('10.')}",
        f"doi:10.1234/{draw.choice(['abcd', 'xyz123', 'example'])}.{draw.randint(10, 99)}",
        f"PMID: {draw.randint(100_000_000, 999_999_999)}",
        f"PMID: {draw.randint(1_000, 9_999)}X{draw.randint(10, 99)}",
    )
    return draw.choice(broken)
