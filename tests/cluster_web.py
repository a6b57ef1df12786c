"""Hosts on loopback for crawls by several processes: who asks too soon, or two things at once, is written down."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.loopback import NOWHERE, Asked, Loopback, Reply, site_file
from tests.recrawl import to
from tests.year.site import words

PER_LIST = 20
DELAY = 0.1  # seconds that a host wants between an answer and the next request
EARLY = 0.02  # seconds by which a request may come too soon: the client's clock starts when it has the answer


@dataclass
class Host:
    """What a host saw: when its last answer was given, how many requests are under way, and the gaps between them."""

    under_way: int = 0
    answered_at: float | None = None
    asked: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class ClusterWeb:
    """`pages` articles on `hosts` hosts. `leads` are addresses of each host that redirect to the next one.

    `on_request` is called before each answer with the number of all requests.
    """

    def __init__(self, hosts: int, pages: int, leads: int) -> None:
        self.pages, self.leads = pages, leads
        self.hosts = [Host() for _ in range(hosts)]
        self.bases: list[str] = []
        self.on_request: Callable[[int], None] = lambda _: None

    @property
    def asked(self) -> list[str]:
        """The URLs that were asked for."""
        return [base + path for base, host in zip(self.bases, self.hosts, strict=True) for path in host.asked]

    def problems(self) -> list[str]:
        """Return each request that came while another one was under way, or too soon after one."""
        return [problem for host in self.hosts for problem in host.problems]

    def forget(self) -> None:
        """Begin anew for another crawl; each host remembers when it answered last."""
        self.on_request = lambda _: None
        for host in self.hosts:
            host.asked.clear()
            host.problems.clear()

    def often(self, most: int) -> list[str]:
        """Return the URLs that were asked for more often than that."""
        return [url for url, number in Counter(self.asked).items() if number > most]

    def respond(self, number: int, asked: Asked) -> Reply:
        """Answer a request to a host."""
        host, now = self.hosts[number], time.monotonic()
        with host.lock:
            if host.under_way:
                host.problems.append(f"{self.bases[number]}{asked.path}: another request is under way")
            gap = now - host.answered_at if host.answered_at is not None else DELAY
            if gap < DELAY - EARLY:
                host.problems.append(f"{self.bases[number]}{asked.path}: {gap:.3f} s after the last answer")
            host.under_way += 1
            host.asked.append(asked.path)
        try:
            self.on_request(sum(len(each.asked) for each in self.hosts))
            return self._answer(number, asked.path)
        finally:
            with host.lock:
                host.under_way -= 1
                host.answered_at = time.monotonic()

    def _answer(self, number: int, path: str) -> Reply:
        kind, _, last = path.strip("/").partition("/")
        articles = range(number, self.pages, len(self.hosts))
        if kind == "list" and last.isdecimal():
            shown = articles[(int(last) - 1) * PER_LIST : int(last) * PER_LIST]
            links = self._links(number, shown)
            more = f'<a rel="next" href="/list/{int(last) + 1}">next</a>' if articles[int(last) * PER_LIST :] else ""
            return Reply(body=f"<html><body>{links}{more}</body></html>".encode())
        if kind == "a" and last.startswith("lead-"):
            return to(301, f"{self.bases[(number + 1) % len(self.bases)]}/a/moved-{number}-{last[5:]}")
        if kind == "a" and (last.startswith("moved-") or (last.isdecimal() and int(last) in articles)):
            return Reply(body=_html(last))
        return NOWHERE

    def _links(self, number: int, articles: Sequence[int]) -> str:
        """Return links to articles of a host, and to addresses of its own that lead to the next host."""
        names = [*map(str, articles), *(f"lead-{lead}" for lead in range(self.leads))]
        return "".join(f'<a href="{self.bases[number]}/a/{name}">{words(f"title {name}", 5)}</a>' for name in names)


def _html(name: str) -> bytes:
    """Return a page with no block that other pages have: which of them come first must not matter."""
    title = words(f"title {name}", 5).rstrip(".")
    text = "".join(f"<p>{words(f'{name} paragraph {part}', 40)} [{part}]</p>" for part in range(1, 5))
    entries = "".join(
        f"<li>[{part}] Wu T, Li N. {words(f'work {len(name)} {part}', 6).rstrip('.')}. J Cells. 2001;{part}(2):1-9. "
        f"doi:10.5555/cluster.{len(name)}.{part}</li>"
        for part in range(1, 5)
    )
    head = f"<head><meta charset=utf-8><title>{title}</title></head>"
    body = f"<article><h1>{title}</h1>{text}<h2>References</h2><ol>{entries}</ol></article>"
    return f"<html>{head}<body>{body}</body></html>".encode()


@contextmanager
def served_web(hosts: int, pages: int, folder: Path, *, leads: int = 0) -> Iterator[ClusterWeb]:
    """Serve such hosts; write a site file for each into the folder."""
    web = ClusterWeb(hosts, pages, leads)
    with ExitStack() as stack:
        for number in range(hosts):
            server = Loopback(respond=partial(web.respond, number), host=f"127.0.1.{number + 1}")
            web.bases.append(stack.enter_context(server).url)
        for number, base in enumerate(web.bases):
            text = site_file(base, name=f'"host{number}"', delay=str(DELAY), concurrency="1")
            (folder / f"host{number}.toml").write_text(text)
        yield web
