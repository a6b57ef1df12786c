"""Session ids in URLs, which identify a reader's session and not a page."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

# Names that nothing else has: PHP, Java, Zen Cart, osCommerce, xt:Commerce, ColdFusion, Commerce Server, ASP.
_ALWAYS = re.compile(r"phpsessid|jsessionid|zenid|oscsid|xtcsid|cfid|cftoken|mscssid|aspsessionid.*", re.IGNORECASE)
# Names that are also those of a story, a section or a search: they need a value that looks like a session id.
_OFTEN = frozenset({"sid", "s", "ssid", "session", "sessionid", "session_id", "sess", "sessid"})
_TOKEN = r"(?=[a-z-]*\d)(?:[0-9a-f]{16,}|[0-9a-z]{24,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"  # noqa: S105
_IS_TOKEN = re.compile(_TOKEN, re.IGNORECASE)

# /a;jsessionid=1F, and ASP.NET's /(S(lit3py55t21z5v55vlm25s55))/ with its kin (A: anonymous, F: forms, X: detection)
_PARAMETER = re.compile(r";(?:jsessionid|phpsessid|sessionid)=[^/;]*", re.IGNORECASE)
_SEGMENT = re.compile(r"/(?:\(|%28)(?:[ASFX](?:\(|%28)[^()/%]*(?:\)|%29))+(?:\)|%29)(?=/|$)", re.IGNORECASE)
# Those that have to stay, since the site may mean something else: /sid/<token>, /sid=…, one before the whole path.
IN_PATH = re.compile(
    rf"(?<=/sid/){_TOKEN}(?=/|$)|(?<=/session/){_TOKEN}(?=/|$)|(?<=[/;]sid=)[^/;]+|(?<=^/)[0-9a-f]{{32}}(?=/[^/]+/[^/])",
    re.IGNORECASE,
)

_ID_NAMES = frozenset({"p", "t", "a", "n", "no", "num", "idx", "seq", "code", "uuid"})
_OTHER_IDS = re.compile(  # of what contains articles, or of who looks at them
    r"(?:c|cat|cate|category|type|class|column|channel|menu|section|group|parent|site|sort|list|tag|topic|lang|u|user"
    r"|author|client|visitor|track|click|ref|s|ss)_?id"
)


def without_session(path: str) -> str:
    """Return the path without parts that can be nothing but session ids."""
    return _SEGMENT.sub("", _PARAMETER.sub("", path))


def without_sessions(pieces: Sequence[str]) -> list[str]:
    """Return the `name=value` pieces of a query without session ids.

    Where only the form of a value shows a session id, it is removed only if another parameter identifies the article:
    it may be the id of the article itself.
    """
    named = any(is_article_id(*name_and_value(piece)) for piece in pieces)
    return [piece for piece in pieces if not _is_removable(*name_and_value(piece), named=named)]


def _is_removable(name: str, value: str, *, named: bool) -> bool:
    return is_session(name, value) if named else bool(_ALWAYS.fullmatch(name))


def name_and_value(piece: str) -> tuple[str, str]:
    """Return the name in lower case without brackets and the decoded value: `f`, `a b` for `f[0]=a%20b`."""
    name, _, value = piece.partition("=")
    return unquote(name).partition("[")[0].lower(), unquote(value)


def is_session(name: str, value: str) -> bool:
    """Return whether a query parameter is a session id, by its name or by its name and the form of its value."""
    return bool(_ALWAYS.fullmatch(name)) or (name in _OFTEN and bool(_IS_TOKEN.fullmatch(value)))


def is_article_id(name: str, value: str) -> bool:
    """Return whether a query parameter may identify an article."""
    return bool(value) and (name in _ID_NAMES or (name.endswith("id") and not _is_other_id(name)))


def _is_other_id(name: str) -> bool:
    return bool(name in _OFTEN or _ALWAYS.fullmatch(name) or _OTHER_IDS.fullmatch(name))
