"""Turns of hosts: each gets its own, in order, and none costs more because many others wait."""

import random
from datetime import UTC, datetime, timedelta
from math import log2
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from scrapy import Request

from crawler.host_turns import HostTurns

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTS = st.sampled_from("abcde")


def moment(number: int) -> datetime:
    return NOON + timedelta(seconds=number)


class Turns(RuleBasedStateMachine):
    """Turns beside the same by lists that are walked: ready hosts in order, and hosts that wait for a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = HostTurns()
        self.now = 0
        self.hosts: set[str] = set()
        self.begun: list[str] = []
        self.ready: list[str] = []
        self.waiting: dict[str, int] = {}
        self.queues = dict.fromkeys("abcde", 0)

    def make_ready(self, host: str) -> None:
        self.hosts.add(host)
        if self.queues[host]:
            self.ready = [each for each in self.ready if each != host]
            self.begun += [host] * (host not in self.begun)
        else:
            self.ready += [host] * (host not in self.ready)

    def is_parked(self, host: str | None) -> bool:
        return host in self.hosts and host not in self.begun + self.ready + list(self.waiting)

    @rule(host=HOSTS)
    def add(self, host: str) -> None:
        self.turns.add(host)
        if host not in self.hosts:
            self.make_ready(host)

    @rule(host=HOSTS)
    def wake(self, host: str) -> None:
        self.turns.wake(host)
        if host in self.hosts and host not in self.waiting:
            self.make_ready(host)

    @rule(host=HOSTS)
    def remove(self, host: str) -> None:
        self.turns.remove(host)
        self.hosts.discard(host)
        self.waiting.pop(host, None)
        self.begun, self.ready = ([each for each in order if each != host] for order in (self.begun, self.ready))

    @rule(host=HOSTS)
    def queue(self, host: str) -> None:
        self.turns.queue(host, Request("http://x.example/"))
        self.queues[host] += 1
        if host not in self.hosts or host in self.ready:
            self.make_ready(host)

    @rule(host=HOSTS)
    def pop(self, host: str) -> None:
        if self.queues[host] and host not in self.begun:
            self.turns.pop(host)
            self.queues[host] -= 1

    @rule(begun=st.booleans())
    def take(self, begun: bool) -> None:
        order = self.begun if begun else self.begun + self.ready
        assert self.turns.take(begun=begun) == (order[0] if order else None)
        self.begun, self.ready = ([each for each in some if each not in order[:1]] for some in (self.begun, self.ready))

    @rule(host=HOSTS, seconds=st.integers(0, 5))
    def wait(self, host: str, seconds: int) -> None:
        if self.is_parked(host):
            self.turns.wait(host, moment(self.now + seconds))
            self.waiting[host] = self.now + seconds

    @rule(seconds=st.integers(0, 3))
    def pass_time(self, seconds: int) -> None:
        self.now += seconds
        self.turns.wake_until(moment(self.now))
        for host, when in sorted(self.waiting.items(), key=lambda item: item[1]):
            if when <= self.now:
                del self.waiting[host]
                self.make_ready(host)

    @invariant()
    def agree(self) -> None:
        assert set(self.turns) == self.hosts
        assert self.turns.queued == sum(self.queues.values()) == len(list(self.turns.all_queued()))
        assert self.turns.first_moment() == (moment(min(self.waiting.values())) if self.waiting else None)


TestTurns = Turns.TestCase


compared = 0


class Counted(datetime):
    """A moment that counts how often it is compared."""

    def __lt__(self, other: Any) -> bool:
        global compared
        compared += 1
        return super().__lt__(other)

    def __eq__(self, other: object) -> bool:
        global compared
        compared += 1
        return super().__eq__(other)

    __hash__ = datetime.__hash__


@pytest.mark.parametrize("hosts", [10, 1_000, 10_000])
def test_a_turn_costs_the_logarithm_of_the_number_of_hosts(hosts: int) -> None:
    global compared
    turns, random_ = HostTurns(), random.Random(1)
    now = Counted(2026, 3, 1, 12, tzinfo=UTC)
    for number in range(hosts):
        turns.add(str(number))
    for _ in range(hosts):
        host = turns.take()
        assert host
        turns.wait(host, now + timedelta(seconds=random_.random() * hosts))
    compared = 0
    for second in range(1_000):
        turns.wake_until(now + timedelta(seconds=second * hosts / 1_000))
        while host := turns.take():
            turns.wait(host, now + timedelta(seconds=second * hosts / 1_000 + 1 + random_.random() * hosts))
    assert compared <= (hosts + 1_000) * 2 * (2 * log2(hosts) + 8)


def test_what_was_begun_comes_first() -> None:
    turns = HostTurns()
    for host in "abc":
        turns.add(host)
    turns.queue("b", Request("http://b.example/"))
    assert turns.take(begun=True) == "b"
    assert turns.take(begun=True) is None
    assert [turns.take(), turns.take(), turns.take()] == ["a", "c", None]
