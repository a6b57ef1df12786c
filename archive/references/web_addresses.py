"""Find the addresses of web pages in a printed reference, whole: a line's end inside one leaves a space."""

import re
from collections.abc import Iterator

# Printable ASCII but "<>, and other letters in a path (`/item/失眠`), which a comma or full stop of their script ends.
_LETTER = r"[^\W\x00-\x7f]"
_ADDRESS = re.compile(
    r"(?:[Hh][Tt][Tt][Pp][Ss]?\s?[:：]\s?//\s?|\b[Ww][Ww][Ww]\.)"
    rf"(?:[!#-;=?-~]|(?:(?<=[/=])|(?<={_LETTER})){_LETTER}){{3,2000}}"
)
# The address goes on after a space while it is unfinished and what follows looks like the rest of a path.
_REST = re.compile(r"\s(?=[A-Za-z][A-Za-z0-9_%~-]*[/.=?&_-][A-Za-z0-9])[!#-;=?-~]{3,500}")


def web_addresses(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the span of each printed address and the address itself, without spaces and with its scheme."""
    lowered = text.lower()
    if "http" not in lowered and "www." not in lowered:
        return
    for match in _ADDRESS.finditer(text):
        end = match.end()
        while (
            text[end - 1] in "/-_=&?" and (more := _REST.match(text, end)) and not re.match(r"\s\w+:|\shttp", more[0])
        ):
            end = more.end()
        address = _trimmed(re.sub(r"\s", "", text[match.start() : end]).replace("：", ":"))
        yield (match.start(), end), address if address.lower().startswith("http") else f"http://{address}"


def _trimmed(address: str) -> str:
    """Strip the punctuation that ends a sentence, and closing brackets that have no opening one."""
    while address and (
        address[-1] in ".,;:'!"
        or any(address[-1] == close and address.count(close) > address.count(open_) for open_, close in ("()", "[]"))
    ):
        address = address[:-1]
    return address
