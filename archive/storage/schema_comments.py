"""Read what the comments of the schema's SQL say of its tables, views and columns. Pure functions.

docs/schema.md and the descriptions that Datasette shows are made from them.
"""

import re
from dataclasses import dataclass, replace
from functools import cache

from archive.storage.migrations import LATER, SCHEMA, statements

_ADDED = re.compile(r"alter table (\w+) add column\n(.*)", re.DOTALL)
_COLUMN = re.compile(r'  "?(?P<name>\w+)"? (?P<type>text|integer|real|blob)(?P<rest>[^-]*?),?\s*(?:-- (?P<says>.*))?')
_OF_VIEW = re.compile(r'  (?:\S[^-]*[\s.])?"?(?P<name>\w+)"?,?(?:\s+-- (?P<says>.*))?')


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `kind` is its type and whether it may be null, empty for a view; `says` is the comment or empty."""

    name: str
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Described:
    """A table or view. `section` is the heading above it, where one begins; `about` its comment."""

    name: str
    is_view: bool
    section: str
    about: str
    columns: tuple[Column, ...]


@cache
def described() -> tuple[Described, ...]:
    """Return the tables and views of schema.sql with what later steps add to them, then those of later steps."""
    found = {each.name: each for each in map(_described, statements(SCHEMA.read_text(encoding="utf-8"))) if each}
    for statement in (part for script in LATER for part in statements(script.read_text(encoding="utf-8"))):
        if added := _ADDED.search(statement):
            column = _column(added[2].replace(";", ",", 1).rstrip("\n"))
            old = found[added[1]]
            found[added[1]] = replace(old, columns=(*old.columns, *([column] if column else [])))
        elif new := _described(statement):
            found[new.name] = new
    return tuple(found.values())


def _described(statement: str) -> Described | None:
    """Return the table or view that a statement creates; None for another statement."""
    comments, _, sql = re.split(r"^(?=(create|alter|update|insert|drop) )", statement, maxsplit=1, flags=re.MULTILINE)
    verb, kind, name = sql.split()[:3]
    if verb != "create" or kind not in ("table", "view"):
        return None
    *before, about = (re.sub(r"^-- ?", "", block, flags=re.MULTILINE) for block in comments.rstrip().split("\n\n"))
    columns = _columns(sql) if kind == "table" else _columns_of_view(sql)
    return Described(name, kind == "view", before[-1].strip() if before else "", about.strip(), tuple(columns))


def _columns(statement: str) -> list[Column]:
    whole = re.sub(r"\n(?:    |  \))", " ", statement)  # a column may take several lines
    return [column for column in map(_column, whole.splitlines()[1:]) if column]


def _columns_of_view(statement: str) -> list[Column]:
    """Return the columns of a view that has each on a line of its own, below `select`; of another view none."""
    _, _, listed = statement.partition("\nselect\n")
    lines = listed.partition("\nfrom ")[0].splitlines()
    return [Column(found["name"], "", found["says"] or "") for line in lines if (found := _OF_VIEW.fullmatch(line))]


def _column(line: str) -> Column | None:
    """Return the column that the line defines, None for another line."""
    column = _COLUMN.fullmatch(line)
    if not column:
        return None
    kind = column["type"] + (" not null" if "not null" in column["rest"] else "")
    target = re.search(r"references (\w+)\(", column["rest"])
    values = re.search(r" in \(([^()]*)\)", column["rest"])
    notes = [column["says"], target and f"→ {target[1]}", values and values[1].replace("'", "")]
    return Column(column["name"], kind, "; ".join(note for note in notes if note))
