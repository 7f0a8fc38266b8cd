"""What a run that is cut off leaves behind.

Rule: a cell is kept as soon as it is made, so the same command goes on where this one stopped.
The store that is handed to a run notes each cell that it keeps, so that the last words after
Ctrl-C are counted and not guessed. With `--cache never` the run has a store of its own that goes
with it, and nothing is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.store import Store

if TYPE_CHECKING:
    from pathlib import Path

CELL_OPERATIONS = frozenset({"pretrain", "train", "encode"})


class RememberingStore(Store):
    """A store that notes in `made` the key of each cell it keeps; several threads may keep some at once."""

    def __init__(self, root: Path) -> None:
        """Open the store.

        Raises:
            UsageError: as `Store`.
        """
        super().__init__(root)
        self.made: list[str] = []

    def put(self, key: str, folder: Path, about: dict[str, str]) -> Path:
        """Keep an entry, as `Store.put` does."""
        place = super().put(key, folder, about)
        if about.get("operation") in CELL_OPERATIONS:
            self.made.append(key)
        return place


def interrupted(cache: str, made: int) -> str:
    """Say what an interrupted run has kept, in the mode `cache` and with so many cells made."""
    if cache == "never":
        return "interrupted; nothing is kept under --cache never"
    cells = "1 cell made by this run is" if made == 1 else f"{made} cells made by this run are"
    return f"interrupted; {cells} kept, and the same command goes on from there"
