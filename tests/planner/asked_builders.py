"""A scope of all that claims may ask for, and claims of this repository asked as the engine would ask them."""

from __future__ import annotations

from pathlib import Path

from harness.claimfile.claims import ClaimFile
from harness.lab.ask import ask
from harness.planner import Planned, Planner, needs, view_of
from harness.records.asked import Asked, RetrieveRequest
from harness.records.claim import Claim
from harness.records.scope import Chosen, DataBinding, Regime, Scope
from harness.records.training import Recipe, Settings

ELEVEN = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
TRAINED = ("ar", "zh", "en", "de", "hi", "ru", "es", "th", "tr")
SEVEN = ("ar", "de", "en", "es", "hi", "vi", "zh")
FIFTEEN = ("sw", "bn", "hi", "ko", "th", "te", "fi", "ja", "es", "fr", "ru", "zh", "fa", "ar", "id")
NAMES = ("pairs", "parallel", "validation", "xquad-r", "mlqa-r", "miracl")
TEXTS = {name: name[0] * 63 + name[-1] for name in NAMES}
RECIPE = Recipe(
    buckets=512, width=16, dimensions=16, shortest=2, longest=3, dose=4, batch=8, learning_rate=0.01, temperature=0.05
)
SCOPE = Scope(
    schema_="urn:harness:scope:1",
    name="small",
    scale="reduced",
    sentence="On little",
    bases={"xlm-r": RECIPE, "labse": RECIPE.model_copy(update={"dose": 8})},
    datasets={
        "xquad-r": DataBinding(source="atlas", part="xquad-r", languages=ELEVEN),
        "mlqa-r": DataBinding(source="atlas", part="mlqa-r", languages=SEVEN),
        "miracl": DataBinding(source="atlas", part="miracl", languages=FIFTEEN),
    },
    training=DataBinding(source="atlas", part="pairs", languages=TRAINED),
    pretraining=DataBinding(source="atlas", part="parallel", languages=ELEVEN),
    validation=DataBinding(source="atlas", part="validation", languages=ELEVEN),
    settings=Settings(steps=3, batch=8, learning_rate=0.01, weight_decay=0.01, temperature=0.05),
    chosen_by="tests",
    regimes={"xlm-r": Regime(low=0.8, high=0.9, paper=0.85)},
    chosen={"labse": Chosen(dose=6, arms={"hybrid": (0.02, 0.1), "x-y": (0.03, 0.05)})},
    folds=3,
    seeds={"c02": 12, "c03": 12, "c05": 12, "c12": 8, "c14": 5},
    seeds_otherwise=8,
)


def planner(scope: Scope = SCOPE, source: str = "s" * 64, torch: str = "1", **changes: str) -> Planner:
    return Planner(scope, {**TEXTS, **changes}, source=source, versions={"torch": torch}, seal="SEALED")


def needed(claim: Claim, scope: Scope = SCOPE) -> tuple[RetrieveRequest, ...]:
    """Return everything that a claim's checks need, each once."""
    return tuple(dict.fromkeys(need for check in claim.checks for need in needs(claim, scope, check)))


def sufficient(file: ClaimFile, scope: Scope = SCOPE) -> Planned:
    """Return a claim whose script asks for exactly what its checks need."""
    return Planned(file, Asked(requests=needed(file.claim, scope)))


def asked(file: ClaimFile, scope: Scope = SCOPE) -> Asked:
    """Return what a claim's real script asks for."""
    return ask(Path(file.script), view_of(file.claim, scope))
