"""From claims to verdicts.

`conductor` tells the flow; `job` is what it is given, `texts` what it files for the lab, and
`trial` each claim's day in court.
"""

from harness.verify.conductor import predict, verify
from harness.verify.job import CacheMode, Desk, Job

__all__ = ["CacheMode", "Desk", "Job", "predict", "verify"]
