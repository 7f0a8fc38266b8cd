"""Which language pairs no cross-lingual batch may hold, fold by fold (claims, c14).

Rule: the languages, sorted, play a round-robin tournament by the circle method: the first stays,
the others move on by one place per round, and who stands opposite plays; with an odd number one
sits out each round. Round r belongs to fold r mod folds. So every unordered pair is withheld in
exactly one fold, and in one fold a language loses at most one partner per round of that fold:
nine languages and three folds withhold twelve pairs each and take two or three partners from
every language.

Cost: one pass over the pairs. Source of the method: Kirkman's tournament (1847).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.record import Language

    Pair = tuple[Language, Language]

LEAST_PARTNERS = 4
"""With fewer, a language's cross-lingual batches would differ in more than the pairs withheld."""

MONOLINGUAL = frozenset({"x-x-mono", "hybrid@1"})
"""Arms without a cross-lingual batch: withholding pairs from them changes nothing."""


def held_out(label: str, fold: int | None) -> int | None:
    """Return the fold that an arm is trained without, where it is measured on the pairs of `fold`."""
    return None if label in MONOLINGUAL else fold


def withheld_pairs(languages: Sequence[Language], folds: int, fold: int) -> tuple[Pair, ...]:
    """Return the unordered pairs of one fold, each in alphabetical order, sorted.

    Raises:
        UsageError: a language twice, no such fold, or a language left with fewer than
            LEAST_PARTNERS partners in this fold.
    """
    if not 0 <= fold < folds:
        raise UsageError(f"expected a fold of 0..{folds - 1}, found {fold}" if folds else f"no folds, found {fold}")
    if len(set(languages)) != len(languages):
        raise UsageError(f"expected each language once, found {', '.join(languages)}")
    rounds = _rounds(sorted(languages))
    pairs = sorted(pair for number, played in enumerate(rounds) if number % folds == fold for pair in played)
    _refuse_lonely(languages, pairs, folds, fold)
    return tuple(pairs)


def fold_of_pairs(languages: Sequence[Language], folds: int) -> dict[Pair, int]:
    """Return in which fold each unordered pair (in alphabetical order) is withheld.

    Raises:
        UsageError: as `withheld_pairs`, of any fold.
    """
    return {pair: fold for fold in range(folds) for pair in withheld_pairs(languages, folds, fold)}


def _rounds(languages: list[Language]) -> list[list[Pair]]:
    """Return the tournament's rounds; every pair plays in exactly one of them."""
    circle: list[Language | None] = [*languages, None] if len(languages) % 2 else [*languages]
    rounds = []
    for _ in range(len(circle) - 1):
        opposite = zip(circle[: len(circle) // 2], reversed(circle), strict=False)
        rounds.append([(min(a, b), max(a, b)) for a, b in opposite if a is not None and b is not None])
        circle = [circle[0], circle[-1], *circle[1:-1]]
    return rounds


def _refuse_lonely(languages: Sequence[Language], pairs: Sequence[Pair], folds: int, fold: int) -> None:
    lost = Counter(language for pair in pairs for language in pair)
    for language in sorted(languages):
        partners = len(languages) - 1 - lost[language]
        if partners < LEAST_PARTNERS:
            raise UsageError(
                f"expected every language to keep at least {LEAST_PARTNERS} partners, found {partners} for {language} "
                f"in fold {fold} of {folds} over {len(languages)} languages; train on more languages or make more folds"
            )
