"""The ledger: what was accepted and when, in lines that are only ever added.

    chain      the file's lines: each names the digest of the one before
    entering   the next line, for a verdict that was accepted
    standing   whether accepted verdicts and claim files are what was entered last
    history    whether every version that git knows is the beginning of the one at hand

A later line corrects an earlier one and leaves it standing. Limit: who rewrites the whole chain and
has no git history is not found out; who has one would have to rewrite that too.
"""

from harness.ledger.chain import NAME, Ledger, read_ledger, write_ledger
from harness.ledger.entering import entered
from harness.ledger.history import rewritten
from harness.ledger.standing import departures

__all__ = ["NAME", "Ledger", "departures", "entered", "read_ledger", "rewritten", "write_ledger"]
