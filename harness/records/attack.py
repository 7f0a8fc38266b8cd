"""What the red team found of one verification: probes by attacker, their severities, the mean (design: Attacking)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.records.record import Record

Severity = Annotated[float, Field(ge=0, le=10)]


class WorldInterval(Record):
    """What a check would have printed in a false world: its contrast with the 95% interval, of the first draw."""

    estimate: float
    low: float
    high: float


class ProbeResult(Record):
    """How one attempt to show a verification worthless ended.

    `severity` is what its success weighs, 0 to 10; `succeeded` is null where the probe crashed.
    `required` probes must have run before a verification is sound; the others inform. `interval` is there
    for worlds of contrasts alone and left out elsewhere.
    """

    name: str
    severity: Severity
    succeeded: bool | None
    required: bool
    detail: str
    interval: WorldInterval | None = Field(default=None, exclude_if=lambda found: found is None)


class Attacker(Record):
    """One attacker: the severity of the worst probe that succeeded, 0 where none did, null where one crashed."""

    name: str
    score: Severity | None
    message: str
    probes: tuple[ProbeResult, ...] = ()


class SameArm(Record):
    """The world in which both sides are one arm: of so many splits of its seeds, how many a check still supported.

    A judge without fault supports 2.5% of them.
    """

    splits: Annotated[int, Field(ge=0)]
    supported: Annotated[int, Field(ge=0)]


class RedTeam(Record):
    """The three attackers and the plain mean of their scores, to one decimal."""

    average: float | None
    attackers: tuple[Attacker, ...]
    same_arm: SameArm | None = None


class AttackedCase(Record):
    """One case: what it is said to be, and what came of attacking it.

    `label` and `family` are null where nobody said. `refused` says why there was nothing to attack
    (a claim that cannot be read), `killed` names the probes that defeated it, `met` whether it came
    out as its label says: worthless, not sound; honest or unlabelled, not defeated.
    """

    case: str
    claim: str
    label: Literal["worthless", "honest"] | None
    family: str | None
    status: Literal["VERIFIED", "FALSIFIED", "UNVERIFIED"]
    verification: Literal["sound", "defeated", "incomplete"]
    cause: str | None
    red_team: RedTeam | None
    killed: tuple[str, ...]
    refused: str
    met: bool


class KillMatrix(Record):
    """Which probe defeats which case: `killed` has a row per case, a column per probe."""

    probes: tuple[str, ...]
    cases: tuple[str, ...]
    killed: tuple[tuple[bool, ...], ...]


class AttackAnswer(Record):
    """What `harness attack` prints. `same_arm` adds up all cases' splits of one arm under two names."""

    schema_: Literal["urn:harness:attack:1"] = Field(default="urn:harness:attack:1", alias="schema")
    cases: tuple[AttackedCase, ...]
    matrix: KillMatrix
    same_arm: SameArm | None
