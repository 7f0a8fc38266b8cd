from __future__ import annotations

from harness.records.asked import Asked, CountRequest, EmitRequest


def test_exact_requests_are_told_apart() -> None:
    asked = Asked(requests=(CountRequest(dataset="a", what="b"), EmitRequest(name="c", value=1.0)))
    assert [len(asked.retrievals), len(asked.counts), len(asked.emitted)] == [0, 1, 1]
    assert Asked.model_validate_json(asked.model_dump_json()) == asked
