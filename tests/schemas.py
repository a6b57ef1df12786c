"""The schema of a database in a form that can be compared."""

import re
import sqlite3

OBJECTS = "select type, name, sql from sqlite_master where sql is not null order by type, name"


def schema_of(db: sqlite3.Connection) -> dict[tuple[str, str], list[str]]:
    """Map each object (type, name) to its definition without comments, layout and the order of a table's columns."""
    return {(kind, name): definition(kind, sql) for kind, name, sql in db.execute(OBJECTS)}


def definition(kind: str, sql: str) -> list[str]:
    """Return the parts of a statement, for a table its sorted columns and constraints."""
    plain = " ".join(re.sub(r"--.*", "", sql).split()).replace("( ", "(").replace(" )", ")").replace(" ,", ",")
    if kind != "table" or "virtual table" in plain:
        return [plain]
    start, end = plain.index("("), plain.rindex(")")
    return [plain[:start].strip(), *sorted(part.strip() for part in _parts(plain[start + 1 : end])), plain[end:]]


def _parts(columns: str) -> list[str]:
    """Split at the commas that are not in parentheses."""
    parts, depth = [""], 0
    for character in columns:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts
