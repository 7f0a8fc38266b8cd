"""A scope: what a paper's terms are bound to on this machine (design: Terms)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from harness.codec import digest
from harness.records.claim import ClaimId, Text
from harness.records.power import Components
from harness.records.record import Language, Name, Record
from harness.records.training import Positive, Rate, Recipe, Settings

VALIDATION = "validation"
"""The name that the split goes by on which choices are made; a side with a name has its own."""


class DataBinding(Record):
    """A dataset's source and which part of it; `facts` keeps only the first so many of each split.

    `atlas` is the Atlas's first draw, `atlas-second` its second one, of other relations.
    """

    source: Literal["atlas", "atlas-second"]
    part: Name
    languages: tuple[Language, ...] = Field(min_length=1)
    facts: Positive | None = None


RealPart = Literal["xquad-r", "mlqa-r"]
OTHER: Mapping[RealPart, RealPart] = {"xquad-r": "mlqa-r", "mlqa-r": "xquad-r"}
"""Which real set trains the encoders that one tests."""

REAL_LANGUAGES: Mapping[RealPart, tuple[str, ...]] = {
    "xquad-r": ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh"),
    "mlqa-r": ("ar", "de", "en", "es", "hi", "vi", "zh"),
}
"""The languages of the pinned files."""


class LareqaBinding(Record):
    """The real XQuAD-R or MLQA-R in some of its languages, to test encoders on."""

    source: Literal["lareqa"]
    part: RealPart
    languages: tuple[Language, ...] = Field(min_length=1)


class OtherBinding(Record):
    """What trains encoders that a real set tests: the other real set, in those of `languages` that it has.

    `facts` keeps only the first so many questions.
    """

    source: Literal["lareqa"]
    part: Literal["other"]
    languages: tuple[Language, ...] = Field(min_length=1)
    facts: Positive | None = None

    def tested_on(self, part: RealPart) -> TaughtBinding:
        """Return the binding for encoders that `part` tests."""
        languages, facts = self.languages, self.facts
        return TaughtBinding(source="lareqa", part=OTHER[part], tested=part, languages=languages, facts=facts)


class TaughtBinding(Record):
    """What the real set `part` teaches encoders that the set `tested` tests; said by `Scope.side`, by no scope file."""

    source: Literal["lareqa"]
    part: RealPart
    tested: RealPart
    languages: tuple[Language, ...] = Field(min_length=1)
    facts: Positive | None = None


TrainingBinding = Annotated[DataBinding | OtherBinding, Field(discriminator="source")]
"""What a scope file may bind training, pre-training and validation to."""

SideBinding = DataBinding | TaughtBinding
"""The same, once it is known which dataset tests the encoders."""


class Side(Record):
    """What the encoders are made of that a dataset tests; `name` is empty where all datasets share one side."""

    name: str
    training: SideBinding
    pretraining: SideBinding
    validation: SideBinding | None

    def text(self, kind: str) -> str:
        """Return the name that texts of a kind (`pairs`, `parallel`, `validation`) go by."""
        return f"{kind}-{self.name}" if self.name else kind


class BeirBinding(Record):
    """A folder in BEIR's format, `folder` relative to the scope file, judged by `qrels/<split>.tsv`.

    `language` is that of every query and passage whose metadata names none. Where the scope file
    lies is told apart (`beside`): it is no part of what is written, compared by digest or locked.
    """

    source: Literal["beir"]
    folder: Text
    split: Name = "test"
    language: Language | None = None
    _home: str = PrivateAttr(default="")

    def beside(self, home: Path) -> BeirBinding:
        """Return the binding as it stands in a scope file in the folder `home`."""
        placed = self.model_copy()
        placed._home = str(home.absolute())  # noqa: SLF001 - its own, of the copy
        return placed

    @property
    def place(self) -> Path:
        """Return where the folder lies."""
        return Path(self._home) / self.folder


EvaluationBinding = Annotated[DataBinding | LareqaBinding | BeirBinding, Field(discriminator="source")]
"""What a dataset may be bound to; `source` says which of them it is."""


def bound_languages(binding: EvaluationBinding) -> tuple[str, ...] | None:
    """Return the languages that a binding names, or None where only the files can tell."""
    return None if isinstance(binding, BeirBinding) else binding.languages


class CountBinding(Record):
    """Files whose contents are counted; always the real ones, whatever the scope."""

    source: Literal["lareqa"]
    part: Name


class Grid(Record):
    """What tuning chooses from: the same for every arm, and doses per base in the order they are tried."""

    learning_rates: tuple[Rate, ...] = Field(min_length=1)
    temperatures: tuple[Rate, ...] = Field(min_length=1)
    doses: dict[Name, tuple[Annotated[int, Field(ge=0)], ...]]
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = Field(min_length=1)
    pilot_seeds: tuple[Annotated[int, Field(ge=0)], ...] = Field(min_length=2)


class Regime(Record):
    """Where a stand-in must lie: Cr/Mo MAP of x-x-mono in [low, high], rank distance below `most` of chance."""

    low: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]
    most: Annotated[float, Field(gt=0)] = 0.25
    paper: float


class Chosen(Record):
    """What tuning chose for one base: its dose and, per arm, learning rate and temperature."""

    dose: Annotated[int, Field(ge=0)]
    arms: dict[Name, tuple[Rate, Rate]]


class Scope(Record):
    """One YAML file that binds bases, datasets, training data, settings and numbers of seeds.

    `settings` are the fixed budget and the grid's middle point. `tuning` names results of tuning
    that lie beside the scope file (`<tuning>.tuning.json`); `chosen` and `pilot` come from there,
    never from the file itself.
    """

    schema_: Literal["urn:harness:scope:1"] = Field(alias="schema")
    name: Name
    scale: Literal["reduced", "full"]
    sentence: Text
    bases: dict[Name, Recipe]
    datasets: dict[Name, EvaluationBinding]
    counted: dict[Name, CountBinding] = Field(default_factory=dict)
    training: TrainingBinding
    pretraining: TrainingBinding
    validation: TrainingBinding | None = None
    settings: Settings
    chosen_by: Text
    regimes: dict[Name, Regime] = Field(default_factory=dict)
    grid: Grid | None = None
    chosen: dict[Name, Chosen] = Field(default_factory=dict)
    pilot: tuple[Components, ...] = ()
    tuning: Name | None = None
    folds: Annotated[int, Field(ge=0)] = 0
    seeds: dict[ClaimId, Positive]
    seeds_otherwise: Positive
    control_seeds: Positive = 5
    script_seconds: Positive = 60
    cell_seconds: Positive = 600

    def beside(self, home: Path) -> Scope:
        """Return the scope as it stands in a file in the folder `home`, from which its folders are named."""
        placed = {
            name: binding.beside(home) if isinstance(binding, BeirBinding) else binding
            for name, binding in self.datasets.items()
        }
        return self.model_copy(update={"datasets": placed})

    def side(self, dataset: str) -> Side:
        """Return what the encoders that a dataset tests are made of; its validation split goes by its side's name.

        Raises:
            ValueError: the other real set is to train encoders that no real set tests; scope files that say so
                are refused when they are read.
        """
        tested = dataset.removeprefix(f"{VALIDATION}-")
        bound = self.datasets.get(tested)
        part = bound.part if isinstance(bound, LareqaBinding) else None
        return Side(
            name=tested if isinstance(self.training, OtherBinding) else "",
            training=_of_side(self.training, part),
            pretraining=_of_side(self.pretraining, part),
            validation=None if self.validation is None else _of_side(self.validation, part),
        )

    def sides(self) -> tuple[Side, ...]:
        """Return each side of the datasets once; at least one."""
        if not isinstance(self.training, OtherBinding):
            return (self.side(""),)
        return tuple(self.side(dataset) for dataset in self.datasets)

    def seeds_of(self, claim: str) -> int:
        """Return the number of seeds that a claim's arms are trained with."""
        return self.seeds.get(claim, self.seeds_otherwise)

    def question(self) -> str:
        """Return the digest of what tuning is asked: everything of a scope that its results depend on."""
        asked = ("bases", "training", "pretraining", "validation", "settings", "regimes", "grid")
        plain = self.plain()
        return digest({key: plain[key] for key in asked})

    def recipe_of(self, base: str) -> Recipe:
        """Return a base's recipe with the dose that tuning chose, where it did."""
        recipe, chosen = self.bases[base], self.chosen.get(base)
        return recipe if chosen is None else recipe.model_copy(update={"dose": chosen.dose})

    def settings_of(self, base: str, sampling: str) -> Settings:
        """Return an arm's settings on a base; `sampling` is `x-x-mono`, `x-y` or `hybrid`, whatever its alpha."""
        chosen = self.chosen.get(base)
        if chosen is None or sampling not in chosen.arms:
            return self.settings
        learning_rate, temperature = chosen.arms[sampling]
        return self.settings.model_copy(update={"learning_rate": learning_rate, "temperature": temperature})


def taught_languages(binding: SideBinding) -> tuple[str, ...]:
    """Return the languages that a side is trained in: those bound, of a real set those that it has."""
    if isinstance(binding, DataBinding):
        return binding.languages
    return tuple(language for language in binding.languages if language in REAL_LANGUAGES[binding.part])


def _of_side(binding: DataBinding | OtherBinding, tested: RealPart | None) -> SideBinding:
    if isinstance(binding, DataBinding):
        return binding
    if tested is None:
        msg = "expected a real set that is tested by what the other one trains, found none"
        raise ValueError(msg)
    return binding.tested_on(tested)
