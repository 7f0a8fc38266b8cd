"""Whether contrastive training can have reached a language at all (design: Mechanism).

Two ways lead from training to a language that it never saw. Its own rows: of all occurrences of
character n-grams in the questions and passages tested in a language, `rows` is the share whose
n-gram some training text holds (codes, numbers and names are written alike in many languages). And
the layer that all languages share: `shared` says whether training changed it, read from the
weights that the lab saved. A language with neither cannot show an effect of training.

Limits: n-grams stand for rows, although the encoder hashes several into one row; by buckets
nearly every row would count as touched, which says less. One seed per arm is read for `shared`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError, safe_open

from harness.court.lexical import grams
from harness.court.remembered import remembered
from harness.errors import AdmissionRefused
from harness.records.verdict import Exposure, Reach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from harness.records.texts import EvaluationTexts, PairTexts
    from harness.records.training import Arm, Recipe, Settings
    from harness.store import Store

    Counts = Mapping[str, tuple[int, int]]

LAYER = "layer.weight"
WEIGHTS = "model.safetensors"
ALPHA = {"x-x-mono": 1.0, "x-y": 0.0}


@dataclass(frozen=True, slots=True)
class Trained:
    """What contrastive training reads: its texts, their sha256, the lengths of n-grams that encoders hash."""

    texts: PairTexts
    sha256: str
    shortest: int
    longest: int


def lengths(recipes: Sequence[Recipe]) -> tuple[int, int]:
    """Return the shortest and the longest n-gram that any of the encoders hashes."""
    return min(recipe.shortest for recipe in recipes), max(recipe.longest for recipe in recipes)


def touched(store: Store, tested: EvaluationTexts, sha256: str, trained: Trained, under: str) -> Counts:
    """Return language -> (occurrences whose n-gram training holds, all occurrences), kept in the store."""
    inputs = {
        "operation": "reach",
        "tested": sha256,
        "trained": trained.sha256,
        "lengths": [trained.shortest, trained.longest],
        "under": under,
    }
    return remembered(store, inputs, lambda: count_touched(tested, trained), _plain, _counts)


def _plain(counts: Counts) -> dict[str, list[int]]:
    return {name: list(pair) for name, pair in counts.items()}


def _counts(plain: dict[str, list[int]]) -> Counts:
    return {name: (int(inside), int(overall)) for name, (inside, overall) in plain.items()}


def count_touched(tested: EvaluationTexts, trained: Trained) -> Counts:
    """Return the counts of `touched`, made now."""
    texts = [*trained.texts.queries, *trained.texts.passages, *tested.queries.texts, *tested.passages.texts]
    found = grams(texts, trained.shortest, trained.longest)
    first = 2 * len(trained.texts)
    new = found.owners >= first
    held = np.isin(found.codes[new], np.unique(found.codes[~new]))
    names, code = np.unique([*tested.queries.languages, *tested.passages.languages], return_inverse=True)
    language = code[found.owners[new] - first]
    inside = np.bincount(language[held], minlength=len(names)).tolist()
    overall = np.bincount(language, minlength=len(names)).tolist()
    return {name: (inside[at], overall[at]) for at, name in enumerate(names.tolist())}


def reaches(counts: Sequence[Counts], *, shared: bool) -> tuple[Reach, ...]:
    """Return how far training reaches each language, over several tested sets."""
    names = sorted({name for one in counts for name in one})
    return tuple(_reach(name, [one[name] for one in counts if name in one], shared=shared) for name in names)


def _reach(language: str, counts: Sequence[tuple[int, int]], *, shared: bool) -> Reach:
    inside, overall = (sum(column) for column in zip(*counts, strict=True))
    return Reach(language=language, rows=inside / overall if overall else 0.0, shared=shared)


def layer_changed(base: Path, trained: Path) -> bool:
    """Tell whether training changed the layer that all languages share; folders of two saved encoders.

    Raises:
        AdmissionRefused: a folder without such a layer, or layers of two shapes.
    """
    before, after = _layer(base), _layer(trained)
    if before.shape != after.shape:
        raise AdmissionRefused(
            f"{trained}: expected a layer of shape {before.shape} as its base has, found {after.shape}; train it again"
        )
    return not np.array_equal(before, after)


def _layer(folder: Path) -> np.ndarray:
    path = folder / WEIGHTS
    try:
        with safe_open(path, framework="numpy") as tensors:
            return np.asarray(tensors.get_tensor(LAYER))
    except (OSError, SafetensorError) as error:
        raise AdmissionRefused(f"{path}: expected an encoder with a tensor {LAYER}, found {error}") from error


def unreached(languages: Sequence[str], reach: Sequence[Reach]) -> str:
    """Name the languages that no trained part reaches, or nothing."""
    lost = sorted(one.language for one in reach if one.language in languages and not one.rows and not one.shared)
    return f"contrastive training reached no part of an encoder that {', '.join(lost)} uses" if lost else ""


def exposure(base: str, arm: Arm, settings: Settings, languages: Sequence[str]) -> Exposure:
    """Return what one arm is trained on, in pairs as alpha lets one expect."""
    alpha = ALPHA.get(arm.sampling, arm.alpha)
    pairs = settings.steps * settings.batch
    alone = round(pairs * (1.0 if alpha is None else alpha))
    return Exposure(
        base=base,
        sampling=arm.label,
        updates=settings.steps,
        monolingual_pairs=alone,
        crosslingual_pairs=pairs - alone,
        languages=tuple(sorted(languages)),
    )
