"""Cases of what pages hold: markup and text."""

import json

from tests.hostile.case import STORED, TOO_LARGE, article
from tests.hostile.payloads import MB, PAGE, external, json_ld, laughs, nested, page, references
from tests.hostile.server import reply

MARKUP = (
    article("100,000 nested divs", lambda: reply(nested(100_000, "<div>", "</div>")), ("no article", "no text")),
    article("100,000 nested spans", lambda: page(nested(100_000, "<span>", "")), STORED),
    article(
        "million attributes",
        lambda: page(f"<p {' '.join(f'a{n}=b' for n in range(400_000))}>x</p>"),
        ("no article", "too complex"),
    ),
    article("text node of 30 MB", lambda: page("word " * (6 * MB)), TOO_LARGE),
    article("text node of 4 MB", lambda: reply("<p>" + "word " * 900_000), ("no article", "too large")),
    article("line of 10 MB", lambda: page("x" * (10 * MB)), TOO_LARGE),
    article("word of 4 MB", lambda: reply(f"{PAGE}<p>" + "x" * (4 * MB)), ("no article", "too large")),
    article("entity of 4 MB", lambda: reply(f"{PAGE}<p>&" + "x" * (4 * MB)), ("no article", "too large")),
    article("million entities", lambda: page("<p>" + "&amp;" * 1_000_000), ("no article", "too large")),
    article(
        "billion laughs in HTML",
        lambda: reply(laughs("html", f"<html>{PAGE}<p>&lol9;</p></html>"), kind="text/html"),
        STORED,
    ),
    article("external entity in HTML", lambda: reply(external("html", f"<html>{PAGE}<p>&x;</p></html>")), STORED),
    article("unclosed tags", lambda: page("<p><a href=x>" * 40_000), ("no article", "too complex")),
    article("comments", lambda: page("<!--" * 500_000), STORED),
    article("title of 1 MB", lambda: reply(f"<title>{'Title ' * 170_000}</title>{PAGE}"), ("no article", "too large")),
    article("JSON-LD of 20 MB", lambda: page("", json_ld(json.dumps({"a": "x" * (20 * MB)}))), TOO_LARGE),
    article(
        "JSON-LD of 4 MB",
        lambda: page("", json_ld(json.dumps({"@type": "NewsArticle", "a": ["x"] * 800_000}))),
        STORED,
    ),
    article("nested JSON-LD", lambda: page("", json_ld(nested(200_000, '{"a":', "}"))), STORED),
    article("duplicate ids", lambda: page("<p id=a>One more.</p>" * 5_000), STORED),
    article("2,000 references", lambda: page(references(2_000)), STORED),
    article("10,000 markers", lambda: page("".join(f"<p>Said [{n}].</p>" for n in range(10_000))), STORED),
    article(
        "canonical of another host",
        lambda: page("", '<link rel="canonical" href="http://victim.example/a/story">'),
        STORED,
    ),
    article(
        "meta refresh storm", lambda: page("", '<meta http-equiv="refresh" content="0;url=/a/next">' * 5_000), STORED
    ),
    article(
        "refresh to itself",
        lambda: reply('<meta http-equiv="refresh" content="0;url=/a/refresh-to-itself">'),
        ("no article", "no text"),
    ),
    article(
        "script that forwards to a file",
        lambda: reply("<script>location='file:///etc/hostname'</script>"),
        ("no article", "no text"),
    ),
    article("reference bait", lambda: page("<h2>References</h2>" + "<p>" + "A. B., " * 60_000 + "</p>"), STORED),
    article("date bait", lambda: page("<p>" + "2024-" * 60_000 + "</p><time>" + "1" * 100_000 + "</time>"), STORED),
    article(
        "author bait",
        lambda: page("<p>By " + "A" + " van" * 100_000 + "</p>", f'<meta name=author content="{"a." * 200_000}">'),
        STORED,
    ),
    article("address bait", lambda: page("<p>" + "a@" * 100_000 + "http://" * 30_000 + "</p>"), STORED),
    article("white space bait", lambda: page("<p>x" + " " * 1_000_000 + "y" + "\t\n" * 500_000 + "</p>"), STORED),
)

TEXT = (
    article("zeros everywhere", lambda: reply("\0".join(f"<html><body>{PAGE}")), ("no article", "not html")),
    article("only zeros", lambda: reply(bytes(MB)), ("no article", "not html")),
    article(
        "UTF-7",
        lambda: reply("+ADw-script+AD4-alert(1)+ADw-/script+AD4-" + PAGE, kind="text/html; charset=utf-7"),
        STORED,
    ),
    article("unknown charset", lambda: reply(PAGE, kind="text/html; charset=x-no-such-thing"), STORED),
    article(
        "contradictory charsets",
        lambda: reply(
            f"<meta charset=gbk><meta charset=big5>{PAGE}干细胞治疗皮肤病。", kind="text/html; charset=koi8-r"
        ),
        STORED,
    ),
    article("codec of another kind", lambda: reply(PAGE, kind="text/html; charset=zlib_codec"), STORED),
    article(
        "lone surrogates", lambda: page("<p>Surrogates &#xD800; &#xDFFF; \ud800 \udfff, &#x110000; &#0;.</p>"), STORED
    ),
    article(
        "bidirectional controls",
        lambda: page("<p>A name \u202egnp.exe\u202c and \u2066more\u2069, \u200f\u200e.</p>"),
        STORED,
    ),
    article("terminal controls", lambda: page("<p>\x1b]0;owned\x07\x1b[2J\x9b31m and more.</p>"), STORED),
    article("image that is HTML", lambda: reply(f"<html>{PAGE}", kind="image/png"), STORED),
    article("HTML that is an image", lambda: reply(b"\x89PNG\r\n\x1a\n" + bytes(5_000)), ("no article", "not html")),
    article("HTML that is an archive", lambda: reply(b"PK\x03\x04" + bytes(5_000)), ("no article", "not html")),
    article("Last-Modified of no date", lambda: page("", "", "Last-Modified: \xff\xfe yesterday; drop table"), STORED),
    article("Retry-After of no number", lambda: page("", "", "Retry-After: \xff -1e99 soon"), STORED),
    article(
        "Retry-After below zero", lambda: reply(PAGE, "Retry-After: -5", status="503 Busy"), ("failed", "http 503")
    ),
    article(
        "Retry-After of thirty years",
        lambda: reply(PAGE, "Retry-After: 1000000000", status="503 Busy"),
        ("failed", "http 503"),
    ),
    article(
        "Retry-After of 400 digits",
        lambda: reply(PAGE, f"Retry-After: 1{'0' * 400}", status="503 Busy"),
        ("failed", "http 503"),
    ),
)
