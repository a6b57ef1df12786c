"""The spelling of the full-text index as SQL expressions for views. It equals that of folding.py in Python.

A text is split into blocks, and these into pieces, because removing characters from the front of a string copies the
rest. In a piece, `step` takes one unit at a time: a run of ASCII or a single character.
"""

# ruff: noqa: S608 (the statements are put together from this module's own words)

from collections.abc import Iterator

from archive.text.folding import (
    BOUNDARY,
    BRIDGED,
    DIGITS,
    INDICES,
    SINGLES,
    UNSPACED,
    VOICE_MARKS,
    table,
    voiced_katakana,
)

_BLOCK = 4096  # characters
_PIECE = 48

# The rest of ASCII, frequent characters first: SQLite's ltrim() compares with each in turn.
_FREQUENT = " etaoinsrhldcumfpgwybv,.-"
_PLAIN = _FREQUENT + "".join(c for c in map(chr, range(1, 128)) if c not in _FREQUENT and not c.isdigit())


def fold_table() -> Iterator[str]:
    """Yield the statements that create the table that maps characters to their folded form."""
    rows = ", ".join(f"({_quote(character)}, {_quote(folded)})" for character, folded in table().items())
    yield "create table articles_fts_fold (character text primary key, folded text not null) strict, without rowid"
    yield f"insert into articles_fts_fold (character, folded) values {rows}"


def walked(text: str) -> str:
    """Return SQL for a JSON array of `folding.characters(text)` and `folding.pair(text)`, both from one walk.

    `text` is an SQL expression. A unit gets a boundary unless it has the class of the unit before it. The class of
    characters that always stand alone is null, which equals nothing.
    """
    return f"""(
with recursive
block (b, before, source, rest) as (
  select 0, null, substr({text}, 1, {_BLOCK}), substr({text}, {_BLOCK + 1})
  union all
  select b + 1, substr(source, -1), substr(rest, 1, {_BLOCK}), substr(rest, {_BLOCK + 1}) from block where rest <> ''
),
piece (b, p, before, source, rest, after) as (
  select b, 0, before, substr(source, 1, {_PIECE}), substr(source, {_PIECE + 1}), substr(rest, 1, 2) from block
  union all
  select b, p + 1, substr(source, -1), substr(rest, 1, {_PIECE}), substr(rest, {_PIECE + 1}), after
  from piece where rest <> ''
),
step (b, p, before, class, folded, source, rest, after, characters, pairs) as (
  select b, p, {_class("before")}, {_class("source")}, {_folded("substr(source, 1, 1)")}, source, {_rest("source")},
    substr(rest, 1, 2) || after, '', ''
  from piece
  union all
  select b, p, class, {_class("rest")}, {_folded("substr(rest, 1, 1)")}, rest, {_rest("rest")}, after,
    characters || case when source glob '[{UNSPACED}]*'
      then '{BOUNDARY}' || coalesce(folded, substr(source, 1, 1)) else '' end,
    pairs || case when class = before then '' else '{BOUNDARY}' end
      || coalesce(folded, substr(source, 1, length(source) - length(rest))) || {_second()}
  from step where source <> ''
)
select json_array(group_concat(characters, ''), group_concat(pairs, ''))
from (select characters, pairs from step where source = '' order by b, p))"""


def voiced_table() -> Iterator[str]:
    """Yield the statements that create the table of half-width katakana with voice marks and their letters."""
    rows = ", ".join(f"({_quote(pair)}, {_quote(letter)})" for pair, letter in voiced_katakana().items())
    yield "create table articles_fts_voiced (id integer primary key, pair text not null, letter text not null) strict"
    yield f"insert into articles_fts_voiced (pair, letter) values {rows}"


def joined(text: str) -> str:
    """Return SQL for a text with half-width katakana and their voice marks as one letter; few texts have any."""
    return f"""(case when {has_voice_marks(text)} then (
with recursive replaced (n, words) as (
  select 0, {text}
  union all
  select n + 1, replace(words, pair, letter) from replaced join articles_fts_voiced as voiced on voiced.id = n + 1
)
select words from replaced order by n desc limit 1) else {text} end)"""


def has_voice_marks(text: str) -> str:
    """Return SQL for whether a text has voice marks of half-width katakana."""
    return " or ".join(f"instr({text}, {_quote(mark)})" for mark in VOICE_MARKS)


def characters(both: str) -> str:
    """Return SQL for the first element of the array from `walked`."""
    return f"json_extract({both}, '$[0]')"


def paired(both: str) -> str:
    """Return SQL for the second element of the array from `walked`."""
    return f"json_extract({both}, '$[1]')"


def _second() -> str:
    """Return SQL for the second character of the unit's pair, or ''."""
    follows = "substr(substr(rest, 1, 2) || after, {}, 1)"
    first, second = follows.format(1), follows.format(2)
    character = (
        f"case when {first} glob '[{UNSPACED}]' then {first}"
        f" when {first} glob '[{BRIDGED}{BOUNDARY}]' and {second} glob '[{UNSPACED}]' then {second} end"
    )
    found = f"(select coalesce({_folded('c')}, c, '') from (select {character} as c))"
    return f"case when source glob '[{UNSPACED}]*' then {found} else '' end"


def _folded(character: str) -> str:
    return f"(select folded from articles_fts_fold where character = {character})"


def _class(text: str) -> str:
    return (
        f"case when {text} glob '[{SINGLES}]*' then null when {text} glob '[{DIGITS}]*' then 1"
        f" when {text} glob '[{INDICES}]*' then 2 when {text} <> '' then 3 end"
    )


def _rest(text: str) -> str:
    return (
        f"case when {text} glob '[0-9]*' then ltrim({text}, '0123456789')"
        f" when unicode({text}) between 1 and 127 then ltrim({text}, {_quote(_PLAIN)}) else substr({text}, 2) end"
    )


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
