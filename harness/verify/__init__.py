"""From claims to verdicts.

`conductor` tells the flow; `job` is what it is given, `planning` what scripts ask for, `texts` what is
filed for the lab, `exhibits` what all claims are judged by, `trial` each claim's day in court, with
`fitness` for its encoders and `counting` for claims on counts; `company` is sought for contradictions.
`judging` and `evaluating` stand beside the flow: they judge scores that somebody brings, and measure a
released encoder.
"""

from harness.verify.conductor import made_of, predict, verify
from harness.verify.job import CacheMode, Desk, Job
from harness.verify.judging import ScoresJudgement, judge_scores, scores_template

__all__ = [
    "CacheMode",
    "Desk",
    "Job",
    "ScoresJudgement",
    "judge_scores",
    "made_of",
    "predict",
    "scores_template",
    "verify",
]
