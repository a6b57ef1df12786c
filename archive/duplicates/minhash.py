"""Sketches: what of a text is kept so that its copies are found among a million others without reading them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from archive.text.shingles import shingles

# Swept by `python -m benchmarks.duplicates --sweep`. These shingles are longer than those that copies are judged by:
# few texts share one by chance, and a single common value is reason enough to look at both. So .998 of the copies are
# found, and of a million strangers some 140 (by 3/4: 6,200; by 8/12: .994 and 50).
WORDS, CHARACTERS = 5, 8  # length of a shingle in units, by what it begins with
VALUES = 64  # MinHash values: an estimate of resemblance has a standard error of at most 1 / (2 √64) = 0.06
BANDS = 16  # values that are looked up, each by itself; with 8 .984 of the copies are found, with 24 .999
SEED = 1
SPREAD = 0x9E3779B1  # 2³² by the golden ratio


@dataclass(frozen=True, slots=True)
class Sketch:
    """`bands`: signed numbers of 32 bits, of which copies share one; `values`: a byte for each MinHash value."""

    bands: tuple[int, ...]
    values: bytes


def algorithm() -> str:
    """Names what sketches depend on: those of another algorithm cannot be compared."""
    from rensa import RMinHash

    return f"rensa RMinHash {RMinHash.ALGORITHM_VERSION}, {VALUES} values, seed {SEED}, shingles {WORDS}/{CHARACTERS}"


def sketch(units: Sequence[str]) -> Sketch:
    """The sketch of a text given as units."""
    from rensa import RMinHash

    found = shingles(units, words=WORDS, characters=CHARACTERS)
    minhash = RMinHash(num_perm=VALUES, seed=SEED)
    minhash.update(list(found))
    values: list[int] = minhash.digest()
    # The slot's number goes into the band, or a value would meet its like in another slot.
    bands = tuple(((value + slot * SPREAD) & 0xFFFFFFFF) - 0x80000000 for slot, value in enumerate(values[:BANDS]))
    return Sketch(bands, bytes(value & 0xFF for value in values))


def estimate(one: bytes, other: bytes) -> float:
    """The Jaccard resemblance of two texts, 0 to 1, from their values: b-bit MinHash (Li and König 2010), b = 8."""
    equal = sum(map(int.__eq__, one, other)) / len(one)
    return max(0.0, (equal - 1 / 256) / (1 - 1 / 256))


def containment(resemblance: float, one: int, other: int) -> float:
    """The share of the shorter text's shingles that the longer one has, 0 to 1, from their resemblance and lengths."""
    return min(1.0, resemblance * (one + other) / ((1 + resemblance) * min(one, other)))


def pack(bands: Sequence[int]) -> bytes:
    """The bands as 4 bytes each."""
    return struct.pack(f"<{len(bands)}i", *bands)


def unpack(packed: bytes) -> tuple[int, ...]:
    """The bands that were packed."""
    return struct.unpack(f"<{len(packed) // 4}i", packed)
