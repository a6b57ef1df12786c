"""Unpack feeds and sitemaps whose file is gzip, whatever the headers of the answer say."""

import zlib

# The limit of the protocol for an uncompressed sitemap (https://www.sitemaps.org/protocol.html). Gzip compresses up to
# 1,000 times, so the 5 MiB that are fetched could become 8 GB.
MAX_UNPACKED = 50 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_WITH_GZIP_HEADER = 31  # zlib's window bits
_LAYERS = 3  # a server that compresses what is stored compressed makes two


def unpacked(body: bytes) -> tuple[bytes, list[str]]:
    """Return a body without its layers of gzip, and warnings; gzip is recognised by its first bytes.

    What is truncated, damaged or larger than MAX_UNPACKED gives its beginning and a warning.
    """
    warnings: list[str] = []
    for _ in range(_LAYERS):
        if warnings or not body.startswith(_GZIP):
            break
        body, warnings = _without_layer(body)
    return body[:MAX_UNPACKED], warnings


def _without_layer(body: bytes) -> tuple[bytes, list[str]]:
    unpacked = bytearray()
    rest = body
    while rest.startswith(_GZIP):  # a gzip file may hold several members
        member = zlib.decompressobj(_WITH_GZIP_HEADER)
        try:
            unpacked += member.decompress(rest, MAX_UNPACKED + 1 - len(unpacked))
        except zlib.error as error:
            return bytes(unpacked), [f"damaged gzip: {error}"]
        if len(unpacked) > MAX_UNPACKED:
            return bytes(unpacked[:MAX_UNPACKED]), [
                f"larger than {MAX_UNPACKED // 1024 // 1024} MB unpacked: cut off there"
            ]
        if not member.eof:
            return bytes(unpacked), ["truncated gzip"]
        rest = member.unused_data
    return bytes(unpacked), []
