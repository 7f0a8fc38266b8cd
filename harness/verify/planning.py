"""Steps (1) to (3) of the conductor: what scripts ask for, as cells, each once.

Asks every script in a process of its own, makes the texts that are needed, and plans. A claim whose script,
texts or encoders fail has a plan that says so. Trains nothing.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.court.remembered import remembered
from harness.engine import ask
from harness.errors import HarnessError
from harness.planner import Plan, Planned, Planner, house_requests, package_digest, refuse_unbound, view_of
from harness.records.asked import Asked
from harness.verify.texts import bindings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.claimfile.claims import ClaimFile
    from harness.records.asked import EncodeReleased, EncodeRequest
    from harness.records.scope import Scope
    from harness.verify.job import Job
    from harness.verify.trial import Circumstances

HEAR_EVERY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Planning:
    """From the claims of a job to the plan of its cells."""

    job: Job
    around: Circumstances

    def plan(self) -> Plan:
        """Return what all scripts ask for as cells; makes the texts on the way."""
        claims = self.ask_all()  # (1)
        names = {request.dataset for request in (*_wanted(claims), *self.house(claims))}
        self.around.texts.make(self.job.scope, sorted(names & set(bindings(self.job.scope))))  # (2)
        claims = [self.with_texts(one) for one in claims]
        return self.planner(self.job.scope).plan(claims, self.house(claims))  # (3)

    def planner(self, scope: Scope) -> Planner:
        """Return a planner of cells under this scope, or under one that differs in an arm's settings."""
        return Planner(
            scope, self.around.texts.digests, self.around.lab, self.around.versions, self.job.enclosure.seal.status
        )

    def ask_all(self) -> list[Planned]:
        """Ask every script at once; Ctrl-C ends them all instead of waiting for them."""
        stopped = threading.Event()
        with ThreadPoolExecutor(self.job.workers) as pool:
            try:
                futures = [pool.submit(self.ask, file, stopped) for file in self.job.files]
                # a wait without an end can miss the Ctrl-C that comes just before it: CPython lets another thread
                # clear the flag that would tell this one, and sets it again only when this one wakes
                for future in futures:
                    while not wait([future], timeout=HEAR_EVERY_SECONDS).done:
                        continue
                return [future.result() for future in futures]
            except BaseException:
                stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def ask(self, file: ClaimFile, stopped: threading.Event) -> Planned:
        """Ask one script; what is wrong with it becomes part of its plan."""
        scope = self.job.scope
        try:
            refuse_unbound(file.claim, scope)
            return Planned(file, self.asked(file, stopped))
        except HarnessError as error:
            return Planned(file, None, error)
        except OSError as error:
            return Planned(file, None, HarnessError(f"{file.script}: it could not be asked: {error}"))

    def asked(self, file: ClaimFile, stopped: threading.Event) -> Asked:
        """Return what a script asks for; the same script, shown the same, is not asked again."""
        view, scope = view_of(file.claim, self.job.scope), self.job.scope
        inputs = {
            "operation": "ask",
            "script": file.script_sha256,
            "view": view.plain(),
            "package": package_digest(),
            "seal": self.job.enclosure.seal.status,
        }
        return remembered(
            self.job.store,
            inputs,
            lambda: ask(
                file.script, view, scope.script_seconds, self.job.enclosure, stopped, expected=file.script_sha256
            ),
            Asked.plain,
            lambda told: Asked.model_validate_json(json.dumps(told)),
        )

    def house(self, claims: Sequence[Planned]) -> list[EncodeRequest]:
        """Return what the harness wants for each claim on its own, so that no claim changes another's."""
        return list(dict.fromkeys(request for one in claims for request in house_requests(self.job.scope, [one])))

    def with_texts(self, planned: Planned) -> Planned:
        """Return the claim with a problem, if texts it needs could not be made or an encoder is not there."""
        if planned.problem is None:
            for request in [*_wanted([planned]), *self.house([planned])]:
                error = self.around.texts.failed.get(request.dataset)
                if error is not None:
                    return replace(planned, problem=error)
            return replace(planned, problem=self.around.released.problem(planned))
        return planned


def _wanted(claims: Sequence[Planned]) -> list[EncodeRequest | EncodeReleased]:
    asked = [one.asked for one in claims if one.asked]
    trained = [retrieval.vectors for one in asked for retrieval in one.retrievals]
    return [*trained, *(retrieval.vectors for one in asked for retrieval in one.released)]
