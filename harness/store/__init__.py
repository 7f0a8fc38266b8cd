"""A content-addressed store of finished work.

An entry is a folder named by its key, with a manifest of the sha256 of each of its files and of
the manifest itself. It is written under a temporary name, synced, and renamed into place, so that
no reader ever sees half of one. Every read compares all bytes (cost: one pass over the entry): an
entry that differs from its manifest is never served; `set_aside` moves it to `damaged/`, so that
the work can be done again. Plain files and folders only.

    <root>/in-use                               held by whoever works with the store
    <root>/entries/<first two digits>/<key>/{manifest.json, ...}
    <root>/damaged/<key>.<n>
    <root>/underway/<process>-<random>.lock     held by its owner
    <root>/underway/<process>-<random>/<n>/     removed once nobody holds the lock
"""

from harness.store.collecting import Collected, Kept, collect
from harness.store.folder import ENVIRONMENT, Past, Store, default_root
from harness.store.listing import Listed, check, listing

__all__ = ["ENVIRONMENT", "Collected", "Kept", "Listed", "Past", "Store", "check", "collect", "default_root", "listing"]
