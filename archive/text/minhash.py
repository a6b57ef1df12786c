"""MinHash signatures: find near-duplicates among a million texts without reading them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from archive.text.shingles import shingles

# Swept by `python -m benchmarks.duplicates --sweep`. These shingles are longer than those of similarity.py: few texts
# share one by chance, so that one common value makes a candidate. This finds .998 of the duplicates, and about 140 of a
# million unrelated texts (with 3/4: 6,200; with 8/12: .994 and 50).
WORDS, CHARACTERS = 5, 8  # length of a shingle in units, by what it begins with
VALUES = 64  # MinHash values: an estimate of resemblance has a standard error of at most 1 / (2 √64) = 0.06
BANDS = 16  # values that are looked up one by one; 8 find .984 of the duplicates, 24 find .999
SEED = 1
SHORTEST = 50  # units; a shorter text is a duplicate only of the same text under the same title
LONGEST = 20_000  # units that are compared, about 60 printed pages: bounds the work on one text
SPREAD = 0x9E3779B1  # 2³² by the golden ratio


@dataclass(frozen=True, slots=True)
class Signature:
    """`bands`: signed 32-bit numbers, of which duplicates share one. `values`: the low byte of each MinHash value."""

    bands: tuple[int, ...]
    values: bytes


def algorithm() -> str:
    """Return the name of the algorithm and its settings; signatures of different algorithms cannot be compared."""
    from rensa import RMinHash

    return f"rensa RMinHash {RMinHash.ALGORITHM_VERSION}, {VALUES} values, seed {SEED}, shingles {WORDS}/{CHARACTERS}"


def signature(units: Sequence[str]) -> Signature:
    """Return the signature of a text given as units."""
    from rensa import RMinHash

    found = shingles(units, words=WORDS, characters=CHARACTERS)
    minhash = RMinHash(num_perm=VALUES, seed=SEED)
    minhash.update(list(found))
    values: list[int] = minhash.digest()
    # The slot's number is part of the band, so that equal values in different slots do not match.
    bands = tuple(((value + slot * SPREAD) & 0xFFFFFFFF) - 0x80000000 for slot, value in enumerate(values[:BANDS]))
    return Signature(bands, bytes(value & 0xFF for value in values))


def estimate(one: bytes, other: bytes) -> float:
    """Estimate the Jaccard resemblance of two texts, 0 to 1: b-bit MinHash (Li and König 2010), b = 8."""
    equal = sum(map(int.__eq__, one, other)) / len(one)
    return max(0.0, (equal - 1 / 256) / (1 - 1 / 256))


def containment(resemblance: float, one: int, other: int) -> float:
    """Return which share of the shorter text's shingles the longer one has, 0 to 1, from resemblance and lengths."""
    return min(1.0, resemblance * (one + other) / ((1 + resemblance) * min(one, other)))


def pack(bands: Sequence[int]) -> bytes:
    """Return the bands as 4 bytes each."""
    return struct.pack(f"<{len(bands)}i", *bands)


def unpack(packed: bytes) -> tuple[int, ...]:
    """Return the bands of packed bytes."""
    return struct.unpack(f"<{len(packed) // 4}i", packed)
