"""Verdicts arranged for the page: which check stands for a claim, what is drawn beside it.

Rule: a view holds a verdict, the quotations from it and the drawings of it; it adds no number.
Languages stand in order of what the check found there, the one that speaks most against it first.
An untested claim shows no effect: what one of its checks found is not what the claim came to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from harness.report.figures import places
from harness.report.forests import ENTITIES, Forest, claimed_effect, contrast_forest, effects_forest
from harness.report.line import composite_words, counted, deciding, main_check
from harness.report.quote import Quoted

if TYPE_CHECKING:
    from markupsafe import Markup

    from harness.records.attack import ProbeResult
    from harness.records.ruling import Floor, Ruling
    from harness.records.verdict import Verdict

MEASURE_UNITS = {"rank-distance": "ranks"}
LOWER_IS_CLAIMED = frozenset({"below", "comparable-or-below", "reduced-by"})
NOT_HERE = "does not apply"
Links = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CheckView:
    """One ruling: its place among the verdict's checks and what is drawn of it.

    `languages` are the places of the slices by language, the least favourable first. `main` tells
    whether the claim's first line speaks of it.
    """

    index: int
    ruling: Ruling
    quoted: Quoted
    contrast: Forest
    languages: tuple[int, ...]
    main: bool

    @property
    def places(self) -> int:
        """Return the decimals of the contrast; one more than in the table, for readers who compute with it."""
        return places(self.ruling.low, self.ruling.high) + 1

    @property
    def effect_places(self) -> int:
        """Return the decimals of the effect in percent."""
        effect = self.ruling.effect
        return places(effect.low, effect.high) if effect else 0

    @property
    def unit(self) -> str:
        """Return the unit of the contrast."""
        return MEASURE_UNITS.get(self.ruling.measure or "", "")

    @property
    def composite(self) -> bool:
        """Tell whether the check says something that is no effect in percent."""
        return self.ruling.effect is None and bool(composite_words(self.ruling))

    @property
    def hides_against(self) -> bool:
        """Tell whether the worst language lies wholly on the other side, adjusted over the languages."""
        worst = self.ruling.slices[self.languages[0]] if self.languages else None
        return worst is not None and worst.p_against is not None and worst.p_against <= 0.025  # noqa: PLR2004

    def claimed(self, base: str) -> Markup:
        """Quote the paper's effect for a base."""
        return claimed_effect(self.quoted, self.ruling, ("effect", "claimed", base))


class Probed(NamedTuple):
    """A probe with its place: number of the attacker, number among its probes."""

    attacker: int
    number: int
    probe: ProbeResult


@dataclass(frozen=True)
class ClaimView:
    """One verdict on the page. `links` are pairs of words and address, relative to the page."""

    verdict: Verdict
    quoted: Quoted
    effects_drawn: Forest
    checks: tuple[CheckView, ...]
    links: Links
    plates: Links = ()

    @property
    def anchor(self) -> str:
        """Return the name by which addresses lead here."""
        return f"{self.verdict.claim}.{self.verdict.scope}"

    @property
    def counts(self) -> tuple[int, int] | None:
        """Return (equal counts, all counts) where the main check counts, else None."""
        return counted(self.verdict)

    @cached_property
    def effects(self) -> tuple[CheckView, ...]:
        """Return the main check's rulings that have an effect in percent, of a claim that was tested."""
        return tuple(check for check in self.checks if self._told and check.main and check.ruling.effect)

    @cached_property
    def composites(self) -> tuple[CheckView, ...]:
        """Return the main check's rulings that say something else than an effect in percent."""
        return tuple(check for check in self.checks if self._told and check.main and check.composite)

    @property
    def _told(self) -> bool:
        return self.verdict.outcome != "untested"

    @cached_property
    def decided(self) -> int | None:
        """Return the place of the check that decided, where the main one came out otherwise."""
        return deciding(self.verdict) if self._told else None

    @property
    def of_encoders(self) -> bool:
        """Tell whether encoders stand behind the verdict, or should; counts have none to be fit."""
        return any(check.ruling.relation != "equals" for check in self.checks)

    @property
    def failed(self) -> tuple[int, ...]:
        """Return the places of the controls that failed."""
        return tuple(at for at, control in enumerate(self.verdict.controls) if not control.passed)

    @property
    def unseen(self) -> tuple[int, ...]:
        """Return the places, in `reach`, of languages that no arm was trained on."""
        seen = {language for one in self.verdict.exposure for language in one.languages}
        return tuple(at for at, one in enumerate(self.verdict.reach) if seen and one.language not in seen)

    @cached_property
    def probes(self) -> tuple[Probed, ...]:
        """Return all probes that applied."""
        return tuple(
            Probed(number, at, probe)
            for number, attacker in enumerate(self.verdict.red_team.attackers)
            for at, probe in enumerate(attacker.probes)
            if probe.detail != NOT_HERE
        )

    @property
    def alarms(self) -> tuple[Probed, ...]:
        """Return the probes that succeeded or crashed: what a reader must see."""
        return tuple(one for one in self.probes if one.probe.succeeded is not False)

    @property
    def floors(self) -> tuple[tuple[int, int, Floor], ...]:
        """Return the floors that were not reached, each once; if all were, the one that was nearest to being missed.

        With each go the places of its check and its own, since many checks compare the same arms.
        """
        found = {
            floor: (check.index, at, floor) for check in self.checks for at, floor in enumerate(check.ruling.floors)
        }
        missed = tuple(told for floor, told in found.items() if not floor.reached)
        return missed or tuple(sorted(found.values(), key=lambda told: told[2].value - told[2].lexical)[:1])

    @property
    def reached(self) -> int | None:
        """Return the place, in `reach`, of the language that training touched least of those it was trained on."""
        shown = [at for at in range(len(self.verdict.reach)) if at not in self.unseen]
        return min(shown, key=lambda at: self.verdict.reach[at].rows, default=None)

    @property
    def leaks(self) -> tuple[str, ...]:
        """Return the attempts of the seal's test of itself that were not blocked."""
        return tuple(name for name, came in self.verdict.seal.self_test.items() if not came.startswith("blocked"))

    @property
    def judged(self) -> tuple[CheckView, ...]:
        """Return the checks whose statistics there are to show."""
        return tuple(check for check in self.checks if check.ruling.df is not None)

    @property
    def datasets(self) -> tuple[str, ...]:
        """Return the data sets of the checks."""
        return tuple(dict.fromkeys(check.ruling.dataset for check in self.checks))

    @property
    def cites(self) -> tuple[tuple[tuple[str, ...], CheckView, tuple[str, ...]], ...]:
        """Return what checks cite, each thing once: checks that do, the first of them, cells with their print."""
        found: dict[tuple[str, ...], list[CheckView]] = {}
        for check in self.checks:
            if check.ruling.claimed:
                found.setdefault(_cells(check.ruling), []).append(check)
        return tuple(
            (tuple(f"{one.ruling.id} on {one.ruling.dataset}" for one in own), own[0], cells)
            for cells, own in found.items()
        )

    @property
    def exposures(self) -> tuple[tuple[tuple[str, ...], int], ...]:
        """Return each exposure once: the bases that had it, and the place of the first of them."""
        found: dict[tuple[object, ...], list[int]] = {}
        for at, one in enumerate(self.verdict.exposure):
            same = (one.sampling, one.updates, one.monolingual_pairs, one.crosslingual_pairs, one.languages)
            found.setdefault(same, []).append(at)
        return tuple((tuple(self.verdict.exposure[at].base for at in own), own[0]) for own in found.values())

    @property
    def unsettled(self) -> tuple[CheckView, ...]:
        """Return the required checks that stand between the claim and its support."""
        return tuple(check for check in self.checks if check.ruling.required is True and _open(check.ruling))


def _cells(ruling: Ruling) -> tuple[str, ...]:
    """Return what is claimed of each base, every cell followed by what it prints."""
    told = ([_printed(cell, ruling) for cell in said.split(" - ")] for said in ruling.claimed.values())
    return tuple(f"{base} {' less '.join(cells)}" for base, cells in zip(ruling.claimed, told, strict=True))


def _printed(cell: str, ruling: Ruling) -> str:
    return f"{cell} ({ruling.cited[cell]})" if cell in ruling.cited else cell


def _open(ruling: Ruling) -> bool:
    return ruling.outcome != "supported"


def claim_view(verdict: Verdict, links: Links = (), plates: Links = ()) -> ClaimView:
    """Arrange one verdict; `plates` are the measurements that it rests on."""
    quoted = Quoted(f"{verdict.claim}.{verdict.scope}", verdict.plain())
    main = main_check(verdict)
    checks = tuple(_check(index, verdict, quoted, main=index in main) for index in range(len(verdict.checks)))
    drawn = effects_forest(quoted, verdict)
    return ClaimView(verdict, quoted, effects_drawn=drawn, checks=checks, links=links, plates=plates)


def _check(index: int, verdict: Verdict, quoted: Quoted, *, main: bool) -> CheckView:
    ruling = verdict.checks[index]
    own = quoted.inside("checks", index)
    return CheckView(
        index=index,
        ruling=ruling,
        quoted=own,
        contrast=contrast_forest(own, verdict, ruling, entities=main) if ruling.required is True else Forest(()),
        languages=_languages(ruling),
        main=main,
    )


def _languages(ruling: Ruling) -> tuple[int, ...]:
    """Return the places of slices by language, the least favourable to the check first."""
    sign = -1 if ruling.relation in LOWER_IS_CLAIMED else 1
    places_of = [number for number, one in enumerate(ruling.slices) if one.name not in ENTITIES]
    return tuple(sorted(places_of, key=lambda number: sign * ruling.slices[number].estimate))
