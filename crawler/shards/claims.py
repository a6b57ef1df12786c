"""Which shard a host belongs to, for ever: a record for each group of hosts, created once.

A group is a registrable domain (example.com with all its subdomains, which redirect to one another and mostly are one
server) or an address. The list of public suffixes is the one that comes with
tldextract; it is not fetched.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from crawler.shards.store import ConflictError, Store

if TYPE_CHECKING:
    from tldextract import TLDExtract

FOLDER = "hosts"


def group_of(host: str) -> str:
    """Return the group that a host belongs to."""
    name = host.rstrip(".").lower()
    if name.startswith("[") or name.rpartition(".")[2].isdecimal():  # an IP address
        return name
    unlisted = ".".join(name.split(".")[-2:])  # as the algorithm of the list has it
    return _extractor()(name).top_domain_under_public_suffix or unlisted


@cache
def _extractor() -> "TLDExtract":
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)


class Claims:
    """The groups of hosts by the number of their shard, as far as they were looked up.

    Instances in several processes agree: the first claim of a group counts.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shards: dict[str, int] = {}

    def load(self) -> Mapping[str, int]:
        """Read all claims, and return them."""
        for name in self._store.records(FOLDER):
            self._look_up(name)
        return self._shards

    def get(self, group: str) -> int | None:
        """Return the shard of a group as far as it is known here."""
        return self._shards.get(group)

    def claim(self, group: str, shard: int) -> int:
        """Claim the group for the shard, unless it is claimed; return the shard that has it."""
        name = quote(group, safe="")
        if (known := self._look_up(name)) is not None:
            return known
        try:
            self._store.create(f"{FOLDER}/{name}", json.dumps({"group": group, "shard": shard}).encode())
        except ConflictError:
            found = self._look_up(name)
            if found is None:
                raise
            return found
        self._shards[group] = shard
        return shard

    def _look_up(self, name: str) -> int | None:
        """Return the shard of a group by the name of its record."""
        if (group := unquote(name)) not in self._shards and (record := self._store.read(f"{FOLDER}/{name}")):
            self._shards[group] = json.loads(record.data)["shard"]
        return self._shards.get(group)


def assign(units: Iterable[frozenset[str]], claims: Claims, shards: int) -> None:
    """Claim the groups of each unit for one shard: the one that has some of them, else the one with the fewest groups.

    Units are groups that have to stay together. A unit whose groups were claimed for several shards before stays so.
    """
    known = dict(claims.load())
    sizes = dict.fromkeys(range(shards), 0)
    for shard in known.values():
        sizes[shard] += 1
    for unit in sorted(units, key=lambda unit: (-len(unit), sorted(unit))):
        had = sorted(known[group] for group in unit if group in known)
        shard = had[0] if had else min(sizes, key=lambda number: (sizes[number], number))
        for group in sorted(unit - known.keys()):
            sizes[claims.claim(group, shard)] += 1


def units_of(hosts_of_sites: Iterable[Iterable[str]]) -> list[frozenset[str]]:
    """Return the groups of the hosts of sites, joined where sites share one."""
    units: list[set[str]] = []
    for hosts in hosts_of_sites:
        unit = {group_of(host) for host in hosts}
        joined = [other for other in units if other & unit]
        units = [other for other in units if not other & unit]
        units.append(unit.union(*joined))
    return [frozenset(unit) for unit in units]
