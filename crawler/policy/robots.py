"""robots.txt after RFC 9309: what a response means and what the rules permit. Pure but for the parser."""

from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from urllib.parse import urlsplit

from protego import Protego

PRODUCT = "health-news-archive"  # the product token of this crawler in robots.txt
FRESH = timedelta(days=1)  # RFC 9309, 2.4: a cached copy is not used for longer
LARGEST = 500 * 1024  # bytes; RFC 9309, 2.5: at least so much is parsed
LONGEST_DELAY = 120.0  # seconds; a longer Crawl-delay means no, or is given in milliseconds by mistake


def origin_of(url: str) -> str:
    """Return what a robots.txt applies to: scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def closed_by(status: int) -> str | None:
    """Return why a robots.txt with that status closes its host, as a short fixed word; None where it does not.

    RFC 9309, 2.3.1: 4xx means no rules, 5xx forbids all. 429 forbids all too.
    """
    return f"robots http {status}" if status >= 500 or status == 429 else None


def text_of(body: bytes) -> str:
    """Decode a robots.txt up to the last line that ends within the first LARGEST bytes.

    Half a rule may forbid more than the whole one.
    """
    if len(body) > LARGEST:
        body = body[: max(body.rfind(end, 0, LARGEST) for end in (b"\n", b"\r")) + 1]
    return body.decode("utf-8-sig", errors="replace")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a robots.txt; `text` '' permits all."""

    text: str
    _parsed: Protego = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_parsed", Protego.parse(self.text))

    def permits(self, url: str) -> bool:
        """Whether this crawler may fetch the URL."""
        return bool(self._parsed.can_fetch(url, PRODUCT))

    @property
    def crawl_delay(self) -> float | None:
        """The Crawl-delay for this crawler in seconds, as written."""
        delay = self._parsed.crawl_delay(PRODUCT)
        return float(delay) if delay is not None and 0 <= delay < inf else None  # float() reads nan and inf too


def difference(old: str, new: str) -> str:
    """Return in a sentence how the rules changed."""
    before, after = (_lines(text) for text in (old, new))
    came = [line for line in after if line not in before]
    went = [line for line in before if line not in after]
    parts = [f"now says {_shown(came)}"] * bool(came) + [f"no longer says {_shown(went)}"] * bool(went)
    return f"robots.txt {' and '.join(parts) or 'has its rules in another order'}."


def _lines(text: str) -> dict[str, None]:
    """Return the lines without comments, each once and in order; a file may have thousands."""
    bare = (line.partition("#")[0] for line in text.splitlines())
    return dict.fromkeys(" ".join(line.split()) for line in bare if line.strip())


def _shown(lines: list[str]) -> str:
    return "; ".join(lines[:3]) + (f" and {len(lines) - 3} lines more" if len(lines) > 3 else "")
