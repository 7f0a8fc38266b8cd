"""Released encoders that scripts load: found, encoded with, and heard like any other vectors.

    (1) find each encoder, its folder relative to the script's
    (2) encode what the store lacks, behind the run's walls
    (3) hand their keys on, so that the court admits and ranks them

No check names a released encoder, so no ruling rests on one. A claim whose script asks for one that
cannot be had is as little measured as one whose training failed. Cost: an encoder's files are read for
their digest when the run is planned, and once more before it is encoded with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from harness.engine.encoding import Encoder, Texts, Wanted
from harness.engine.models import find_model
from harness.errors import (
    CellError,
    EntryDamaged,
    FileFaults,
    HarnessError,
    ResourceMissing,
    ScriptError,
    UsageError,
)
from harness.planner import EVALUATE_SOURCE, source_digest
from harness.records.verdict import ReleasedVectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from harness.engine.models import Model
    from harness.planner import Planned
    from harness.records.asked import EncodeReleased
    from harness.verify.job import Job
    from harness.verify.texts import Texts as AllTexts

MEND_FOLDER = "put the encoder's whole folder there, its weights as safetensors"
MEND_CACHE = "pytest claims/ --cache always"


@dataclass(slots=True)
class Released:
    """The released encoders of one run.

    `stated` are those of a verdict that is replayed: it says what they were, and nothing is looked for.
    """

    job: Job
    texts: AllTexts
    versions: Mapping[str, str]
    stated: Sequence[ReleasedVectors] | None = None
    _models: dict[tuple[Path, str], Model | HarnessError] = field(default_factory=dict)

    def problem(self, planned: Planned) -> HarnessError | None:
        """Return what is wrong with an encoder that a claim's script loads, or with loading one there at all."""
        each = wanted(planned)
        if each and (planned.asked is None or not planned.asked.retrievals or planned.file.claim.kind == "counted"):
            return ScriptError(
                f"{planned.file.script}: expected released encoders beside trained ones that are measured, found "
                f"{each[0].encoder.model} without any"
            )
        if self.stated is not None:
            return None
        found = (self._model(planned, request) for request in each)
        return next((one for one in found if isinstance(one, HarnessError)), None)

    def vectors(self, planned: Planned) -> tuple[ReleasedVectors, ...]:
        """Return what a claim's script has encoded with released encoders; nothing of a claim with a problem."""
        if self.stated is not None:
            return tuple(self.stated)
        each = [] if planned.problem is not None else wanted(planned)
        return tuple(self._vectors(request, self._model(planned, request)) for request in each)

    def encode(self, claims: Sequence[Planned]) -> dict[str, HarnessError]:
        """Make what the store lacks; return why what is still lacking could not be made, by its key."""
        failed: dict[str, HarnessError] = {}
        done: set[str] = set()
        for planned in claims:
            each = [] if planned.problem is not None else wanted(planned)
            for request, one in zip(each, self.vectors(planned), strict=True):
                if one.vectors not in done and not self._whole(one.vectors):
                    try:
                        self._encode(planned, request, one)
                    except HarnessError as error:
                        failed[one.vectors] = error
                    except OSError as error:
                        failed[one.vectors] = CellError(one.model, str(error))
                done.add(one.vectors)
        return failed

    def _whole(self, key: str) -> bool:
        """Tell whether vectors are kept as they were made; what is damaged is set aside, to be made again."""
        if self.job.cache == "only-cache":
            return self.job.store.has(key)
        try:
            return self.job.store.find(key) is not None
        except EntryDamaged:
            self.job.store.set_aside(key)
            return False

    def _encode(self, planned: Planned, request: EncodeReleased, planned_as: ReleasedVectors) -> None:
        """Encode with what the encoder's folder holds now, which has to be what the run was planned with."""
        if self.job.cache == "only-cache":
            raise ResourceMissing(
                f"vectors of {request.dataset} by {planned_as.model} are not in the store", MEND_CACHE
            )
        model = _found(request.encoder.model, planned.file.script.parent)
        if isinstance(model, HarnessError):
            raise model
        if model.digest != planned_as.digest:
            raise CellError(model.named, "expected its files as the run was planned with them, found them changed")
        sha256, texts = self.texts.digests[request.dataset], self.texts.datasets[request.dataset].texts
        data = self.texts.files[sha256].read_bytes()
        handed = Texts(data, sha256, len(texts.queries) + len(texts.passages))
        self._encoder(request).encode(model, handed, Wanted(threads=self.job.workers))

    def _vectors(self, request: EncodeReleased, model: Model | HarnessError) -> ReleasedVectors:
        if isinstance(model, HarnessError):
            raise model
        key = self._encoder(request).key(model, self.texts.digests[request.dataset], Wanted())
        return ReleasedVectors(model=model.named, dataset=request.dataset, digest=model.digest, vectors=key)

    def _encoder(self, request: EncodeReleased) -> Encoder:
        made_with = {"source": source_digest(EVALUATE_SOURCE), "versions": dict(self.versions)}
        return Encoder(self.job.store, self.job.enclosure, made_with, partial(self._tell, request))

    def _tell(self, request: EncodeReleased, done: int, total: int) -> None:
        if done == total:
            self.job.tell(f"{request.encoder.model} on {request.dataset}: {total} texts encoded")

    def _model(self, planned: Planned, request: EncodeReleased) -> Model | HarnessError:
        """Return an encoder as the run was planned with it, or why there is none; each is read once for that."""
        home, named = planned.file.script.parent, request.encoder.model
        if (home, named) not in self._models:
            self._models[home, named] = _found(named, home)
        return self._models[home, named]


def wanted(planned: Planned) -> list[EncodeReleased]:
    """Return what a script wants encoded with released encoders and measured, each once."""
    retrievals = planned.asked.released if planned.asked else ()
    return list(dict.fromkeys(retrieval.vectors for retrieval in retrievals))


def _found(named: str, home: Path) -> Model | HarnessError:
    try:
        return find_model(named, home=home)
    except (UsageError, FileFaults) as error:
        return ResourceMissing(str(error), MEND_FOLDER)
    except HarnessError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a name or folder may be anything; it is this claim's problem alone
        return ResourceMissing(f"{named}: {type(error).__name__}: {error}", MEND_FOLDER)
