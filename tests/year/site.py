"""The site of the year: answers as the script has it, and checks every request against the rules it gave."""

import gzip
import hashlib
import random
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple

import brotli

from tests.year.script import FEED_LENGTH, Cut, Script, ScriptedPage, SiteFile, State

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "tu",
    "vas",
    "pel",
    "or",
    "din",
    "sha",
    "bek",
    "ul",
    "fo",
    "ry",
    "zan",
    "qui",
    "met",
]
NOTICE = "<html><head><title>抱歉，您访问的页面不存在</title></head><body><p>返回首页</p></body></html>"
CAPTCHA = (
    "<html><head><title>安全验证</title></head><body><h1>安全验证</h1><p>请完成下方验证后继续访问。</p>"
    "<p>检测到您的访问存在异常。</p></body></html>"
)


class Reply(NamedTuple):
    """An answer."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = MappingProxyType({})


class Asked(NamedTuple):
    """A request as it came: day of the year, path, status of the answer."""

    day: float
    path: str
    status: int


def day_of(moment: datetime) -> float:
    """Days since the year began."""
    return (moment - BEGIN) / timedelta(days=1)


def moment_of(day: float) -> datetime:
    """The moment of a day's number."""
    return BEGIN + timedelta(days=day)


def shortened(body: bytes, how: str) -> tuple[bytes, dict[str, str]]:
    """The body as a cut answer has it, and the headers that it is sent with."""
    if how == "length":
        return body[: len(body) // 2], {"Content-Length": str(len(body))}
    packed = {"gzip": gzip.compress, "br": brotli.compress}[how](body)
    half = packed[: len(packed) // 2]
    return half, {"Content-Length": str(len(half)), "Content-Encoding": how}


def words(seed: str, number: int) -> str:
    """Prose of its own for each seed, which shares nothing with any other."""
    chance = random.Random(seed)
    made = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(number)]
    return " ".join(made).capitalize() + "."


def title(path: str) -> str:
    """The title of an article, whatever its version and address."""
    return words(path.rpartition("/")[2], 5).rstrip(".")


def paragraphs(path: str, version: int) -> list[str]:
    """The text of a version: what stays, and what is new in it."""
    name = path.rpartition("/")[2]
    return [*(words(f"{name} {number}", 40) for number in range(3)), words(f"{name} version {version}", 25)]


class YearSite:
    """Serves the script on loopback at the time of `clock`; `asked` are the requests, `violations` are broken rules.

    `file` is the site's file as the job that is running read it.
    """

    file: SiteFile

    def __init__(self, script: Script, clock: Any) -> None:
        self.script, self.clock = script, clock
        self.asked: list[Asked] = []
        self.violations: list[str] = []
        self.active = 0
        self._cuts = list(script.cuts)
        self._lock = threading.Lock()
        self._rules: str | None = None  # as last handed out, and when
        self._rules_day = -9.0
        self._not_before = -9.0
        self._last_end = -9.0
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # header and body are two writes: with Nagle each answer waits for an ACK

            def do_GET(self) -> None:
                site.serve(self)

            def log_message(self, *_: Any) -> None:
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        day = day_of(self.clock.now())
        with self._lock:
            self.active += 1
            if self.active > 1:
                self.violations.append(f"{day:.4f} {handler.path}: two requests at once")
            self._check(day, handler.path)
            whole = self.answer(handler.path, day)
            cut = self._cut(handler.path, day, whole)
            reply = whole if cut else self._conditional(whole, handler.headers)
            self.asked.append(Asked(day, handler.path, reply.status))
            self._note(day, handler.path, reply)
            self.active -= 1
        body, more = shortened(reply.body.encode(), cut.how) if cut else (reply.body.encode(), {})
        handler.close_connection = cut is not None
        handler.send_response(reply.status)
        for name, value in {"Content-Length": str(len(body)), **reply.headers, **more}.items():
            if reply.status != 304 or name != "Content-Length":
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body if reply.status != 304 else b"")

    def _cut(self, path: str, day: float, reply: Reply) -> Cut | None:
        """The cut that this answer is to suffer, which no later one does."""
        if reply.status != 200 or self.script.trouble_at(day):
            return None
        cut = next((cut for cut in self._cuts if cut.path == path and cut.day <= day), None)
        if cut:
            self._cuts.remove(cut)
        return cut

    def _check(self, day: float, path: str) -> None:
        """What the rules, as they were handed out last, say to this request."""
        rules = self._rules or ""
        asked = [float(line.split(":")[1]) for line in rules.splitlines() if "Crawl-delay" in line]
        delay = max([self.file.delay, *asked])
        if (day - self._last_end) * 86_400 < delay - 1e-3:
            self.violations.append(
                f"{day:.5f} {path}: {(day - self._last_end) * 86_400:.2f} s after the last, not {delay}"
            )
        if day < self._not_before - 1e-6:
            self.violations.append(f"{day:.4f} {path}: Retry-After says {self._not_before:.4f}")
        if self.file.is_quiet(day):
            self.violations.append(f"{day:.4f} {path}: the hours are quiet")
        if path == "/robots.txt":
            return
        if day - self._rules_day > 1.0001:
            self.violations.append(f"{day:.4f} {path}: robots.txt was last read on day {self._rules_day:.4f}")
        if self._rules is None:
            self.violations.append(f"{day:.4f} {path}: the host is closed")
        if any(path.startswith(line.split()[1]) for line in rules.splitlines() if line.startswith("Disallow: /")):
            self.violations.append(f"{day:.4f} {path}: forbidden by robots.txt")

    def _note(self, day: float, path: str, reply: Reply) -> None:
        self._last_end = day
        if "Retry-After" in reply.headers:
            self._not_before = day + int(reply.headers["Retry-After"]) / 86_400
        if path == "/robots.txt":
            self._rules_day = day
            trouble = self.script.trouble_at(day)
            closed = trouble is not None and trouble.robots_too  # docs/crawling.md: a challenge closes it as a 5xx does
            self._rules = None if closed else self.script.robots_at(day)

    def answer(self, path: str, day: float) -> Reply:
        """What stands at the path on that day."""
        trouble = self.script.trouble_at(day)
        if trouble and (trouble.robots_too or path != "/robots.txt"):
            after = {"Retry-After": str(trouble.retry_after)} if trouble.retry_after else {}
            text = CAPTCHA if trouble.captcha else "<html><body>trouble</body></html>"
            return Reply(trouble.status, text, {"Content-Type": "text/html; charset=utf-8", **after})
        if path == "/robots.txt":
            return Reply(200, self.script.robots_at(day), {"Content-Type": "text/plain"})
        if path == "/feed.xml":
            return _tagged(Reply(200, self._feed(day), {"Content-Type": "application/rss+xml"}))
        if path == "/sitemap.xml":
            return _tagged(Reply(200, self._sitemap(day), {"Content-Type": "application/xml"}))
        if path == "/":
            return Reply(200, "<html><head><title>Home</title></head><body><h1>Daily</h1><p>Welcome.</p></body></html>")
        if path == "/elsewhere/passing.html":
            return Reply(200, self._html("/news/passing.html", 0, ""), {"Content-Type": "text/html"})
        page = self.script.by_path.get(path)
        state = page.at(day) if page else None
        return self._page(page, state, day) if page and state else Reply(404, "<html><body>404</body></html>")

    def _page(self, page: ScriptedPage, state: State, day: float) -> Reply:
        if state.kind in ("404", "410"):
            return Reply(int(state.kind), "<html><body><h1>404</h1></body></html>")
        if state.kind == "soft 404":
            return Reply(200, NOTICE, {"Content-Type": "text/html; charset=utf-8"})
        ways = {
            "home": (302, "/"),
            "moved": (301, page.path.replace("/news/", "/moved/")),
            "passing": (302, "/elsewhere/passing.html"),
        }
        if state.kind in ways:
            status, where = ways[state.kind]
            return Reply(status, "", {"Location": self.url + where})
        restless = f"{len(self.asked)} {day:.6f}" if page.restless else ""
        reply = Reply(
            200,
            self._html(page.canonical or page.path, state.version, restless, page.canonical, noarchive=page.noarchive),
            {"Content-Type": "text/html; charset=utf-8"},
        )
        if page.validators == "etag" and not page.restless:
            return _tagged(reply)
        if page.validators == "date" and not page.restless:
            return reply._replace(
                headers=dict(reply.headers) | {"Last-Modified": format_datetime(moment_of(state.day), usegmt=True)}
            )
        return reply

    def _html(
        self, path: str, version: int, restless: str, canonical: str | None = None, *, noarchive: bool = False
    ) -> str:
        head = f'<link rel="canonical" href="{self.url}{canonical}">' if canonical else ""
        head += '<meta name="robots" content="noarchive">' if noarchive else ""
        menu = "".join(f'<li><a href="/news/">{words(f"{restless} {n}", 3)}</a></li>' for n in range(6))
        counter = f"<p>阅读：{abs(hash(restless)) % 99_999}</p>" if restless else ""
        body = "".join(f"<p>{text}</p>" for text in paragraphs(path, version))
        return (
            f"<html><head><meta charset=utf-8><title>{title(path)}</title>{head}</head><body><nav><ul>{menu}</ul></nav>"
            f"<article><h1>{title(path)}</h1>{counter}{body}</article></body></html>"
        )

    def _listed(self, day: float) -> list[tuple[ScriptedPage, float]]:
        """The pages that are there and known to the site's own lists, with the day the lists give them, newest last."""
        listed = []
        for page in self.script.pages:
            state = page.at(day)
            if state and state.kind in ("text", "passing") and not page.hidden:
                back = [
                    one.day
                    for one, before in zip(page.states[1:], page.states, strict=False)
                    if one.day <= day
                    and one.kind == "text"
                    and (one.announced or before.kind not in ("text", "passing"))
                ]
                listed.append((page, max([page.states[0].day, *back])))
        return sorted(listed, key=lambda item: item[1])

    def _feed(self, day: float) -> str:
        listed = sorted(self._listed(day), key=lambda item: item[0].states[0].day)[-FEED_LENGTH:]
        items = "".join(
            f"<item><title>{title(page.path)}</title><link>{self.url}{page.path}</link>"
            f"<pubDate>{format_datetime(moment_of(page.states[0].day))}</pubDate></item>"
            for page, _ in reversed(listed)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Daily</title>{items}</channel></rss>'

    def _sitemap(self, day: float) -> str:
        urls = "".join(
            f"<url><loc>{self.url}{page.path}</loc><lastmod>{moment_of(said).isoformat(timespec='seconds')}</lastmod></url>"
            for page, said in self._listed(day)
        )
        return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'

    def _conditional(self, reply: Reply, headers: Any) -> Reply:
        tag, since = headers.get("If-None-Match"), headers.get("If-Modified-Since")
        changed = reply.headers.get("Last-Modified")
        same = tag is not None and tag == reply.headers.get("ETag")
        same = same or bool(since and changed and parsedate_to_datetime(changed) <= parsedate_to_datetime(since))
        return (
            Reply(304, "", {k: v for k, v in reply.headers.items() if k in ("ETag", "Last-Modified")})
            if same
            else reply
        )


def _tagged(reply: Reply) -> Reply:
    return reply._replace(
        headers=dict(reply.headers) | {"ETag": f'"{hashlib.sha1(reply.body.encode()).hexdigest()[:12]}"'}
    )
