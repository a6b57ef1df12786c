"""Cases of redirects: circles, chains, and addresses that must not be asked."""

from collections.abc import Callable

from tests.hostile.case import BAD_ADDRESS, LOOP, PRIVATE, STORED, Case, article
from tests.hostile.payloads import page
from tests.hostile.server import Send, redirect


def chain(hops: int, path: str = "/a/chain") -> Case:
    """Redirects of so many hops to an article."""
    pages: dict[str, Callable[[], Send]] = {path: lambda: redirect("/hop/1")}
    for hop in range(1, hops):
        pages[f"/hop/{hop}"] = lambda hop=hop: redirect(f"/hop/{hop + 1}")  # type: ignore[misc]
    pages[f"/hop/{hops}"] = page
    return Case(f"a redirect chain of {hops}", pages, {path: LOOP})


def elsewhere(name: str, where: str, outcome: tuple[str, str | None]) -> Case:
    """A case of a page that redirects there."""
    return article(f"redirect to {name}", lambda: redirect(where), outcome)


REDIRECTS = (
    article("redirect to itself", lambda: redirect("/a/redirect-to-itself"), LOOP),
    Case(
        "redirects in a circle",
        {"/a/one": lambda: redirect("/b/two"), "/b/two": lambda: redirect("/a/one")},
        {"/a/one": LOOP},
    ),
    chain(50),
    elsewhere("a file", "file:///etc/hostname", BAD_ADDRESS),
    elsewhere("data", "data:text/html,<p>x</p>", BAD_ADDRESS),
    elsewhere("a script", "javascript:alert(1)", BAD_ADDRESS),
    elsewhere("FTP", "ftp://127.0.0.1/x", BAD_ADDRESS),
    elsewhere("gopher", "gopher://127.0.0.1:6379/_INFO", BAD_ADDRESS),
    elsewhere("a private address", "http://10.0.0.1/", PRIVATE),
    elsewhere("the cloud's metadata", "http://169.254.169.254/latest/meta-data/", PRIVATE),
    elsewhere("loopback", "http://127.0.0.9:5432/", PRIVATE),
    elsewhere("loopback by name", "http://localhost:22/", PRIVATE),
    elsewhere("a number", "http://2130706433/", PRIVATE),
    elsewhere("a hexadecimal number", "http://0x7f.1/", PRIVATE),
    elsewhere("an octal number", "http://0177.0.0.1/", PRIVATE),
    elsewhere("a short address", "http://127.1/", PRIVATE),
    elsewhere("full-width digits", "http://%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1/", PRIVATE),
    elsewhere("a multicast address", "http://224.0.0.251/", PRIVATE),
    elsewhere("a reserved address", "http://240.0.0.1/", PRIVATE),
    elsewhere("broadcast", "http://255.255.255.255/", PRIVATE),
    elsewhere("this network", "http://0.0.0.0/", PRIVATE),
    elsewhere("a shared address", "http://100.64.0.1/", PRIVATE),
    elsewhere("IPv6 loopback", "http://[::1]/", PRIVATE),
    elsewhere("a mapped address", "http://[::ffff:127.0.0.1]/", PRIVATE),
    elsewhere("a translated address", "http://[64:ff9b::7f00:1]/", PRIVATE),
    elsewhere("a user's host", "http://10.0.0.1\\@public.example/", PRIVATE),
    article("redirect to 9,000 characters", lambda: redirect(f"/b/{'x' * 9_000}"), ("gone", "http 404")),
    article(
        "redirect with cookies",
        lambda: redirect("/a/redirect-with-cookies", *(f"Set-Cookie: c{n}={'v' * 90}" for n in range(900))),
        LOOP,
    ),
    article(
        "redirect with a large cookie",
        lambda: redirect("/a/redirect-with-a-large-cookie", "Set-Cookie: c=" + "v" * 16_000),
        LOOP,
    ),
    article("cookie of 100 KB", lambda: page("", "", f"Set-Cookie: c={'v' * 100_000}"), STORED),
)
