"""Known references printed again in other styles, so that the model sees the forms health pages use."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tools.train_references.corpus import Sample, Segment
from tools.train_references.words import WORDS

_LONG_MONTHS = ["January", "February", "March", "April", "June", "July", "August", "September", "October", "December"]
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a style prints. Names are (surname, initials without points); a `body` signs in their place."""

    names: tuple[tuple[str, str], ...]
    title: str
    container: str
    year: str
    volume: str
    issue: str
    pages: str
    body: str = ""


def varied(known: Record, rng: random.Random) -> Record:
    """The record with what the corpora lack: short titles, titles in capitals, bodies as authors."""
    chance = rng.random()
    title, body = known.title, ""
    if chance < 0.14:
        title = " ".join(re.split(r"[:.,(]", title)[0].split()[: rng.randint(1, 3)]) or title
    if 0.1 < chance < 0.22:
        title = " ".join(word[:1].upper() + word[1:] if len(word) > 3 else word for word in title.split())
    elif chance > 0.93:
        body = rng.choice(WORDS["bodies"])
    elif chance > 0.9:
        title = _hyphenated(title, rng)
    return replace(known, title=title, body=body, pages=_lettered(known.pages, rng), issue=_named(known.issue, rng))


def _hyphenated(title: str, rng: random.Random) -> str:
    """The title with one long word parted as a line's end parts it: `transplan- tation`."""
    words = title.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 7 and word.isalpha()]
    if long:
        at = rng.choice(long)
        words[at] = f"{words[at][:4]}- {words[at][4:]}"
    return " ".join(words)


def _lettered(pages: str, rng: random.Random) -> str:
    """Pages of a supplement or of an electronic journal, now and then."""
    if not pages[:1].isdigit() or rng.random() > 0.08:
        return pages
    letter = rng.choice(["S", "S", "e", "E", "A", "R", "L"])
    return re.sub(r"\d+", lambda match: letter + match[0], pages)


def _named(issue: str, rng: random.Random) -> str:
    """The issue with the word or letter of a supplement, now and then."""
    if not issue or rng.random() > 0.06:
        return issue
    return rng.choice(["Suppl {}", "{} Suppl", "{}S", "Pt {}", "S{}", "suppl_{}", "{}-{}"]).replace("{}", issue)


_NAME = re.compile(
    r"(?P<surname>(?:(?:van|von|de|der|den|del|la|di|da|Van|De|Di|La|El|Al)\s){0,2}[A-ZÀ-Þ][\w'’-]+),?\s"
    r"(?P<initials>(?:[A-Z]\.?[\s-]?){1,3})(?=[,.;&)]|\sand\b|$|\s)"
)


def record(sample: Sample, rng: random.Random) -> Record | None:
    """What a sample says, if it has every field that the styles print and names that can be taken apart."""
    author, title, container = (sample.field(label) for label in ("author", "title", "container"))
    names = tuple((m["surname"], re.sub(r"[^A-Z]", "", m["initials"])) for m in _NAME.finditer(author))
    covered = sum(len(surname) + len(initials) for surname, initials in names)
    if not names or covered < 0.6 * len(re.sub(r"[\W_]|\band\b|\bet al\b", "", author)):
        return None
    container = re.sub(r"^(?:[Ii]n|IN):?\s", "", container)
    year = re.search(r"(?:19|20)\d\d", sample.field("date"))
    volume = re.search(r"\d{1,4}", sample.field("volume"))
    pages = re.search(r"[A-Za-z]?\d+(?:\s?[-–]\s?[A-Za-z]?\d+)?", sample.field("pages"))
    if not (title and container and year and volume and pages) or len(title) > 240 or len(container) > 100:
        return None
    issue = re.search(r"\d+", sample.field("issue"))
    return Record(
        names=names,
        title=title,
        container=container,
        year=year[0],
        volume=volume[0],
        issue=issue[0] if issue else str(rng.randint(1, 24)) if rng.random() < 0.6 else "",
        pages=pages[0].replace(" ", ""),
    )


# {A:form} authors, {E} et al, {T} title, {J} container, {Y} year, {D} year with month or day, {V} volume, {I} issue,
# {P} pages, {X} identifiers and notes, {L} a printed label, {M} a month's number, {N} a long number, {B} a preprint
# server, {S} a city, {U} a publisher, {F} a month, {G} a mark of editors, {W} a web address;
# <…> is left out where there is no issue.
STYLES: tuple[tuple[int, str], ...] = (
    (2, "{L}{A:vancouver}{E}. {T}. {S}: {U}; {Y}.{X}"),
    (1, "{L}{A:apa} ({Y}). {T}. {S}: {U}.{X}"),
    (2, "{L}{A:vancouver}{E}. {T}. {B} {Y}.0{M}.1{M}.{N};{X}"),
    (1, "{L}{A:apa} ({Y}). {T}. {B}, {Y}.0{M}.1{M}.{N}.{X}"),
    (1, "{L}{A:vancouver}{E}. {T}. {B}. {Y}:{Y}.0{M}.1{M}.{N}.{X}"),
    (6, "{L}{A:vancouver}{E}. {T}. {J}. {D};{V}<({I})>:{P}.{X}"),
    (3, "{L}{A:vancouver}{E}. {T}. {J} {D};{V}<({I})>:{P}.{X}"),
    (2, "{L}{A:vancouver}{E}. {T}. {J}. {D}; {V}<({I})>: {P}{X}"),
    (1, "{L}{A:vancouver}{E}. {T}. {J}. {Y};: .{X}"),
    (2, "{L}{A:vancouver}{E}. {T}. {J}. {Y}.{X}"),
    (1, "{L}{A:vancouver}{E}. {T}.{J}. {Y};{V}<({I})>:{P}.{X}"),
    (2, "{L}{A:springer}{E} {T}. {J} {V}, {P} ({Y}).{X}"),
    (2, "{L}{A:springer}{E}: {T}. {J} {V}<({I})>, {P} ({Y}){X}"),
    (3, "{L}{A:vancouver}{E} ({Y}) {T}. {J} {V}<({I})>:{P}{X}"),
    (2, "{L}{A:vancouver}{E}. {Y}. {T}. {J} {V}<({I})>: {P}.{X}"),
    (2, "{L}{A:vancouver}{E}. ({Y}) {T}. {J} {V}:{P}.{X}"),
    (4, "{L}{A:apa} ({Y}). {T}. {J}, {V}<({I})>, {P}.{X}"),
    (2, "{L}{A:cell} ({Y}). {T}. {J} {V}, {P}.{X}"),
    (1, "{L}{A:apa}, {Y}. {T}. {J} {V}<({I})>, {P}.{X}"),
    (1, "{L}{A:harvard} ({Y}) '{T}', {J}, {V}<({I})>, pp. {P}.{X}"),
    (1, "{L}{A:harvard}, '{T},' {J}, Vol.{V}<, No.{I}>, pp.{P}, {Y}."),
    (2, "{L}{A:harvard}. “{T}.” {J} {V}<.{I}> ({Y}): {P}.{X}"),
    (1, '{L}{A:harvard}. "{T}." {J}, vol. {V}<, no. {I}>, {Y}, pp. {P}.'),
    (2, "{L}{A:ieee}{E}, “{T},” {J}, vol. {V}<, no. {I}>, pp. {P}, {Y}.{X}"),
    (1, '{L}{A:ieee}{E}, "{T}," {J} {V}, {P} ({Y}).'),
    (1, "{L}{A:ieee}{E}. {T}. {J}, {V}<({I})>:{P}, {Y}."),
    (4, "{L}{A:gb}{E}. {T}[J]. {J}, {Y}, {V}<({I})>: {P}.{X}"),
    (2, "{L}{A:gb}{E}.{T}[J].{J},{Y},{V}<({I})>:{P}."),
    (1, "{L}{A:vancouver}{E}. {T} [J]. {J}. {Y};{V}<({I})>:{P}.{X}"),
    (1, "{L}{A:gb}{E}. {T}. {J}, {Y}, {V}<({I})>: {P}.{X}"),
    (1, "{L}{A:gb}{E}.{T}.{J} ,{Y},{M};{V}:{P}."),
    (3, "{L}{A:vancouver}{E}. {J}. {D};{V}<({I})>:{P}.{X}"),
    (1, "{L}{A:vancouver}{E}, {J} {Y};{V}:{P}"),
    (1, "{L}{A:springer}{E} {J} {V}, {P} ({Y})."),
    (1, "{L}{A:ieee}{E}, {J} {V} ({Y}) {P}."),
    (6, "{L}{J}. {D};{V}<({I})>:{P}. {T}.{X}"),
    (1, "{L}{J}, {V}<({I})>: {P}, {Y}. {T}.{X}"),
    (1, "{L}{J} {Y};{V}<({I})>:{P}{X}"),
    (5, "{L}{T}. {J}. {D};{V}<({I})>:{P}. {A:vancouver}.{X}"),
    (2, "{L}{T}. {A:vancouver}{E}. {J}. {D};{V}<({I})>:{P}.{X}"),
    (1, "{L}{T}. {A:ieee}{E}. {J} {V}, {P} ({Y}).{X}"),
    (4, "{L}{T}. {J}. {Y}.{X}"),
    (2, "{L}{T}. {J}. {D};{V}<({I})>:{P}.{X}"),
    (1, "{L}{T}. {J}, {Y}.{X}"),
    (1, "{L}{T}. {J} {V}, {P} ({Y}).{X}"),
    (1, "{L}{T}, {J}, {Y}{X}"),
    (2, "{L}{A:vancouver}{E}. {T}. {J}{V}:{P}, {Y}."),
    (2, "{L}{A:vancouver}{E}. {T}. {J}{Y}; {V}:{P}."),
    (1, "{L}{A:cell} ({Y}). {T}. {J}{V}, {P}.{X}"),
    (3, "{L}{A:vancouver}{E}: {T}. {J} {Y}, {V}<({I})>:{P}.{X}"),
    (2, "{L}{A:ieee}{E}, {T}. {J} {V}, {P} ({Y}).{X}"),
    (1, "{L}{A:ieee}{E}, {J} {V}, {P} ({Y}).{X}"),
    (2, "{L}{A:nar}{E} ({Y}) {T}. {J}, {V}, {P}.{X}"),
    (2, "{L}{A:cell}{E} ({Y}) {T}. {J} {V}, {P}{X}"),
    (2, "{L}{A:harvard}{E}, {Y}. {T}. {J} {V}<({I})>, {P}.{X}"),
    (1, "{L}{A:harvard}{E}, {Y}. {T}. {J}.{X}"),
    (2, "{L}{A:full}{E}. {T}. {J}, {V}<({I})>:{P}, {Y}.{X}"),
    (1, "{L}{A:full}{E}. {T}. {J}, {V}<({I})>:{P}, {F} {Y}.{X}"),
    (1, "{L}{A:full}{E}. {Y}. “{T}.” {J} {V}<({I})>: {P}.{X}"),
    (1, "{L}{A:full}{E}. “{T}.” {J} ({I}): {P}, {Y}."),
    (1, "{L}{A:vancouver}{E}. {T}. {J} ({I}):{P}, {Y}.{X}"),
    (1, "{L}{A:apa} ({Y}). {T}. {J}, ({I}), {P}.{X}"),
    (2, "{L}{A:gb}{E}, {Y}. {T}[J]. {J}, {V}<({I})>: {P}.{X}"),
    (1, "{L}{A:gb}{E}, {Y}. {T}[J]. {J}({I}): {P}."),
    (1, "{L}{A:gb}{E}, {Y}. {T}[M]. {S}: {U}."),
    (1, "{L}{A:vancouver}{E}. {T}. {W}"),
    (1, "{L}{A:apa}. ({Y}). {T}. {W}"),
    (1, "{L}{T}. {W}"),
    (1, "{L}{A:vancouver}{E}. {T}. In: {A:editor}, {G}. {J}. {S}: {U}; {Y}. p. {P}.{X}"),
    (1, "{L}{A:apa} ({Y}). {T}. In {A:editor} ({G}), {J} (pp. {P}). {S}: {U}.{X}"),
)


def render(known: Record, rng: random.Random, template: str | None = None) -> Sample:
    """The record in one of the STYLES."""
    if template is None:
        template = rng.choices([text for _, text in STYLES], [weight for weight, _ in STYLES])[0]
    if rng.random() < 0.35:
        known = replace(known, pages=known.pages.replace("-", rng.choice("–‐−")))
    template = re.sub(r"<([^<>]*)>", lambda m: m[1] if known.issue else "", template)
    template = template.replace("{N}", str(rng.randint(100000, 999999)))
    segments: list[Segment] = []
    for piece in re.split(r"(\{[A-Z](?::\w+)?\})", template):
        if piece.startswith("{"):
            segments += _piece(piece[1], piece[3:-1], known, rng)
        elif piece:
            segments.append(("other", piece))
    return Sample(tuple(segment for segment in _tidied(segments) if segment[1]), "rendered")


def _tidied(segments: Sequence[Segment]) -> list[Segment]:
    """No full stop after another or after the question mark that ends a title."""
    tidy: list[Segment] = []
    for label, text in segments:
        if tidy and tidy[-1][1].endswith((".", "?", "!")):
            text = text.removeprefix(".")
        tidy.append((label, text))
    return tidy


_MADE_UP: dict[str, Callable[[random.Random], Segment]] = {
    "M": lambda rng: ("other", str(rng.randint(1, 12))),
    "B": lambda rng: ("container", rng.choice(["bioRxiv", "medRxiv", "bioRxiv", "Research Square", "arXiv"])),
    "S": lambda rng: ("location", rng.choice(WORDS["cities"])),
    "U": lambda rng: ("publisher", rng.choice(WORDS["publishers"])),
    "L": lambda rng: ("other", label(rng)),
    "F": lambda rng: ("date", rng.choice(_LONG_MONTHS)),
    "G": lambda rng: ("other", rng.choice(["Eds.", "eds.", "editors", "Ed."])),
    "W": lambda rng: ("other", web_address(rng)),
}
_FIELDS = {"T": "title", "J": "container", "Y": "year", "V": "volume", "I": "issue", "P": "pages"}


def _piece(name: str, form: str, known: Record, rng: random.Random) -> list[Segment]:
    if name in _MADE_UP:
        return [_MADE_UP[name](rng)]
    match name:
        case "A":
            if form == "editor":
                return [("editor", authors(known.names[-2:], rng.choice(["vancouver", "ieee"]), rng))]
            return [("author", known.body or authors(known.names, form, rng))]
        case "E":
            some = not known.body and rng.random() < 0.3
            return [("other", rng.choice([", et al", " et al", ", et al.", " et al."]))] if some else []
        case "D":
            return [("date", date(known.year, rng))]
        case "X":
            return [("other", identifiers(known.year, rng))]
    field = _FIELDS[name]
    return [("date" if field == "year" else field, str(getattr(known, field)))]


def authors(names: Sequence[tuple[str, str]], form: str, rng: random.Random) -> str:
    """A list of names in a style's form, at random cut short."""
    names = names[: rng.choice([1, 2, 3, 6, 12, 40])]
    if form == "full":
        names = [(surname, _full(initials, rng)) for surname, initials in names]
    listed = [_FORMS[form](surname, initials) for surname, initials in names]
    comma = ";" if form == "apa" and rng.random() < 0.1 else ","
    if form in {"vancouver", "gb"} or len(listed) == 1:
        return (rng.choice([", ", ", ", ", ", ","]) if form == "gb" else ", ").join(listed)
    last = {"apa": ", & ", "cell": ", and ", "springer": " & ", "nar": " and "}.get(form) or rng.choice(
        [" and ", ", and "]
    )
    if form == "springer" and rng.random() < 0.6:
        last = ", "
    return f"{comma} ".join(listed[:-1]) + last + listed[-1]


def _full(initials: str, rng: random.Random) -> str:
    """A given name that begins with the first initial, if the list has one, and the other initials."""
    fitting = [name for name in WORDS["given_names"] if name[0] == initials[0]]
    first = rng.choice(fitting) if fitting else f"{initials[0]}."
    return " ".join([first, *(f"{initial}." for initial in initials[1:2])])


_FORMS: dict[str, Callable[[str, str], str]] = {
    "full": lambda surname, given: f"{given} {surname}",
    "nar": lambda surname, initials: f"{surname},{''.join(i + '.' for i in initials)}",
    "vancouver": lambda surname, initials: f"{surname} {initials}",
    "gb": lambda surname, initials: f"{surname.upper()} {' '.join(initials)}",
    "apa": lambda surname, initials: f"{surname}, {' '.join(i + '.' for i in initials)}",
    "cell": lambda surname, initials: f"{surname}, {''.join(i + '.' for i in initials)}",
    "springer": lambda surname, initials: f"{surname}, {''.join(i + '.' for i in initials)}",
    "harvard": lambda surname, initials: f"{surname}, {''.join(i + '.' for i in initials)}",
    "ieee": lambda surname, initials: f"{' '.join(i + '.' for i in initials)} {surname}",
}


def date(year: str, rng: random.Random) -> str:
    """A year, often with a month or a day, as PubMed prints it."""
    if rng.random() < 0.5:
        return year
    month = rng.choice(_MONTHS) + (f"-{rng.choice(_MONTHS)}" if rng.random() < 0.1 else "")
    return f"{year} {month}" + (f" {rng.randint(1, 28)}" if rng.random() < 0.6 else "")


def web_address(rng: random.Random) -> str:
    """An address, often with a date of access before or after it."""
    topic = f"{rng.choice(['news', 'health', 'topics'])}/{rng.randint(1, 999)}"
    address = f"https://www.example.{rng.choice(['org', 'com', 'gov'])}/{topic}"
    day = f"{rng.choice(_LONG_MONTHS)} {rng.randint(1, 28)}, {rng.randint(2005, 2026)}"
    return rng.choice(
        [
            address,
            address,
            f"Available from: {address}",
            f"{address}. Accessed {day}.",
            f"Retrieved {day}, from {address}",
        ]
    )


def label(rng: random.Random) -> str:
    """A printed label, more often none."""
    number = rng.randint(1, 60)
    return rng.choice(["", "", "", f"[{number}] ", f"[{number}]", f"{number}. ", f"【{number}】", f"({number}) "])


def identifiers(year: str, rng: random.Random) -> str:
    """What follows a reference: DOI, PMID, PMCID, or an electronic date; often nothing."""
    doi = f"10.{rng.randint(1000, 9999)}/j.x{year}.{rng.randint(10, 99999)}"
    choices = [
        (4, ""),
        (3, rng.choice([f" doi: {doi}.", f" doi:{doi}", f" DOI: {doi}.", f" https://doi.org/{doi}"])),
        (2, f" PMID: {rng.randint(10**6, 4 * 10**7)}" + rng.choice(["", ".", ";"])),
        (1, f" PMC{rng.randint(10**5, 10**7)}."),
        (1, f" doi: {doi}. Epub {year} {rng.choice(_MONTHS)} {rng.randint(1, 28)}. PMID: {rng.randint(10**6, 10**7)}."),
        (1, f" Available from: https://example.org/{rng.randint(1, 999)}"),
    ]
    return rng.choices([text for _, text in choices], [weight for weight, _ in choices])[0]
