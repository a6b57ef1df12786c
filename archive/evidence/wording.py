"""Say in words what the evidence of an article is, for pages and terminals."""

from collections.abc import Iterable
from dataclasses import dataclass

from archive.article import Article, Evidence
from archive.text.messages import counted, message

NAMES = {
    "design": message("Study design"),
    "subjects": message("Studied"),
    "sample_size": message("Sample size"),
    "small_sample": message("Sample"),
    "control_group": message("Control group"),
    "follow_up": message("Follow-up"),
    "funding": message("Funding"),
    "conflict_of_interest": message("Conflict of interest"),
    "approval": message("Approval"),
    "hedged": message("Findings"),
    "advice": message("Advice"),
}
_VALUES = {
    "design": {
        "trial": message("trial"),
        "cohort": message("cohort"),
        "case-control": message("case-control"),
        "cross-sectional": message("cross-sectional"),
        "case report": message("case report"),
        "review": message("review"),
        "laboratory": message("laboratory"),
    },
    "subjects": {"humans": message("humans"), "animals": message("animals"), "cells": message("cells")},
    "small_sample": {"yes": message("called small")},
    "control_group": {"yes": message("present"), "no": message("absent")},
    "funding": {"stated": message("stated"), "none": message("absent")},
    "conflict_of_interest": {"declared": message("declared"), "none": message("declared as absent")},
    "approval": {"approved": message("approved"), "not approved": message("not approved")},
    "hedged": {"yes": message("hedged"), "no": message("not hedged")},
    "advice": {"yes": message("given")},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One line on the evidence: the name of the field, its values in words, and the sentences that say so."""

    name: str
    value: str
    sentences: tuple[str, ...]


def answers(article: Article) -> list[Answer]:
    """Return a line for each field that the article says something of, in the order of NAMES."""
    lines = []
    for field, name in NAMES.items():
        found = [each for each in article.evidence if each.field == field]
        if found:
            sentences = dict.fromkeys(sentence_of(article, each) for each in found)
            lines.append(Answer(name, _listed([shown(field, each.value) for each in found]), tuple(sentences)))
    return lines


def shown(field: str, value: str) -> str:
    """Return the value of a field in words; a value without words as it is."""
    if field == "sample_size" and value.isdecimal():
        return f"{int(value):,}"
    if field == "follow_up":
        return _duration(*value.partition(" ")[::2]) or value
    return _VALUES.get(field, {}).get(value, value)


def _duration(number: str, unit: str) -> str | None:
    match unit:
        case "day" | "days":
            return counted("%(number)s day", "%(number)s days", _plural(number), number=number)
        case "week" | "weeks":
            return counted("%(number)s week", "%(number)s weeks", _plural(number), number=number)
        case "month" | "months":
            return counted("%(number)s month", "%(number)s months", _plural(number), number=number)
        case "year" | "years":
            return counted("%(number)s year", "%(number)s years", _plural(number), number=number)
    return None


def _plural(number: str) -> int:
    """Return 1 for one, otherwise a number that takes the plural; half a year does."""
    return 1 if number == "1" else 2


def sentence_of(article: Article, evidence: Evidence) -> str:
    """Return the sentence of the article that says so."""
    return (article.title if evidence.part == "title" else article.text)[evidence.start : evidence.end]


def summary(evidence: Iterable[Evidence]) -> str | None:
    """Return what the title of a study says of it in a few words, None if it says nothing: `trial, humans, n = 240`."""
    kept = [each for each in evidence if each.field in {"design", "subjects", "sample_size"}]
    words = [
        message("n = %(number)s", number=shown(each.field, each.value))
        if each.field == "sample_size"
        else shown(each.field, each.value)
        for each in kept
    ]
    return _listed(words) if words else None


def _listed(words: list[str]) -> str:
    listed = words[0]
    for word in words[1:]:
        listed = message("%(words)s, %(word)s", words=listed, word=word)
    return listed
