"""Addresses of WeChat's articles, which carry more of how they were shared than of what they are."""

from collections.abc import Sequence

HOST = "mp.weixin.qq.com"
# The account, the message, the article's place in it, and the signature without which it is not shown. All others
# (chksm, scene, srcid, sharer_…, key, uin, pass_ticket …) say who opens it from where.
CONTENT = ("__biz", "mid", "idx", "sn")


def article_pieces(host: str, path: str, pieces: Sequence[str]) -> Sequence[str]:
    """Return the `name=value` pieces of a query that identify a WeChat article, in one order.

    All of them are returned for other addresses: other hosts, short links (`/s/…`) and temporary links of its search,
    which need every parameter.
    """
    if host != HOST or path not in ("/s", "/s/"):
        return pieces
    values = {
        name: f"{name}={value.replace('%3D', '=')}"  # the account's id is in Base64
        for name, _, value in (piece.partition("=") for piece in pieces)
        if name in CONTENT
    }
    return [values[name] for name in CONTENT if name in values] if values.keys() >= {"__biz", "mid"} else pieces
