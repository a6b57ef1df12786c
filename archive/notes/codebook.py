"""Codebooks: the questions that coders answer about each article, as TOML files.

    name = "certainty"
    title = {en = "Certainty of claims", zh = "论断的确定性"}
    source = "Our protocol of 2026"           # optional: whom to cite

    [scales.rating]                           # optional: choices that several questions share
    ordinal = true                            # the choices are in an order: weighted kappa is shown too
    choices = [{value = "0", label = "none"}, {value = "1", label = "some"}, {value = "2", label = "much"}]

    [[questions]]
    name = "hedged"
    text = {en = "Are claims hedged?", zh = "论断是否留有余地？"}
    help = "Words such as may, might, 可能"    # optional
    scale = "rating"                          # or `choices` and `ordinal` of its own

Texts are strings, or tables of languages (`en`, `zh`).
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from archive.errors import UserError
from archive.text.messages import message

_SHIPPED = files("archive.notes").joinpath("codebooks")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_KEYS = {
    "codebook": ({"name", "title", "questions"}, {"source", "scales"}),
    "question": ({"name", "text"}, {"help", "scale", "choices", "ordinal"}),
    "scale": ({"choices"}, {"ordinal"}),
    "choice": ({"value", "label"}, set[str]()),
}
MOST_QUESTIONS, MOST_CHOICES = 200, 50


class CodebookError(UserError):
    """A codebook cannot be used; the message names the place and the fault."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one or several languages."""

    by_language: Mapping[str, str]

    def in_language(self, language: str) -> str:
        """Return the text in a BCP 47 language, else in English, else in the first one."""
        primary = language.partition("-")[0]
        found = self.by_language
        return found.get(language) or found.get(primary) or found.get("en") or next(iter(found.values()))


@dataclass(frozen=True, slots=True)
class Choice:
    """A possible answer: the value that is stored, and its label."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices; `ordinal` if these are in an order."""

    name: str
    text: Text
    help: Text | None
    choices: tuple[Choice, ...]
    ordinal: bool

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the choices, in their order."""
        return tuple(choice.value for choice in self.choices)

    def label(self, value: str) -> Text:
        """Return the label of a choice, or the value itself where it is none."""
        return next((choice.label for choice in self.choices if choice.value == value), Text({"en": value}))


@dataclass(frozen=True, slots=True)
class Codebook:
    """A codebook; `source` says whom to cite."""

    name: str
    title: Text
    source: str
    questions: tuple[Question, ...]

    def question(self, name: str) -> Question:
        """Return a question by name. Raises KeyError."""
        return {each.name: each for each in self.questions}[name]


def shipped() -> dict[str, Codebook]:
    """Return the codebooks that come with the program, by name."""
    texts = sorted((each.name, each.read_text(encoding="utf-8")) for each in _SHIPPED.iterdir())
    found = [parse(text, name) for name, text in texts if name.endswith(".toml")]
    return {codebook.name: codebook for codebook in found}


def read(wanted: str) -> str:
    """Return the TOML text of a shipped codebook, or of a file, after checking it. Raises CodebookError."""
    packaged = _SHIPPED.joinpath(f"{wanted}.toml")
    if _NAME.fullmatch(wanted) and packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    path = Path(wanted)
    if not path.is_file():
        raise CodebookError(
            message(
                "There is no codebook %(name)s: name a file, or one of %(names)s.",
                name=wanted,
                names=", ".join(shipped()),
            )
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CodebookError(message("%(name)s cannot be read: %(error)s.", name=wanted, error=error)) from error
    parse(text, wanted)
    return text


def parse(text: str, origin: str) -> Codebook:
    """Return the codebook in a TOML text; `origin` names it in messages. Raises CodebookError with one sentence."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CodebookError(message("%(origin)s is not valid TOML: %(error)s.", origin=origin, error=error)) from error
    _check_keys(content, "codebook", origin)
    scales = _table(content.get("scales", {}), _key(origin, "scales"))
    shared = {
        name: _scale(scale, message("%(origin)s: scale %(name)s", origin=origin, name=name))
        for name, scale in scales.items()
    }
    questions = content["questions"]
    if not isinstance(questions, list) or not questions:
        raise CodebookError(message("%(origin)s has no questions: write at least one [[questions]].", origin=origin))
    if len(questions) > MOST_QUESTIONS:
        raise CodebookError(
            message(
                "%(origin)s has %(number)s questions: %(most)s is the most.",
                origin=origin,
                number=len(questions),
                most=MOST_QUESTIONS,
            )
        )
    parsed = tuple(_question(each, shared, origin, number) for number, each in enumerate(questions, 1))
    if twice := _first_twice(question.name for question in parsed):
        raise CodebookError(
            message(
                "%(origin)s has two questions of the name %(name)s: a name may be used once.", origin=origin, name=twice
            )
        )
    return Codebook(
        name=_name(content["name"], origin),
        title=_text(content["title"], _key(origin, "title")),
        source=_string(content.get("source", ""), _key(origin, "source")),
        questions=parsed,
    )


def _question(
    content: Any, shared: Mapping[str, tuple[tuple[Choice, ...], bool]], origin: str, number: int
) -> Question:
    named = content.get("name") if isinstance(content, dict) else None
    shown = named if isinstance(named, str) and named else str(number)
    where = message("%(origin)s: question %(name)s", origin=origin, name=shown)
    table = _check_keys(content, "question", where)
    if ("scale" in table) == ("choices" in table):
        what = message("both a scale and choices") if "scale" in table else message("no choices")
        raise CodebookError(
            message(
                "%(where)s has %(what)s: give it either choices of its own or the name of a scale.",
                where=where,
                what=what,
            )
        )
    if "scale" in table:
        if "ordinal" in table:
            raise CodebookError(
                message("%(where)s has a scale and the key ordinal, which belongs to the scale.", where=where)
            )
        if table["scale"] not in shared:
            raise CodebookError(
                message(
                    "%(where)s has the scale %(scale)s, which is not among [scales].",
                    where=where,
                    scale=repr(table["scale"]),
                )
            )
        choices, ordinal = shared[table["scale"]]
    else:
        choices, ordinal = _scale({key: table[key] for key in ("choices", "ordinal") if key in table}, where)
    return Question(
        name=_name(table["name"], where),
        text=_text(table["text"], _key(where, "text")),
        help=_text(table["help"], _key(where, "help")) if "help" in table else None,
        choices=choices,
        ordinal=ordinal,
    )


def _scale(content: Any, where: str) -> tuple[tuple[Choice, ...], bool]:
    table = _check_keys(content, "scale", where)
    ordinal, every = table.get("ordinal", False), table["choices"]
    if not isinstance(ordinal, bool):
        raise CodebookError(message("%(where)s: ordinal has to be true or false.", where=where))
    if not isinstance(every, list) or len(every) < 2:
        raise CodebookError(message("%(where)s has no choices: give it at least two.", where=where))
    if len(every) > MOST_CHOICES:
        raise CodebookError(
            message(
                "%(where)s has %(number)s choices: %(most)s is the most.",
                where=where,
                number=len(every),
                most=MOST_CHOICES,
            )
        )
    choices = []
    for number, each in enumerate(every, 1):
        place = message("%(where)s, choice %(number)s", where=where, number=number)
        choice = _check_keys(each, "choice", place)
        value = _string(choice["value"], _key(place, "value"))
        if not value.strip():
            raise CodebookError(message("%(where)s has an empty value.", where=place))
        choices.append(Choice(value, _text(choice["label"], _key(place, "label"))))
    if twice := _first_twice(choice.value for choice in choices):
        raise CodebookError(message("%(where)s has two choices of the value %(name)s.", where=where, name=twice))
    return tuple(choices), ordinal


def _check_keys(content: Any, kind: str, where: str) -> dict[str, Any]:
    """Return the table if it has the keys of its kind. Raises CodebookError for one that is unknown or missing."""
    table = _table(content, where)
    needed, optional = _KEYS[kind]
    for key in table:
        if key not in needed | optional:
            near = difflib.get_close_matches(key, needed | optional, 1)
            known = ", ".join(sorted(needed | optional))
            meant = message("do you mean %(key)s?", key=near[0]) if near else message("known are %(keys)s.", keys=known)
            raise CodebookError(
                message("%(where)s has the unknown key %(key)s: %(meant)s", where=where, key=key, meant=meant)
            )
    for key in sorted(needed):
        if key not in table:
            raise CodebookError(message("%(where)s has no %(key)s.", where=where, key=key))
    return table


def _key(where: str, key: str) -> str:
    return message("%(where)s: %(key)s", where=where, key=key)


def _table(content: Any, where: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise CodebookError(message("%(where)s has to be a table of keys and values.", where=where))
    return content


def _text(content: Any, where: str) -> Text:
    if isinstance(content, str) and content.strip():
        return Text({"en": content.strip()})
    if (
        isinstance(content, dict)
        and content
        and all(isinstance(each, str) and each.strip() for each in content.values())
    ):
        return Text({language: each.strip() for language, each in content.items()})
    raise CodebookError(
        message('%(where)s has to be a text, or a table of languages such as {en = "…", zh = "…"}.', where=where)
    )


def _string(content: Any, where: str) -> str:
    if not isinstance(content, str):
        raise CodebookError(message("%(where)s has to be a text in quotation marks.", where=where))
    return content


def _name(content: Any, where: str) -> str:
    if not isinstance(content, str) or not _NAME.fullmatch(content):
        raise CodebookError(
            message(
                "%(where)s: the name %(value)s has to be lower-case letters, digits, - and _, at most 40.",
                where=where,
                value=repr(content),
            )
        )
    return content


def _first_twice(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
