"""Which host gets the next request: those that may have one in turn, the others by the moment from which they may.

Each step costs the logarithm of the number of hosts at most, however many wait.
"""

import heapq
from collections import OrderedDict, deque
from collections.abc import Iterator
from datetime import datetime
from itertools import count

from scrapy import Request


class HostTurns:
    """The hosts of a crawl that have something to fetch, and the requests that are made for them and not sent yet.

    A host is ready, waits for a moment, or is parked: it waits for an event, such as the answer to its last request,
    after which `wake` makes it ready. Ready hosts are taken in the order in which they became ready, those with
    requests in their queue first: what was begun is finished before the next page.
    """

    def __init__(self) -> None:
        self.queued = 0  # requests in all queues
        self._hosts: set[str] = set()
        self._begun: OrderedDict[str, None] = OrderedDict()  # ready hosts that have a queue
        self._ready: OrderedDict[str, None] = OrderedDict()  # ready hosts without one
        self._moments: dict[str, datetime] = {}  # of hosts that wait
        self._heap: list[tuple[datetime, int, str]] = []  # the same by moment, and entries out of date
        self._numbers = count()  # order hosts with the same moment as they came
        self._queues: dict[str, deque[Request]] = {}  # only those that are not empty

    def __contains__(self, host: str) -> bool:
        return host in self._hosts

    def __len__(self) -> int:
        return len(self._hosts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._hosts)

    def add(self, host: str) -> None:
        """Add a host that may have something to fetch as the last ready one, unless it is known."""
        if host not in self._hosts:
            self._hosts.add(host)
            self._make_ready(host)

    def take(self, *, begun: bool = False) -> str | None:
        """Return the ready host whose turn it is, None without one; it is parked. With `begun` it has a queue."""
        for ready in (self._begun,) if begun else (self._begun, self._ready):
            if ready:
                return ready.popitem(last=False)[0]
        return None

    def wake(self, host: str) -> None:
        """Make a host that is parked the last ready one. One that waits for a moment goes on waiting."""
        if host in self._hosts and host not in self._moments:
            self._make_ready(host)

    def wait(self, host: str, moment: datetime) -> None:
        """Have a host that was taken wait for that moment."""
        self._moments[host] = moment
        heapq.heappush(self._heap, (moment, next(self._numbers), host))

    def wake_until(self, now: datetime) -> None:
        """Make the hosts ready whose moment has come, in the order of their moments."""
        while (first := self.first_moment()) is not None and first <= now:
            _, _, host = heapq.heappop(self._heap)
            del self._moments[host]
            self._make_ready(host)

    def first_moment(self) -> datetime | None:
        """Return the moment for which the first host waits, None without one."""
        while self._heap and self._moments.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def waiting(self) -> Iterator[str]:
        """Yield the hosts that wait for a moment."""
        return iter(self._moments)

    def remove(self, host: str) -> None:
        """Forget a host. Its queue stays."""
        self._hosts.discard(host)
        self._moments.pop(host, None)
        self._begun.pop(host, None)
        self._ready.pop(host, None)

    def clear(self) -> None:
        """Forget all hosts and queues."""
        self.queued = 0
        for held in (self._hosts, self._begun, self._ready, self._moments, self._heap, self._queues):
            held.clear()

    def queue(self, host: str, request: Request, *, first: bool = False) -> None:
        """Add a request to the queue of a host, which is added if it is new."""
        queue = self._queues.setdefault(host, deque())
        if first:
            queue.appendleft(request)
        else:
            queue.append(request)
        self.queued += 1
        self.add(host)
        if host in self._ready:
            self._make_ready(host)

    def head(self, host: str) -> Request | None:
        """Return the next request in the queue of a host."""
        return self._queues[host][0] if host in self._queues else None

    def pop(self, host: str) -> Request:
        """Take the next request from the queue of a host. Raises KeyError where it is empty."""
        queue = self._queues[host]
        if len(queue) == 1:
            del self._queues[host]
        self.queued -= 1
        return queue.popleft()

    def all_queued(self) -> Iterator[Request]:
        """Yield the requests of all queues."""
        return (request for queue in self._queues.values() for request in queue)

    def _make_ready(self, host: str) -> None:
        if host not in self._queues:
            self._ready[host] = None
            return
        self._ready.pop(host, None)
        self._begun[host] = None
