"""What became of the addresses of a list: `healthnews crawl --urls`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

if TYPE_CHECKING:
    from crawler.discovery.address_list import Address, AddressList

_FATE = """
select page.state, page.reason, page.fetched_at is null, article.id, article.title
from pages named join pages page on page.id = coalesce(named.alias_of, named.id)
left join articles article on article.page_id = page.id where named.url = ?
"""
_FOUND = """
select count(*), count(article.id) from pages page left join articles article on article.page_id = page.id
where page.found_on = (select id from pages where url = ?) and page.kind = 'article'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressOutcome:
    """An address of a list and what became of its page: its recorded fate with the reason, and its article.

    Of a feed, `links` is the number of its articles that are known and `stored` how many of them are stored.
    """

    line: int
    url: str
    kind: str
    fate: str
    reason: str | None = None
    article: int | None = None
    title: str | None = None
    links: int | None = None
    stored: int | None = None

    @property
    def in_words(self) -> str:
        """The fate with its reason."""
        return ", ".join(filter(None, (self.fate, self.reason)))


def outcomes(db: Database, addresses: Sequence["Address"]) -> list[AddressOutcome]:
    """Return what became of each address, in the order of the list."""
    return [_outcome(db, address) for address in addresses]


def _outcome(db: Database, address: "Address") -> AddressOutcome:
    state, reason, is_waiting, article, title = db.execute(_FATE, [address.url]).fetchone()
    fate = "not fetched yet" if is_waiting and state == "new" else state
    links, stored = db.execute(_FOUND, [address.url]).fetchone() if address.kind == "feed" else (None, None)
    facts = {"fate": fate, "reason": reason, "article": article, "title": title, "links": links, "stored": stored}
    return AddressOutcome(line=address.line, url=address.url, kind=address.kind, **facts)


def as_object(listed: "AddressList", found: Sequence[AddressOutcome]) -> dict[str, Any]:
    """Return the list and the outcomes for JSON."""
    return {
        "addresses": [asdict(each) for each in found],
        "repeated": listed.repeated,
        "bad_lines": [asdict(line) for line in listed.bad],
    }


def as_lines(listed: "AddressList", found: Sequence[AddressOutcome]) -> list[str]:
    """Return the outcomes as lines of text: how many addresses have which fate, then what each feed led to."""
    number, feeds = len(found), [each for each in found if each.kind == "feed"]
    lines = [f"{number:,} address{'' if number == 1 else 'es'}"]
    if listed.repeated:
        lines[0] += f", {listed.repeated:,} more repeated"
    if listed.bad:
        lines[0] += f", {len(listed.bad):,} line{'' if len(listed.bad) == 1 else 's'} without an address"
    counts = Counter(each.in_words for each in found)
    lines += [f"  {number:>6,}  {fate}" for fate, number in counts.most_common()]
    lines += [f"  {each.url}: {each.links:,} articles, {each.stored:,} of them stored" for each in feeds if each.links]
    return lines


def bad_lines(origin: str, listed: "AddressList") -> list[str]:
    """Return a sentence for each line that no address could be read from."""
    return [
        f"{origin}, line {each.line}: {each.problem}" + (f": {each.text!r}" if each.text else "") for each in listed.bad
    ]
