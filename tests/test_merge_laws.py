"""Laws of merging: it is the same in any order, doing it twice changes nothing, and shards are the whole."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.operations.check import check
from archive.operations.merge import merge
from archive.storage.exclusions import Exclusion
from tests.merges import Event, differences, lines, make, merged

KINDS = ["stored", "stored", "stored", "unchanged", "gone", "failed", "no article", "moved", "read"]
HOSTS = 3


@st.composite
def events(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> list[Event]:
    """Events at different times."""
    number = draw(st.integers(1, 14))
    return [
        Event(
            at=10 * at,
            host=draw(st.integers(0, HOSTS - 1)),
            number=draw(st.integers(0, 2)),
            kind=draw(st.sampled_from(kinds)),
            variant=draw(st.integers(0, 2)),
        )
        for at in range(1, number + 1)
    ]


@st.composite
def exclusions(draw: st.DrawFn) -> list[Exclusion]:
    return draw(st.sampled_from([
        [], [], [Exclusion("host", "h1.example")], [Exclusion("url", "https://h0.example/1")],
        [Exclusion("pattern", "/2$"), Exclusion("host", "h2.example")],
    ]))  # fmt: skip


@settings(max_examples=12)
@given(events(), st.permutations(range(HOSTS)), st.integers(1, HOSTS), exclusions())
def test_shards_in_any_order_twice_are_the_whole(
    happened: list[Event], order: list[int], number: int, excluded: list[Exclusion]
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        whole = make(folder / "whole.db", happened, excluded)
        shards = [
            make(folder / f"shard{shard}.db", [event for event in happened if event.host % number == shard], excluded)
            for shard in range(number)
        ]
        chosen = [shards[shard] for shard in order if shard < number]
        found = merged(folder / "merged.db", *chosen, *reversed(chosen))
        assert differences(lines(whole), lines(found)) == []
        assert [each for each in check(found, repair=False) if each.problems] == []


# A page that moved, whose first address is known where it is merged.
MOVED = [Event(10, 0, 0, "stored", 0), Event(20, 0, 0, "moved", 0), Event(30, 0, 0, "stored", 0)]


@settings(max_examples=12)
@given(events(), st.lists(st.integers(1, 7), min_size=14, max_size=14), st.permutations(range(3)))
@example(MOVED, [1, 1, 2], [1, 0, 2])
def test_overlapping_archives_are_the_same_in_any_order(
    happened: list[Event], seen_by: list[int], order: list[int]
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        parts = [
            make(
                folder / f"part{part}.db",
                [event for event, seen in zip(happened, seen_by, strict=False) if seen & 1 << part],
            )
            for part in range(3)
        ]
        one = merged(folder / "one.db", *parts)
        other = merged(folder / "other.db", *(parts[part] for part in order))
        assert differences(lines(one), lines(other)) == []
        pair = merged(folder / "pair.db", parts[order[1]], parts[order[2]])
        grouped = merged(folder / "grouped.db", parts[order[0]], pair)
        assert differences(lines(one), lines(grouped)) == []
        before = lines(one)
        merge(one, [*parts, grouped])
        assert differences(before, lines(one)) == []
        assert [each for each in check(one, repair=False) if each.problems] == []
