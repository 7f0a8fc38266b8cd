"""From claims to verdicts.

`conductor` tells the flow; `job` is what it is given, `texts` what it files for the lab, `exhibits`
what all claims are judged by, `trial` each claim's day in court, with `fitness` for its encoders
and `counting` for claims on counts; `company` is sought for contradictions.
"""

from harness.verify.conductor import predict, verify
from harness.verify.job import CacheMode, Desk, Job

__all__ = ["CacheMode", "Desk", "Job", "predict", "verify"]
