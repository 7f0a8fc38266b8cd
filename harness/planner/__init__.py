"""The planner: from what claims say and scripts ask to the cells that answer them.

`needs` says what a check rests on, `house` what the harness wants beside it, `cells` turns
requests into cells with keys, `forecast` what a run would cost, `expected` what it could find,
`sources` the digests that keys and verdicts carry.
"""

from harness.planner.cells import PAIRS, PARALLEL, SHUFFLED, Plan, Planned, Planner, first_trained
from harness.planner.expected import CheckPower, expected
from harness.planner.forecast import ClaimShare, Operation, Prediction, announced, prediction
from harness.planner.house import house_requests
from harness.planner.needs import needs, refuse_gaps, refuse_unbound, view_of
from harness.planner.sources import (
    COURT_SOURCE,
    DATA_SOURCE,
    EVALUATE_SOURCE,
    LAB_SOURCE,
    RANK_SOURCE,
    package_digest,
    source_digest,
    versions,
)
from harness.records.scope import VALIDATION

__all__ = [
    "COURT_SOURCE",
    "DATA_SOURCE",
    "EVALUATE_SOURCE",
    "LAB_SOURCE",
    "PAIRS",
    "PARALLEL",
    "RANK_SOURCE",
    "SHUFFLED",
    "VALIDATION",
    "CheckPower",
    "ClaimShare",
    "Operation",
    "Plan",
    "Planned",
    "Planner",
    "Prediction",
    "announced",
    "expected",
    "first_trained",
    "house_requests",
    "needs",
    "package_digest",
    "prediction",
    "refuse_gaps",
    "refuse_unbound",
    "source_digest",
    "versions",
    "view_of",
]
