"""Feeds of every kind, whole and broken."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urls.canonical import canonical_url
from crawler.discovery import DiscoveredLink, read_feed
from crawler.discovery.dates import read_date

URL = "http://example.org/news/feed.xml"
WHEN = datetime(2024, 5, 21, 2, 0, tzinfo=UTC)
RSS = '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:atom="http://www.w3.org/2005/Atom" xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0"><channel>\
<title>News</title><link>http://example.org/</link><image><url>http://example.org/i.png</url></image>%s</channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/base/"><link href="/"/><id>x</id>%s</feed>'
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" \
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><link>/</link></channel>%s</rdf:RDF>'


def item(path: str) -> str:
    return f"<item><title>{path}</title><link>http://example.org/{path}</link></item>"


def paths(body: str | bytes, content_type: str = "") -> list[str]:
    found = read_feed(body.encode() if isinstance(body, str) else body, URL, content_type)
    return [link.url.removeprefix("http://example.org/") for link in found.links]


def test_rss() -> None:
    body = RSS % (
        "<item><title>Knee &amp;amp; &lt;b&gt;hip&lt;/b&gt;</title><link> http://Example.org/1?utm_source=rss </link>"
        "<pubDate>Tue, 21 May 2024 10:00:00 +0800</pubDate></item>"
    )
    found = read_feed(body.encode(), URL, "application/rss+xml")
    assert found.links == (
        DiscoveredLink(url="http://example.org/1", title="Knee & hip", published=WHEN, modified=WHEN),
    )
    assert found.warnings == ()


def test_atom() -> None:
    body = ATOM % '<entry><title>膝</title><link href="1"/><published>2024-05-21T10:00+08:00</published></entry>'
    assert read_feed(body.encode(), URL).links == (
        DiscoveredLink(url="http://example.org/base/1", title="膝", published=WHEN, modified=WHEN),
    )


def test_rdf() -> None:
    body = RDF % "<item><title>A</title><link>/1</link><dc:date>2024-05-21T02:00Z</dc:date></item>"
    assert read_feed(body.encode(), URL).links == (
        DiscoveredLink(url="http://example.org/1", title="A", published=WHEN, modified=WHEN),
    )


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("<item><link>1</link></item>", ["news/1"]),
        ("<item><link>/1?a=1&amp;b=2</link></item>", ["1?a=1&b=2"]),
        ("<item><link><![CDATA[ /1?a=1&b=2 ]]></link></item>", ["1?a=1&b=2"]),
        ("<item><link/><guid>http://example.org/g</guid></item>", ["g"]),
        ("<item><guid isPermaLink='true'>http://example.org/g</guid></item>", ["g"]),
        ("<item><guid isPermaLink='false'>http://example.org/g</guid></item>", []),
        ("<item><guid>abc123</guid></item>", []),
        ("<item><link>/1</link><guid>http://example.org/g</guid></item>", ["1"]),
        ("<item><link>/proxy</link><fb:origLink>/real</fb:origLink></item>", ["real"]),
        ("<item><atom:link rel='self' href='/s'/><atom:link href='/1'/></item>", ["1"]),
        ("<item xml:base='http://example.org/b/'><link>1</link></item>", ["b/1"]),
        ("<item><enclosure url='/a.mp3'/><media:content url='/i.jpg'/><comments>/c</comments></item>", []),
        ("<item><link>/1</link><media:content><media:title>x</media:title></media:content></item>", ["1"]),
        ("<item><link>javascript:x</link></item><item><link>mailto:a@b.c</link></item>", []),
        ("<item><LINK>/1</LINK></item>", ["1"]),
        ("<item><link>http://example.org/2024/\n    1</link></item>", ["2024/1"]),
        ("<item><link>\n<![CDATA[\n/1\n]]>\n</link></item>", ["1"]),
        ("<item><link xml:base='/b/'>1</link></item>", ["b/1"]),
        (item("1") + item("1#top") + item("2"), ["1", "2"]),
    ],
)
def test_rss_links(entry: str, expected: list[str]) -> None:
    assert paths(RSS % entry) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("<link rel='self' href='s'/><link rel='enclosure' href='e'/><link rel='alternate' href='1'/>", ["base/1"]),
        ("<link type='application/pdf' href='p'/><link type='text/html' href='1'/>", ["base/1"]),
        ("<link hreflang='de' href='de'/><link hreflang='en' href='en'/>", ["base/de", "base/en"]),
        ("<link xml:base='sub/' href='1'/>", ["base/sub/1"]),
        ("<link rel='http://www.iana.org/assignments/relation/alternate' href='1'/>", ["base/1"]),
        ("<link rel='http://www.iana.org/assignments/relation/self' href='s'/>", []),
        ("<link rel='enclosure'>http://example.org/a.mp3</link>", []),
        ("<link rel='related' href='r'/><content type='text/html' src='1'/>", ["base/1"]),
        ("<link href='http://['/><id>http://example.org/id</id>", ["id"]),
        ("<id>tag:example.org,2024:1</id>", []),
        ("<source><link href='/elsewhere'/></source>", []),
    ],
)
def test_atom_links(entry: str, expected: list[str]) -> None:
    assert paths(ATOM % f"<entry>{entry}</entry>") == expected


@pytest.mark.parametrize(
    "body",
    [
        '<rss version="0.91"><channel>{}</channel></rss>',
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:1/r.dtd"><rss><channel>{}</channel></rss>',
        RDF.replace("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/").replace("%s", "{}"),
        '<rss version="2.0" xmlns="http://backend.userland.com/rss2"><channel>{}</channel></rss>',
    ],
)
def test_older_kinds(body: str) -> None:
    found = read_feed(body.replace("{}", item("1") + item("2")).encode(), URL)
    assert [link.title for link in found.links] == ["1", "2"]
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("declared", "header", "real"),
    [
        ("gbk", "", "gbk"),
        ("gb2312", "text/xml", "gb18030"),
        ("gbk", "text/xml; charset=utf-8", "gbk"),
        ("utf-8", "text/xml; charset=gbk", "gbk"),
        ("utf-16", "", "utf-8"),
        ("utf-8", "", "utf-8-sig"),
        ("utf-16", "", "utf-16"),
        ("big5", "", "big5"),
        ("utf-16", "", "utf-16-le"),
        ("utf-16", "", "utf-16-be"),
    ],
)
def test_encodings(declared: str, header: str, real: str) -> None:
    body = f'<?xml version="1.0" encoding="{declared}"?>' + RSS % "<item><title>中文</title><link>/1</link></item>"
    found = read_feed(body.encode(real), URL, header)
    assert [link.title for link in found.links] == ["中文"]
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("body", "expected", "warning"),
    [
        ((RSS % (item("1") + item("2")))[:-35], ["1"], "malformed XML: Premature end of data in tag"),
        ((RSS % (item("1") + item("2")))[:-29], ["1", "2"], "malformed XML: "),
        ("\n <?xml version='1.0'?>" + RSS % item("1"), ["1"], "white space before the XML declaration"),
        ("<b>Notice</b>: x\n<?xml version='1.0'?>" + RSS % item("1"), ["1"], "malformed XML: "),
        (RSS % "<item><title>a&nbsp;b</title><link>/1</link></item>", ["1"], "Entity 'nbsp' not defined"),
        (RSS % "<item><link>/1?a=1&b=2</link></item>", ["1?a=1&b=2"], "malformed XML: "),
        (RSS % ("<item><description>\x0b</description></item>" + item("1")), ["1"], "malformed XML: "),
        (RSS % ("<item><title>a<br>b</title><link>/1</link></item>"), ["1"], "malformed XML: "),
        (RSS % ("<item><x:y/><link>/1</link></item>"), ["1"], "Namespace prefix x on y is not defined"),
        ("\n\n" + RSS % "<item>\n<a></b></item>", [], "(line 4)"),
        ("<!DOCTYPE html><html><body><a href='/1'>x</a></body></html>", [], "an HTML page, not a feed"),
        ("<html><!-- <rss> --></html>", [], "an HTML page, not a feed"),
        ("<!doctype html><body>x</body>", [], "an HTML page, not a feed"),
        ("<!-- <html> -->" + RSS % item("1"), ["1"], ""),
        ('<!DOCTYPE html PUBLIC "x" "y">' + RSS % item("1"), ["1"], ""),
        ("<!doctype html>" + RSS % item("1"), ["1"], "malformed XML: "),
        (RSS % "<item><description>a <p>b<ul><li>c</description><link>/1</link></item>", ["1"], "malformed XML: "),
        ('{"items": [', [], "malformed JSON: "),
        ('{"items": 1}', [], "not a feed"),
        ('{"version": "https://jsonfeed.org/version/1.1"}', [], "not a feed"),
        ("<urlset/>", [], "not a feed"),
        ("", [], "not a feed"),
    ],
)
def test_malformed(body: str, expected: list[str], warning: str) -> None:
    assert paths(body) == expected
    assert warning in " ".join(read_feed(body.encode(), URL).warnings)


def test_entities_are_neither_expanded_nor_fetched() -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE rss [<!ENTITY e0 "ha"><!ENTITY f SYSTEM "file:///etc/hostname">{bomb}]>'
    found = read_feed((doctype + RSS % "<item><title>&e9;&f;</title><link>/1</link></item>").encode(), URL)
    assert [link.url for link in found.links] in ([], ["http://example.org/1"])
    assert all(len(link.title or "") < 20 for link in found.links)


def test_an_encoding_that_is_declared_wrongly_is_detected() -> None:
    body = RSS % "<item><title>专家提醒接种流感疫苗</title><link>/1</link></item>"
    found = read_feed(f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode("gbk"), URL)
    assert [link.title for link in found.links] == ["专家提醒接种流感疫苗"]
    assert found.warnings == ("some bytes are not valid utf-8",)


def test_json_feed() -> None:
    items = [
        {"id": "1", "url": "/1", "title": " Hip\nand knee", "date_published": "2024-05-21T10:00:00+08:00"},
        {"id": "http://example.org/2", "external_url": "http://other.example/"},
        {"id": 3, "external_url": "http://example.org/3", "date_modified": 7},
        {"id": "4", "url": None},
        "5",
    ]
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        found = read_feed(json.dumps({"items": items}).encode(encoding), URL, "application/feed+json")
        assert found.links == (
            DiscoveredLink(url="http://example.org/1", title="Hip and knee", published=WHEN, modified=WHEN),
            DiscoveredLink(url="http://example.org/2"),
            DiscoveredLink(url="http://example.org/3"),
        )
        assert found.warnings == ()


def test_undecodable_bytes_are_told() -> None:
    found = read_feed((RSS % item("1")).encode() + b"\xff", URL)
    assert len(found.links) == 1
    assert "some bytes are not valid utf-8" in found.warnings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue, 21 May 2024 10:00:00 +0800", WHEN),
        ("21 May 24 02:00 GMT", WHEN),
        ("2024-05-21T10:00:00.5+0800", WHEN),
        ("2024-05-21 02:00:00", WHEN),
        ("2024/5/21 02:00", WHEN),
        ("2024年05月21日 02:00", WHEN),
        ("2024-05-21", datetime(2024, 5, 21, tzinfo=UTC)),
        ("2024-05", None),
        ("2024", None),
        ("0000-00-00 00:00:00", None),
        ("1970-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("Tue, 21 May 2024 10:00:00 +08:00", WHEN),
        ("Tue, 21 May 2024 10:00:00 GMT+8", WHEN),
        ("Tue, 21 May 2024 10:00:00 UTC+0800", WHEN),
        ("Mon, 20 May 2024 21:30:00 GMT-4:30", WHEN),
        ("Tue, 21 May 2024 02:00:00 Z", WHEN),
        ("Mon, 20 May 2024 22:00:00 EDT", WHEN),
        ("Tue, 21 May 2024 04:00:00 CEST", WHEN),
        ("Tue, 21 May 2024 11:00:00 JST", WHEN),
        ("21-May-2024 02:00", WHEN),
        ("21 May 2024", datetime(2024, 5, 21, tzinfo=UTC)),
        ("May 21, 2024", datetime(2024, 5, 21, tzinfo=UTC)),
        ("Tuesday, May 21, 2024 2:00 AM", WHEN),
        ("2024年05月21日02:00", WHEN),
        ("2024-05-21 上午 2:00", WHEN),
        ("2024年5月21日 下午2:00", WHEN.replace(hour=14)),
        ("2024-05-21T10:00:00 GMT+8", WHEN),
        ("2024년 5월 21일 오전 2:00", WHEN),
        ("mar., 21 mai 2024 04:00:00 +0200", WHEN),
        ("Di, 21 Mai 2024 04:00:00 +0200", WHEN),
        ("mié, 01 oct 2025 04:00:00 +0200", WHEN.replace(year=2025, month=10, day=1)),
        ("вт, 21 мая 2024 05:00:00 +0300", WHEN),
        ("Tue May 21 10:00:00 CST 2024", WHEN),
        ("Tue May 21 10:00:00 +0800 2024", WHEN),
        ("Tue, 21 May 2024 10:00:00 +0800 (CST)", WHEN),
        ("Tue May 21 2024 10:00:00 GMT+0800 (中国标准时间)", WHEN),
        ("Mon, 20 May 2024 20:00:00 CST", WHEN),
        ("Tue, 21 May 2024 03:00:00 BST", WHEN),
        ("Tue, 21 May 2024 10:00:00 HKT", WHEN),
        ("Tue, 21 May 2024 07:30:00 IST", WHEN),
        ("Mon, 20 May 2024 24:00:00 GMT", WHEN.replace(hour=0)),
        ("2024-05-21T10:00:00+08:00[Asia/Shanghai]", WHEN),
        ("2024-05-21 10:00 Asia/Shanghai", WHEN),
        ("2024-05-21 10:00 北京时间", WHEN),
        ("2024-05-21 10:00 Asia/Nowhere", None),
        ("2024年5月21日11時00分 日本時間", WHEN),
        ("2024年5月21日2時00分00秒", WHEN),
        ("2024年5月21日(火) 2:00", WHEN),
        ("２０２４年５月２１日　２：００", WHEN),
        ("2024. 5. 21. 오후 2:00", WHEN.replace(hour=14)),
        ("民國113年5月21日", datetime(2024, 5, 21, tzinfo=UTC)),
        ("113年5月21日", datetime(2024, 5, 21, tzinfo=UTC)),
        ("令和6年5月21日", datetime(2024, 5, 21, tzinfo=UTC)),
        ("二〇二四年五月二十一日", datetime(2024, 5, 21, tzinfo=UTC)),
        ("2024年5月21日25時00分", None),
        ("星期二, 21 五月 2024 10:00:00 +0800", WHEN),
        ("周二, 21 5月 2024 10:00:00 +0800", WHEN),
        ("화, 21 5월 2024 11:00:00 +0900", WHEN),
        ("日, 21 十二月 2025 02:00:00 +0000", WHEN.replace(year=2025, month=12)),
        ("火, 21 13月 2024 10:00:00 +0900", None),
        ("2024年5月21日 夜间10:00", WHEN.replace(hour=22)),
        ("21 tháng 5, 2024 2:00 SA", WHEN),
        ("Thứ Ba, 21 tháng 5, 2024 2:00 CH", WHEN.replace(hour=14)),
        ("Tue, 21 May 2567 09:00:00 +0700", WHEN),
        ("20240521T100000+0800", WHEN),
        ("20240521T020000Z", WHEN),
        ("1716256800", WHEN),
        ("1716256800000", WHEN),
        ("5/21/2024 2:00", WHEN),
        ("05/06/2024", None),
        ("05/06/2024 3:20 PM", None),
        ("May 2024", None),
        ("2 hours ago", None),
        ("32 mai 2024", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(text: str, expected: datetime | None) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [("Flu", URL, 12), ("流感", URL, 22), ("Flu", "http://news.example.cn/feed", 22)],
)
def test_cst_is_the_time_of_china_in_chinese_feeds(title: str, url: str, expected: int) -> None:
    date = "<pubDate>Tue, 21 May 2024 06:00:00 CST</pubDate>"
    body = RSS % f"<item><title>{title}</title><link>/1</link>{date}</item>"
    published = read_feed(body.encode(), url).links[0].published
    assert published is not None
    assert published.hour == expected


@pytest.mark.parametrize("layers", [1, 2])
def test_a_gzip_file_is_unpacked(layers: int) -> None:
    body = (RSS % "<item><title>Flu</title><link>/1</link></item>").encode()
    for _ in range(layers):
        body = gzip.compress(body)
    assert [link.title for link in read_feed(body, URL).links] == ["Flu"]
    assert "truncated gzip" in read_feed(body[:-12], URL).warnings


@given(st.text())
def test_any_text_is_a_date_in_utc_or_none(text: str) -> None:
    date = read_date(text)
    assert date is None or date.tzinfo is UTC


PARTS = """<rss>|<feed xmlns='http://www.w3.org/2005/Atom'>|<item>|</item>|<entry>|</entry>|<link>|</link>|/1|http://[|
<link href='|'/>|<guid>|&|&#0;|&lt;|&nbsp;|<![CDATA[|]]>|\0|<|>|é|<br>| xml:base='http://['>|<!DOCTYPE x [|<x:y|<!--|
<?xml version='1.0' encoding='utf-7'?>|<pubDate>|<rdf:RDF>"""
MARKUP = st.lists(st.sampled_from(PARTS.split("|")), max_size=25).map(lambda parts: "".join(parts).encode())


@given(st.one_of(st.binary(), MARKUP), st.sampled_from(["", "text/xml; charset=gbk", "x; charset=nonsense"]))
def test_any_bytes_yield_canonical_links(body: bytes, content_type: str) -> None:
    for link in read_feed(body, URL, content_type).links:
        assert canonical_url(link.url) == link.url


def test_json_can_state_what_no_text_may_hold() -> None:
    body = rb'{"items": [{"url": "/a\ud800", "title": "A\ud800\u0000title"}]}'
    [link] = read_feed(body, URL).links
    assert link.title == "A title"


@pytest.mark.parametrize(
    "label", ["utf-16", "hex", "bz2", "rot13", "punycode", "undefined", "unicode_escape", "uu", "x"]
)
@pytest.mark.parametrize("declared", [True, False])
def test_an_encoding_that_does_not_fit_is_ignored(label: str, declared: bool) -> None:
    declaration = f"<?xml version='1.0' encoding='{label}'?>" if declared else ""
    body = f"{declaration}<rss><channel><item><link>/a</link><title>É</title></item></channel></rss>".encode()
    [link] = read_feed(body, URL, "" if declared else f"text/xml; charset={label}").links
    assert link.title == "É"
