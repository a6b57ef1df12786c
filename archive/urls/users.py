"""URLs without the user names and passwords in them."""

import re

_USER = re.compile(r"(?<=://)[^\s/?#]*@")


def without_user(text: str) -> str:
    """Return a text without the user names and passwords of the URLs in it, of any scheme."""
    return _USER.sub("", text)
