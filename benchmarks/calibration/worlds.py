"""Tables z of one kind of world, and the truth in them.

    above (null, half, full, planned)    z = truth + seed + cluster + residual
    comparable-or-above (margin)         z = H - (1-m) X, by the weights of the court's own contrast, where
        H = (1-m) level + shared + cluster + (seed + residual) / sqrt 2
        X =       level + shared           + (seed - residual) / sqrt 2

so that the truth of the second is 0, exactly at the margin. What both arms share cancels but for m
of it. The right arm's residuals have their sign turned, so that their skewness adds to the left's.

`full` is what an interval calls detectable, at the true components; `planned` is what
`harness.court.power` plans with, which solves for the power and approximates nothing.

Each effect has a stream of its own, and blocks are cut from streams in order: how many worlds are
drawn at once changes nothing. Cost: a block of tables holds about 2 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.calibration.kinds import LEVEL, MARGIN, SHARED
from benchmarks.calibration.shapes import DRAWN
from harness.court.contrast import contrasts
from harness.court.power import PERCENT, components, planned_power
from harness.records.claim import Check
from harness.records.power import Components
from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from benchmarks.calibration.kinds import Kind
    from benchmarks.calibration.shapes import Shape

BLOCK = 250_000
"""Values of z that are drawn at once."""


def check(relation: str, margin: str = "0") -> Check:
    """Return a check of two arms."""
    return Check.model_validate(
        {
            "id": "calibration",
            "required": True,
            "measure": "MAP",
            "setting": "multilingual",
            "left": "hybrid",
            "relation": relation,
            "right": "x-y",
            "margin": margin,
            "reason": "worlds whose truth is known",
        }
    )


def truth(kind: Kind, shape: Shape) -> float:
    """Return the true contrast."""
    match kind.effect:
        case "full":
            return kind.squares(shape).detectable
        case "half":
            return kind.squares(shape).detectable / 2
        case "planned":
            return _planned(kind, shape)
        case _:
            return 0.0


def _planned(kind: Kind, shape: Shape) -> float:
    seed, cluster, res = components(kind.squares(shape))
    known = Components(
        setting="multilingual",
        measure="MAP",
        s2_seed=seed,
        s2_cluster=cluster,
        s2_res=res,
        mean=1.0,
        clusters=kind.clusters,
    )
    percent = planned_power(check("above"), known, kind.seeds, kind.clusters, None).detectable
    if percent is None:
        msg = f"expected enough clusters for a power of nine in ten, found {kind}"
        raise ValueError(msg)
    return percent / PERCENT


def tables(kind: Kind, shape: Shape, worlds: int, block: int = BLOCK) -> Iterator[NDArray[np.float64]]:
    """Yield tables z (N, S, Q) until there were `worlds` of them."""
    step = max(1, block // (kind.seeds * kind.clusters))
    parts = [slice(start, start + step) for start in range(0, worlds, step)]
    picked = shape.picked(generator(*kind.names, "clusters"), (worlds, kind.clusters))
    if kind.effect == "margin":
        yield from _at_the_margin(kind, shape, picked, parts)
    else:
        yield from _above(kind, shape, picked, parts)


def _above(kind: Kind, shape: Shape, picked: NDArray[np.float64], parts: list[slice]) -> Iterator[NDArray[np.float64]]:
    seeds = truth(kind, shape) + _seed_effects(kind, len(picked), "seeds")
    rng = generator(*kind.names, "residuals")
    for part in parts:
        z = shape.residuals(rng, picked[part], kind.seeds)
        z += shape.clusters(picked[part])[:, None, :]
        z += seeds[part, :, None]
        yield z


def _at_the_margin(
    kind: Kind, shape: Shape, picked: NDArray[np.float64], parts: list[slice]
) -> Iterator[NDArray[np.float64]]:
    comparable = check("comparable-or-above", MARGIN)
    (contrast,) = contrasts(comparable)
    more, less = contrast.weights
    shared = LEVEL + SHARED * generator(*kind.names, "shared").standard_normal(picked.shape)
    left_seeds, right_seeds = (_seed_effects(kind, len(picked), f"{side} seeds") for side in ("left", "right"))
    left_rng, right_rng = (generator(*kind.names, f"{side} residuals") for side in ("left", "right"))
    half = 0.5**0.5
    for part in parts:
        left = half * (shape.residuals(left_rng, picked[part], kind.seeds) + left_seeds[part, :, None])
        left += (shared[part] - float(MARGIN) * LEVEL + shape.clusters(picked[part]))[:, None, :]
        right = half * (right_seeds[part, :, None] - shape.residuals(right_rng, picked[part], kind.seeds))
        right += shared[part][:, None, :]
        yield more * left + less * right


def _seed_effects(kind: Kind, worlds: int, name: str) -> NDArray[np.float64]:
    """Return (worlds, S) seed effects."""
    drawn = DRAWN[kind.seed_shape].picked(generator(*kind.names, name), (worlds, kind.seeds))
    return float(np.sqrt(kind.s2_seed)) * drawn
