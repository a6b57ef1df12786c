"""Share the event loop: long work is done in a thread or in slices, so that other pages go on meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

SLICE = 200  # items that are dealt with between two turns of other pages: some 10 ms of the database's time
SMALL = 1 << 18  # bytes that are dealt with without a thread, as most pages are, in some 20 ms


async def in_slices(items: Sequence[T], size: int = SLICE) -> AsyncIterator[Sequence[T]]:
    """Yield the items in slices; between two of them other pages have a turn."""
    for start in range(0, len(items), size):
        if start:
            await asyncio.sleep(0)
        yield items[start : start + size]


async def in_turn(size: int, work: Callable[[], T]) -> T:
    """Return the result of `work` on so many bytes, done in a thread if they are many.

    It must not touch the database, whose connection belongs to the thread of the event loop.
    """
    return await asyncio.to_thread(work) if size > SMALL else work()
