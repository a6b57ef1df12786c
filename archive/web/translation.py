"""The languages of the browser interface: which one a request gets, its catalogue, and its numbers and dates.

The language is that of `?lang=`, else of the cookie that remembers it, else the best of Accept-Language, else English.
Catalogues are the gettext files in translations/. Traditional Chinese is made from the Simplified one, by the table
that search folds with and the words in traditional.toml.
"""

import gettext as catalogues
import io
import re
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlencode

from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from archive.text.messages import Message, either, message
from archive.web.chinese_scripts import to_traditional
from archive.web.security_headers import Application, Receive, Send

COOKIE = "hn_lang"
PARAMETER = "lang"
YEAR = 31_536_000  # seconds that the cookie lasts
LONGEST = 1_000  # characters of Accept-Language that are read
LANGUAGE = "hn_language"  # the key of the language in the ASGI scope
VARYING = (b"text/html", b"text/plain", b"application/atom+xml")  # types of responses that depend on the language
_RANGE = re.compile(r"([A-Za-z0-9-]{1,35}|\*)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?", re.IGNORECASE)
_COOKIE = re.compile(rf"(?:^|;)\s*{COOKIE}=\"?([A-Za-z-]{{1,20}})\"?\s*(?:;|$)")
_TRADITIONAL = {"hant", "tw", "hk", "mo"}


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the interface: its BCP 47 tag, its own name for itself, and Babel's name of its locale."""

    tag: str
    name: str
    locale: str


ENGLISH = Language("en", "English", "en")
SIMPLIFIED = Language("zh-Hans", "简体中文", "zh_Hans_CN")
TRADITIONAL = Language("zh-Hant", "繁體中文", "zh_Hant_TW")
LANGUAGES = (ENGLISH, SIMPLIFIED, TRADITIONAL)
_BY_TAG = {language.tag: language for language in LANGUAGES}
_SKELETONS = {4: "y", 7: "yMMMM", 10: "yMMMMd"}  # of a year, a month and a day, by their length in ISO 8601
_current: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def current() -> Language:
    """Return the language of the request that is being answered; English outside of one."""
    return _current.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Make a language the current one."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def matched(tag: str) -> Language | None:
    """Return the language that a BCP 47 tag asks for, or None: `zh-TW` is Traditional Chinese, `zh` Simplified."""
    primary, *others = tag.lower().split("-")
    if primary == "en":
        return ENGLISH
    if primary == "zh":
        return TRADITIONAL if _TRADITIONAL & set(others) and "hans" not in others else SIMPLIFIED
    return None


def negotiated(accept: str) -> Language:
    """Return the best language for an Accept-Language header (RFC 9110, section 12.5.4)."""
    best, found = 0.0, ENGLISH
    for each in accept[:LONGEST].split(","):
        match = _RANGE.fullmatch(each.strip())
        if match is None:
            continue
        language, quality = ENGLISH if match[1] == "*" else matched(match[1]), float(match[2] or 1)
        if language and quality > best:
            best, found = quality, language
    return found


def look_up(text: str) -> str:
    """Return the template of a text in the current language, as templates of pages need it."""
    return _catalogue(current()).gettext(text) if text else text


def look_up_plural(singular: str, plural: str, number: int) -> str:
    """Return the template of a text for a number in the current language."""
    return _catalogue(current()).ngettext(singular, plural, number)


def gettext(text: str, **values: Any) -> str:
    """Return the text in the current language, with values for its placeholders."""
    return _filled(look_up(text), values) if values else look_up(text)


def ngettext(singular: str, plural: str, count: int, **values: Any) -> str:
    """Return the text for a number in the current language; the number is the value of `%(count)s`."""
    return _filled(look_up_plural(singular, plural, count), {"count": count, **values})


def gettext_noop(text: str) -> str:
    """Return the text itself: it is in the catalogues, and is translated when it is shown."""
    return text


def translated(text: str | None) -> str:
    """Return a message in the current language; a text without a template is looked up as a whole."""
    if not isinstance(text, Message):
        return gettext(text) if text else ""
    values = {name: translated(value) if isinstance(value, Message) else value for name, value in text.values.items()}
    if text.number is None:
        return _filled(look_up(text.template), values)
    return _filled(look_up_plural(text.template, text.plural, text.number), values)


def number(value: float) -> str:
    """Return a number with separators of thousands."""
    return str(format_decimal(value, locale=current().locale))


def percent(share: float, digits: int = 0) -> str:
    """Return a share from 0 to 1 as a percentage with so many decimal digits."""
    pattern = f"#,##0.{'0' * digits}%" if digits else "#,##0%"
    return str(format_percent(share, format=pattern, locale=current().locale))


def day(text: date | str | None) -> str:
    """Return the day of a date or timestamp, or a month or year: as ISO 8601 in English, `2024年5月1日` in Chinese.

    What is none of these is returned as it is.
    """
    text = str(text or "")[:10]
    skeleton = _SKELETONS.get(len(text))
    if current() is ENGLISH or skeleton is None:
        return text
    try:
        found = date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return text
    if skeleton == "yMMMMd":
        return str(format_date(found, "long", locale=current().locale))
    return str(format_skeleton(skeleton, found, locale=current().locale))


def moment(text: str | None) -> str:
    """Return the day and the minute of a timestamp."""
    text = text or ""
    return f"{day(text)} {text[11:16]}".strip()


def byte_size(size: int) -> str:
    """Return a number of bytes in words, in units of 1,000."""
    for unit, name in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")):
        if size >= unit:
            return f"{format_decimal(size / unit, format='#,##0.#', locale=current().locale)} {name}"
    return ngettext("%(count)s byte", "%(count)s bytes", size)


def switches(query: str) -> list[tuple[Language, str, bool]]:
    """Return the languages, each with the URL of the same page in it and whether it is the current one.

    query: the query string of the page.
    """
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != PARAMETER]
    return [(each, f"?{urlencode([*kept, (PARAMETER, each.tag)])}", each is current()) for each in LANGUAGES]


def with_language(application: Application, *, everywhere: bool) -> Application:
    """Wrap an ASGI application so that each request is answered in its language, and responses say what they depend on.

    `?lang=` is that of this interface on the pages of archives only, unless `everywhere`: a table of another database
    may have a column of that name.
    """

    async def negotiating(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or LANGUAGE in scope:
            await application(scope, receive, send)
            return
        asked = _asked(scope) if everywhere or scope["path"] == "/" or "/-/" in scope["path"] else None
        chosen = matched(asked) if asked else None
        language = chosen or _remembered(scope)

        async def send_varying(response: MutableMapping[str, Any]) -> None:
            if response["type"] == "http.response.start":
                response = {**response, "headers": _headers(response.get("headers", ()), chosen)}
            await send(response)

        with speaking(language):
            if asked and not chosen:
                await _refuse(asked, send_varying)
            else:
                await application({**scope, LANGUAGE: language.tag}, receive, send_varying)

    return negotiating


def _asked(scope: Mapping[str, Any]) -> str | None:
    query = scope["query_string"].decode("latin-1")
    return dict(parse_qsl(query)).get(PARAMETER) if f"{PARAMETER}=" in query else None


def _remembered(scope: Mapping[str, Any]) -> Language:
    headers = dict(scope["headers"])
    cookie = _COOKIE.search(headers.get(b"cookie", b"").decode("latin-1"))
    return (_BY_TAG.get(cookie[1]) if cookie else None) or negotiated(
        headers.get(b"accept-language", b"").decode("latin-1")
    )


def _headers(headers: Any, chosen: Language | None) -> list[tuple[bytes, bytes]]:
    """Return the headers of a response: `chosen`, the language of `?lang=`, is remembered by a cookie."""
    found = list(headers)
    if any(name.lower() == b"content-type" and value.startswith(VARYING) for name, value in found):
        listed = [part.strip() for name, value in found if name.lower() == b"vary" for part in value.split(b",")]
        found = [(name, value) for name, value in found if name.lower() != b"vary"]
        found.append((b"vary", b", ".join(dict.fromkeys([b"Accept-Language", b"Cookie", *listed]))))
        if chosen:
            found = [(name, value) for name, value in found if name.lower() != b"cache-control"]
            cookie = f"{COOKIE}={chosen.tag}; Path=/; Max-Age={YEAR}; SameSite=Lax"
            found += [(b"cache-control", b"private"), (b"set-cookie", cookie.encode())]
    return found


async def _refuse(asked: str, send: Send) -> None:
    sentence = message(
        "There is no interface in “%(language)s”: lang is %(tags)s.",
        language=asked[:40],
        tags=either([language.tag for language in LANGUAGES]),
    )
    body = f"{translated(sentence)}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _filled(template: str, values: Mapping[str, Any]) -> str:
    return template % {name: number(value) if type(value) is int else value for name, value in values.items()}


@cache
def _catalogue(language: Language) -> catalogues.NullTranslations:
    """Return the translations of a language; English is what the sources say."""
    if language is ENGLISH:
        return catalogues.NullTranslations()
    with files("archive.web").joinpath("translations", "zh_Hans.po").open("rb") as file:
        catalogue = read_po(file, locale=SIMPLIFIED.locale)
    if language is TRADITIONAL:
        for each in catalogue:
            if isinstance(each.string, str) and each.id:
                each.string = to_traditional(each.string)
            elif isinstance(each.string, tuple):
                each.string = tuple(map(to_traditional, each.string))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)
