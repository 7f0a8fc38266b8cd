"""The user's cache folder: what is kept between runs and can be made or fetched again lies below it.

    $XDG_CACHE_HOME/harness, else ~/.cache/harness
        store/      finished work (`harness.store`)
        data/       pinned files that were fetched (`harness.data.holdings`)

Source: XDG Base Directory Specification.
"""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder, which need not be there."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "harness"
