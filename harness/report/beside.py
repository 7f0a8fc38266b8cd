"""What may lie beside the verdicts: a calibration of the judge, the attack on known cases, what cells cost.

    calibration.json    `make calibrate`
    attack.json         `harness attack fixtures/zoo --json > reports/attack.json`
    bench.json          `make bench`

Rule: each is shown where it lies and is whole, named as refused where it is not, and where it is not
there the page says how to make it. Of a calibration each number of clusters is a row: how
often intervals that promise 95% covered the truth, one dot per kind of world, the worst one quoted,
and the most often that the judge supported what is false. Of an attack each probe is a row: how many
worthless cases it defeats, and how many honest ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import HarnessError
from harness.recordfile import read_record
from harness.records.attack import AttackAnswer
from harness.records.bench import Bench
from harness.records.calibration import Calibration
from harness.report.folder import Refused
from harness.report.plots import axis, dots, ruler
from harness.report.quote import UNSAID, Quoted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import TypeVar

    from markupsafe import Markup

    from harness.records.calibration import CalibrationCell
    from harness.records.record import Record

    Kind = TypeVar("Kind", bound=Record)

PROMISED = 0.95
FALSE = frozenset({"null", "margin"})
"""Effects under which support would be wrong."""


@dataclass(frozen=True)
class ClustersRow:
    """All kinds of world with so many clusters: the places of the least covered and of the most falsely supported."""

    clusters: int
    worlds: int
    covered: int
    supported: int | None


@dataclass(frozen=True)
class Beside:
    """What was found; `kills` are (probe, worthless cases that it defeats, honest ones)."""

    calibration: Quoted | None = None
    rows: tuple[ClustersRow, ...] = ()
    drawing: Markup = UNSAID
    axis: Markup = UNSAID
    attack: Quoted | None = None
    kills: tuple[tuple[str, int, int], ...] = ()
    worthless: int = 0
    honest: int = 0
    bench: Quoted | None = None
    refused: tuple[Refused, ...] = ()


def beside(root: Path) -> Beside:
    """Read what lies beside the verdicts in a reports folder."""
    refused: list[Refused] = []
    calibration = _read(root / "calibration.json", Calibration, refused)
    attack = _read(root / "attack.json", AttackAnswer, refused)
    bench = _read(root / "bench.json", Bench, refused)
    rows = _rows(calibration.cells) if calibration else ()
    drawing, shown = _drawn(calibration, rows) if calibration else (UNSAID, UNSAID)
    labels = [case.label for case in attack.cases] if attack else []
    return Beside(
        calibration=Quoted("calibration", calibration.plain()) if calibration else None,
        rows=rows,
        drawing=drawing,
        axis=shown,
        attack=Quoted("attack", attack.plain()) if attack else None,
        kills=_kills(attack) if attack else (),
        worthless=labels.count("worthless"),
        honest=labels.count("honest"),
        bench=Quoted("bench", bench.plain()) if bench else None,
        refused=tuple(refused),
    )


def _read(path: Path, kind: type[Kind], refused: list[Refused]) -> Kind | None:
    if not path.is_file():
        return None
    try:
        return read_record(path, kind, canonical=kind is not AttackAnswer)
    except HarnessError as error:
        refused.append(Refused(path.name, str(error)))
        return None


def _rows(cells: Iterable[CalibrationCell]) -> tuple[ClustersRow, ...]:
    numbered = list(enumerate(cells))
    found = []
    for clusters in sorted({cell.clusters for _, cell in numbered}):
        own = [(at, cell) for at, cell in numbered if cell.clusters == clusters]
        false = [(at, cell) for at, cell in own if cell.effect in FALSE]
        worst = min(own, key=lambda told: told[1].coverage)[0]
        most = max(false, key=lambda told: told[1].supported)[0] if false else None
        found.append(ClustersRow(clusters, len(own), worst, most))
    return tuple(found)


def _drawn(calibration: Calibration, rows: Iterable[ClustersRow]) -> tuple[Markup, Markup]:
    lines = [sorted(cell.coverage for cell in calibration.cells if cell.clusters == row.clusters) for row in rows]
    scale = axis([PROMISED, *(value for line in lines for value in line)], zero=False)
    return dots(lines, scale, "coverage, one dot per kind of world"), ruler(scale, "")


def _kills(attack: AttackAnswer) -> tuple[tuple[str, int, int], ...]:
    labels = {case.case: case.label for case in attack.cases}
    found = []
    for at, probe in enumerate(attack.matrix.probes):
        killed = [labels[case] for case, row in zip(attack.matrix.cases, attack.matrix.killed, strict=True) if row[at]]
        found.append((probe, killed.count("worthless"), killed.count("honest")))
    return tuple(sorted(found, key=lambda told: (-told[1], told[0])))
