"""The hosts of a shard, as a crawl of it knows them."""

from collections.abc import Iterable

from scrapy.settings import BaseSettings

from crawler.shards.claims import Claims, group_of
from crawler.shards.places import open_store
from crawler.shards.store import Store


class Territory:
    """The hosts that one crawl may send requests to: those of its shard, which claims the ones that nobody has,
    and of the `borrowed` ones.

    `waiting` are pages, by id, with their URL and the host of another shard that they redirect to: they stay due.
    """

    def __init__(self, store: Store, shard: int, borrowed: Iterable[int] = ()) -> None:
        """Read the claims. Raises StoreFaultError."""
        self.shard = shard
        self._permitted = {shard, *borrowed}
        self.waiting: dict[int, tuple[str, str]] = {}
        self._claims = Claims(store)
        self._claims.load()

    def has(self, host: str) -> bool:
        """Whether the host may get requests. Raises StoreFaultError."""
        return self.shard_of(host) in self._permitted

    def shard_of(self, host: str) -> int:
        """Return the shard that the host belongs to, from now on. Raises StoreFaultError."""
        return self._claims.claim(group_of(host), self.shard)


def territory_of(settings: BaseSettings) -> Territory | None:
    """Return the territory of the shard that the settings name; None where they name none."""
    place = settings.get("HEALTHNEWS_SHARDS")
    if not place:
        return None
    borrowed = [int(shard) for shard in settings.getlist("HEALTHNEWS_BORROWED")]
    return Territory(open_store(place), settings.getint("HEALTHNEWS_SHARD"), borrowed)
