"""A million passages in eight memory-mapped files, against the bare float32 product of the same rows.

Work: 2,000 queries with 11 judged passages each, 128 dimensions, float32 files as an encoder writes
them; admission, all ranks, and every measure of `harness measure`. Against: `queries @ rows.T` in
float32, block by block from the same mapped files into memory that is already there. The counts must
be those of one file of all rows. Memory is the peak of a process that does nothing else, interpreter
and mapped pages included.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.pairs import MIB, in_child, peak_bytes, ratio
from benchmarks.row import Row
from harness.court.pool import measure_pool
from harness.court.rank import PASSAGES_AT_ONCE, Ranks
from harness.court.relevant import pool_rows
from harness.court.shards import in_a_row, rank_shards
from harness.data.arrays import ArrayFile
from harness.seeds import generator

QUERIES, PASSAGES, WIDTH, SHARDS, JUDGED = 2000, 1_000_000, 128, 8, 11
MOST = 600 * MIB
PAIRS = 3
WHOLE = "whole.npy"


def written(folder: Path) -> None:
    """Write the queries, the passages in shards, and all of them in one file."""
    rng = generator("bench", "shards")
    np.save(folder / "queries.npy", rng.standard_normal((QUERIES, WIDTH), dtype=np.float32))
    size = PASSAGES // SHARDS
    whole = np.lib.format.open_memmap(folder / WHOLE, mode="w+", dtype=np.float32, shape=(PASSAGES, WIDTH))
    for shard in range(SHARDS):
        rows = rng.standard_normal((size, WIDTH), dtype=np.float32)
        np.save(folder / f"{shard}.npy", rows)
        whole[shard * size : (shard + 1) * size] = rows


def _judged() -> tuple[list[int], list[int]]:
    rng = generator("bench", "shards", "judged")
    rows = np.stack([rng.choice(PASSAGES, JUDGED, replace=False) for _ in range(QUERIES)])
    return np.repeat(np.arange(QUERIES), JUDGED).tolist(), rows.ravel().tolist()


def full_depth(folder: Path, names: list[str]) -> Ranks:
    """Rank and measure; return the ranks."""
    left, right = _judged()
    ranks = rank_shards(
        np.load(folder / "queries.npy"), in_a_row([ArrayFile(folder / name) for name in names]), left, right
    )
    measure_pool(pool_rows(left, ranks.overall, [1] * len(left), PASSAGES), [str(row) for row in range(QUERIES)])
    return ranks


def shards() -> list[str]:
    """Return the names of the files."""
    return [f"{shard}.npy" for shard in range(SHARDS)]


def peak(folder: str) -> int:
    """Return the most memory that ranking takes, in this process."""
    full_depth(Path(folder), shards())
    return peak_bytes()


def _bare(folder: Path) -> None:
    queries = np.load(folder / "queries.npy")
    scores = np.empty((QUERIES, PASSAGES_AT_ONCE), dtype=np.float32)
    for name in shards():
        rows = np.load(folder / name, mmap_mode="r")
        for start in range(0, len(rows), PASSAGES_AT_ONCE):
            block = rows[start : start + PASSAGES_AT_ONCE]
            np.matmul(queries, block.T, out=scores[:, : len(block)])


def rows() -> list[Row]:
    """Measure; return one row per figure for the table of benchmarks.

    Raises:
        ValueError: the shards' counts are not those of one file.
    """
    work = f"rank and measure {QUERIES} x {PASSAGES} x {WIDTH}, memory-mapped in {SHARDS} shards"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written(folder)
        whole, parts = full_depth(folder, [WHOLE]), full_depth(folder, shards())
        if not np.array_equal(whole.overall, parts.overall):
            msg = "expected the counts of one shard, found others"
            raise ValueError(msg)
        took = ratio(lambda: full_depth(folder, shards()), lambda: _bare(folder), PAIRS)
        held = int(in_child(f"from benchmarks.bench_shards import peak; print(peak({name!r}))"))
    return [
        Row(work=work, against="the bare float32 product", ratio=took, target=3.0),
        Row(work=f"{work}: memory", against="600 MiB", ratio=held / MOST, target=1.0),
    ]


if __name__ == "__main__":
    for row in rows():
        print(row.line())
