"""Digests of the package's own files and the versions it computes with: what cells and verdicts depend on."""

from __future__ import annotations

import platform
from functools import cache
from importlib import metadata, resources
from typing import TYPE_CHECKING

from harness.codec import digest, sha256

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.resources.abc import Traversable

LIBRARIES = ("numpy", "sentence-transformers", "tokenizers", "torch", "transformers")
DEVICE = "cpu"
"""What the lab trains on, whatever else there is."""

LAB_SOURCE = (
    "codec.py",
    "seeds.py",
    "records/record.py",
    "records/training.py",
    "records/cells.py",
    "records/texts.py",
    "lab/encoder.py",
    "lab/pairs.py",
    "lab/pooling.py",
    "lab/sampler.py",
    "lab/train.py",
    "lab/cell.py",
)
"""The files that a cell's result depends on; a test compares this with what a cell imports."""

EVALUATE_SOURCE = (
    "codec.py",
    "records/record.py",
    "records/encoding.py",
    "records/texts.py",
    "lab/encoder.py",
    "lab/pooling.py",
    "lab/released.py",
    "lab/evaluate.py",
)
"""The files that a released encoder's vectors depend on; the same test."""

RANK_SOURCE = (
    "errors.py",
    "codec.py",
    "court/admit.py",
    "court/compiled.py",
    "court/exact.py",
    "court/judged.py",
    "court/prefilter.py",
    "court/rank.py",
    "records/record.py",
    "records/texts.py",
    "records/judgements.py",
    "records/vectors.py",
)
"""The files that ranks depend on; a test compares this with what ranking imports."""

DATA_SOURCE = (
    "data",
    "atlas",
    "records/record.py",
    "records/judgements.py",
    "records/scope.py",
    "records/texts.py",
    "codec.py",
    "seeds.py",
)
SUFFIXES = (".py", ".json")
"""Files that decide something: modules and data."""

COURT_SOURCE = ("court", "attack", "records", "data", "verify", "codec.py")


def source_digest(places: Sequence[str], package: Traversable | None = None) -> str:
    """Return the digest of the package's own files named in `places`: of folders, those of SUFFIXES, with all below."""
    package = package or resources.files("harness")
    files: dict[str, str] = {}
    for name in places:
        place = package / name
        found = [(name, place)] if place.is_file() else _modules(place, name)
        files |= {shown: sha256(entry.read_bytes()) for shown, entry in found}
    return digest(files)


@cache
def package_digest() -> str:
    """Return the digest of every file of the package that decides something."""
    return digest({shown: sha256(entry.read_bytes()) for shown, entry in _modules(resources.files("harness"), "")})


def _modules(folder: Traversable, shown: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _modules(entry, f"{shown}/{entry.name}")
        elif entry.name.endswith(SUFFIXES):
            yield f"{shown}/{entry.name}", entry


def versions() -> dict[str, str]:
    """Return the versions that results may depend on, without importing what they name."""
    found = {name: metadata.version(name) for name in LIBRARIES}
    return {**found, "python": platform.python_version(), "machine": platform.machine(), "device": DEVICE}
