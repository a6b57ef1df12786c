"""Hosts on loopback with linked articles, which are others at the second stage, and a count of who asked for what."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests.loopback import NOWHERE, Asked, Loopback, Reply, site_file
from tests.recrawl import HTML, conditional, to
from tests.year.site import words

HOSTS = 4
CONCURRENCY = 2  # for each host, so 8 for a job
PER_LIST = 25


def address(host: int) -> str:
    """Return the address of a host, which has every HOSTS-th article."""
    return f"127.0.0.{host + 1}"


def marker(number: int) -> str:
    """Return the sentence that only that article has."""
    return f"Only article {number} says what is so of {number}."


class KillSite:
    """`pages` articles on HOSTS hosts, at `stage` 0 or 1.

    `asked` counts the requests for all but robots.txt and tdmrep.json by stage and URL, `jobs` maps both to the jobs
    that sent them. `on_request` is called before each answer with the number of requests that the job has sent.
    """

    def __init__(self, pages: int) -> None:
        self.pages, self.stage, self.job = pages, 0, 0
        self.bases: list[str] = []
        self.jobs: dict[tuple[int, str], list[int]] = {}
        self.sent: Counter[int] = Counter()
        self.on_request: Callable[[int], None] = lambda _: None

    def start_over(self) -> None:
        """Forget the requests, and go back to the first stage."""
        self.stage, self.job = 0, 0
        self.jobs.clear()
        self.sent.clear()
        self.on_request = lambda _: None

    def next_job(self, on_request: Callable[[int], None]) -> None:
        """Count the requests that come now as those of another job."""
        self.job += 1
        self.on_request = on_request

    def asked(self, stage: int) -> set[str]:
        """Return the URLs that were asked for at a stage."""
        return {url for at, url in list(self.jobs) if at == stage}

    def url(self, number: int) -> str:
        """Return the URL of an article."""
        return f"{self.bases[number % HOSTS]}/a/{number}"

    def respond(self, host: int, asked: Asked) -> Reply:
        """Answer a request to one of the hosts."""
        if asked.path in ("/robots.txt", "/.well-known/tdmrep.json"):
            return NOWHERE
        self.jobs.setdefault((self.stage, self.bases[host] + asked.path), []).append(self.job)
        self.sent[self.job] += 1
        self.on_request(self.sent[self.job])
        _, kind, number, *_ = [*asked.path.split("/"), "", ""]
        if kind == "list":
            return self._list(host, int(number))
        if kind in ("a", "moved") and number.isdecimal() and int(number) < self.pages:
            return self._article(int(number), asked, kind)
        return NOWHERE

    def _list(self, host: int, number: int) -> Reply:
        articles = range(host, self.pages, HOSTS)[(number - 1) * PER_LIST : number * PER_LIST]
        links = "".join(f'<a href="/a/{n}">{words(f"title {n}", 5)}</a>' for n in articles)
        more = f'<a rel="next" href="/list/{number + 1}">next</a>' if len(articles) == PER_LIST else ""
        return Reply(body=f"<html><body>{links}{more}</body></html>".encode(), headers=HTML)

    def _article(self, number: int, asked: Asked, kind: str) -> Reply:
        """Answer as the article's fate has it: at the second stage some are changed, moved, gone, or not modified."""
        fate, version = number % 10 if self.stage else -1, 0
        if fate == 7:
            return NOWHERE
        if fate == 5 and kind == "a":
            return to(301, f"/moved/{number}")
        if fate in (0, 3, 6):
            version = 1
        tag = {"ETag": f'"{number}"'} if number % 10 == 1 else {}
        return conditional(asked, Reply(body=self._html(number, version), headers=HTML | tag))

    def _html(self, number: int, version: int) -> bytes:
        title = words(f"title {number}", 5).rstrip(".")
        names = [*(f"{number} paragraph {part}" for part in range(3)), f"{number} version {version}"]
        text = "".join(f"<p>{words(name, 40)} [{at}]</p>" for at, name in enumerate(names, 1))
        entries = "".join(f"<li>{_reference(n, at)}</li>" for at, n in enumerate((number, number // 3, number % 7), 1))
        links = "".join(f'<a href="{self.url((number + step) % self.pages)}">more</a>' for step in (4, 8, 1))
        date = f'<meta property="article:published_time" content="2024-05-{number % 28 + 1:02}T08:00:00Z">'
        return (
            f"<html><head><title>{title}</title>{date}</head><body><nav>{links}</nav><article><h1>{title}</h1>{text}"
            f"<p>{marker(number)}</p><h2>References</h2><ol>{entries}</ol></article></body></html>"
        ).encode()


def _reference(work: int, label: int) -> str:
    return (
        f"[{label}] Wu T, Li N. {words(f'work {work}', 6).rstrip('.')}. J Cells. {1990 + work % 30};{work % 40 + 1}"
        f"(2):{work + 1}-{work + 9}. doi:10.5555/kills.{work}"
    )


@contextmanager
def served(pages: int, folder: Path) -> Iterator[KillSite]:
    """Serve a site of that many articles; write the files of its hosts into `folder`."""
    site = KillSite(pages)
    with ExitStack() as stack:
        for number in range(HOSTS):
            respond = partial(site.respond, number)
            server = stack.enter_context(Loopback(respond=respond, host=address(number)))
            site.bases.append(server.url)
            keys: Mapping[str, object] = {
                "name": f'"host{number}"',
                "concurrency": str(CONCURRENCY),
                "articles": "['/a/', '/moved/']",
            }
            (folder / f"host{number}.toml").write_text(site_file(server.url, **keys))
        yield site
