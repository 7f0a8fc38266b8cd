"""The gate: two sets of verdicts -> what changed, why, and what of it is drift.

    sets       a folder of verdicts, read strictly
    why        what went into two verdicts, digest against digest
    rules      what of a difference is drift
    places     the line of the claim file that it is about
    compare    the conductor
    unrun      which claims need no new verdict

It reads verdicts and claim files, and measures nothing. What it finds is a record
(`harness.records.gate`), which the report shows to people and machines.
"""

from harness.gate.compare import Terms, compare, unaccepted
from harness.gate.sets import VerdictSet, read_set
from harness.gate.unrun import compare_inputs
from harness.gate.why import changes

__all__ = ["Terms", "VerdictSet", "changes", "compare", "compare_inputs", "read_set", "unaccepted"]
