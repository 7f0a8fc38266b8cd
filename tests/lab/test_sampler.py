"""Oracles: the docstring's promises in plain Python; exact and chi-square tests; the sampler itself in other arms."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from datasets import Dataset
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chisquare
from sentence_transformers.base.sampler import DefaultBatchSampler

from harness.lab.pairs import PairRows, question_rows
from harness.lab.sampler import HybridBatchSampler, sampler_for
from harness.records.texts import PairTexts

ALPHAS = (0.0, 0.25, 0.5, 1.0)
PLENTY = settings(derandomize=True, deadline=None, max_examples=60)
NAMES = ("ar", "de", "en", "es", "hi")


def rows_of(spoken: list[set[str]]) -> PairRows:
    """Return the rows of facts, each asked and answered in the languages given for it."""
    cells = [(fact, language) for fact, languages in enumerate(spoken) for language in sorted(languages)]
    return question_rows(
        PairTexts(
            facts=tuple(fact for fact, _ in cells),
            languages=tuple(language for _, language in cells),
            queries=tuple(f"q{fact} {language}" for fact, language in cells),
            passages=tuple(f"p{fact} {language}" for fact, language in cells),
        )
    )


def parallel(facts: int, languages: int) -> PairRows:
    return rows_of([set(NAMES[:languages])] * facts)


def epoch(rows: PairRows, alpha: float, batch_size: int, seed: int, number: int = 0) -> list[list[int]]:
    sampler = HybridBatchSampler(rows, alpha=alpha, batch_size=batch_size, seed=seed)
    sampler.set_epoch(number)
    return list(sampler)


def is_monolingual(rows: PairRows, batch: list[int]) -> bool:
    return rows.query_languages[batch[0]] == rows.passage_languages[batch[0]]


def expected_batches(rows: PairRows, batch_size: int) -> tuple[int, int]:
    """Count, slowly, the monolingual and cross-lingual batches that the written rules allow an epoch."""
    facts_of: dict[str, set[int]] = defaultdict(set)
    often: Counter[int] = Counter()
    for row in range(len(rows)):
        fact = int(rows.facts[row])
        if rows.query_languages[row] == rows.passage_languages[row]:
            facts_of[rows.query_languages[row]].add(fact)
        else:
            often[fact] += 1
    quota = min((len(facts) // batch_size for facts in facts_of.values()), default=0)
    crosslingual = 0
    for number in range(max(often.values(), default=0)):
        crosslingual += sum(1 for count in often.values() if count > number) // batch_size
    return quota * len(facts_of), crosslingual


spoken_facts = st.lists(st.sets(st.sampled_from(NAMES), min_size=1), min_size=1, max_size=25)


@PLENTY
@given(spoken_facts, st.sampled_from(ALPHAS), st.integers(1, 6), st.integers(0, 9), st.integers(0, 3))
def test_theory_every_promise_holds_or_the_rows_are_refused(
    spoken: list[set[str]], alpha: float, batch_size: int, seed: int, number: int
) -> None:
    rows = rows_of(spoken)
    monolingual, crosslingual = expected_batches(rows, batch_size)
    if (alpha > 0 and not monolingual) or (alpha < 1 and not crosslingual):
        with pytest.raises(ValueError, match=f"expected {batch_size} facts"):
            epoch(rows, alpha, batch_size, seed, number)
        return
    batches = epoch(rows, alpha, batch_size, seed, number)
    assert len(batches) == min(count for count in (monolingual, crosslingual) if count)
    used = [row for batch in batches for row in batch]
    assert len(set(used)) == len(used)
    for batch in batches:
        assert len(batch) == batch_size
        assert len({int(rows.facts[row]) for row in batch}) == batch_size
        pairs = {(rows.query_languages[row], rows.passage_languages[row]) for row in batch}
        if is_monolingual(rows, batch):
            assert alpha > 0
            assert len(pairs) == 1
        else:
            assert alpha < 1
            assert all(left != right for left, right in pairs)


@PLENTY
@given(st.integers(4, 20), st.integers(2, 4), st.integers(2, 4), st.integers(0, 99))
def test_itself_arms_share_length_and_draws(facts: int, languages: int, batch_size: int, seed: int) -> None:
    rows = parallel(facts, languages)
    arms = {alpha: epoch(rows, alpha, batch_size, seed) for alpha in ALPHAS}
    assert len({len(batches) for batches in arms.values()}) == 1
    for batches in arms.values():
        drawn = [batch for batch in batches if is_monolingual(rows, batch)]
        assert drawn == arms[1.0][: len(drawn)]
        crossed = [batch for batch in batches if not is_monolingual(rows, batch)]
        assert crossed == arms[0.0][: len(crossed)]


@PLENTY
@given(st.integers(4, 20), st.integers(1, 5), st.integers(2, 4), st.integers(0, 99))
def test_theory_languages_are_balanced_in_each_epoch(facts: int, languages: int, batch_size: int, seed: int) -> None:
    rows = parallel(facts, languages)
    shares = Counter(rows.query_languages[batch[0]] for batch in epoch(rows, 1.0, batch_size, seed))
    assert set(shares) == set(NAMES[:languages])
    assert len(set(shares.values())) == 1


def test_theory_a_larger_language_is_not_drawn_more_often_but_all_of_it_is_reached() -> None:
    rows = rows_of([{"en", "de"}] * 8 + [{"en", "es"}] * 40)
    batches = [batch for number in range(40) for batch in epoch(rows, 1.0, 4, 0, number)]
    shares = Counter(rows.query_languages[batch[0]] for batch in batches)
    assert shares == {"en": 80, "de": 80, "es": 80}
    english = {row for row in range(len(rows)) if rows.query_languages[row] == rows.passage_languages[row] == "en"}
    assert english <= {row for batch in batches for row in batch}


def test_theory_the_first_language_of_an_epoch_is_uniform() -> None:
    rows = parallel(8, 5)
    first = Counter(rows.query_languages[epoch(rows, 1.0, 4, 0, number)[0][0]] for number in range(500))
    assert set(first) == set(NAMES)
    assert chisquare(list(first.values())).pvalue > 0.01


@pytest.mark.parametrize("alpha", [0.25, 0.5, 0.9])
def test_theory_alpha_is_the_share_of_monolingual_batches(alpha: float) -> None:
    rows = parallel(40, 5)
    batches = [batch for number in range(30) for batch in epoch(rows, alpha, 4, 3, number)]
    monolingual = sum(is_monolingual(rows, batch) for batch in batches)
    assert binomtest(monolingual, len(batches), alpha).pvalue > 0.01


def test_theory_ordered_language_pairs_are_uniform_and_mixed_in_crosslingual_batches() -> None:
    rows = parallel(40, 4)
    batches = [batch for number in range(10) for batch in epoch(rows, 0.0, 20, 0, number)]
    pairs = Counter((rows.query_languages[row], rows.passage_languages[row]) for batch in batches for row in batch)
    assert len(pairs) == 12
    assert chisquare(list(pairs.values())).pvalue > 0.01
    mixed = [{(rows.query_languages[row], rows.passage_languages[row]) for row in batch} for batch in batches]
    assert min(len(pairs_of_batch) for pairs_of_batch in mixed) > 3


def test_theory_each_fact_is_trained_on_equally_often_within_an_epoch() -> None:
    rows = parallel(12, 4)
    used = Counter(int(rows.facts[row]) for batch in epoch(rows, 0.0, 4, 0) for row in batch)
    assert max(used.values()) - min(used.values()) <= 1


def test_itself_same_seed_same_epoch_other_seed_other_epoch() -> None:
    rows = parallel(12, 3)
    for alpha in ALPHAS:
        assert epoch(rows, alpha, 4, 5, 2) == epoch(rows, alpha, 4, 5, 2)
        assert epoch(rows, alpha, 4, 5, 2) != epoch(rows, alpha, 4, 5, 3)
        assert epoch(rows, alpha, 4, 5, 2) != epoch(rows, alpha, 4, 6, 2)


def test_exact_facts_that_share_a_text_never_meet() -> None:
    shared = PairTexts(
        facts=(0, 1, 2, 3, 4),
        languages=("en",) * 5,
        queries=tuple(f"question {i}" for i in range(5)),
        passages=("one text", "one text", "two", "three", "four"),
    )
    sampler = HybridBatchSampler(question_rows(shared), alpha=1, batch_size=4, seed=0)
    for number in range(20):
        sampler.set_epoch(number)
        (batch,) = sampler
        assert not {0, 1} <= set(batch)
    with pytest.raises(ValueError, match=r"expected 5 facts in each language .*, found 4 in en"):
        HybridBatchSampler(question_rows(shared), alpha=1, batch_size=5, seed=0)


@pytest.mark.parametrize("alpha", [-0.1, 1.1, float("nan")])
def test_degenerate_alpha_outside_its_range(alpha: float) -> None:
    with pytest.raises(ValueError, match=r"expected alpha in \[0, 1\], found"):
        HybridBatchSampler(parallel(4, 2), alpha=alpha, batch_size=2, seed=0)


def test_degenerate_rows_short_of_what_is_asked() -> None:
    some = rows_of([{"en", "de"}] * 4 + [{"en", "es"}] * 3)
    with pytest.raises(ValueError, match=r"expected 4 facts in each language .*, found 3 in es"):
        HybridBatchSampler(some, alpha=0.5, batch_size=4, seed=0)
    assert len(HybridBatchSampler(some, alpha=0, batch_size=4, seed=0)) == 2  # 7 facts in either of 2 rounds
    alone = rows_of([{"en"}] * 4)
    with pytest.raises(ValueError, match=r"expected 4 facts in two languages .*, found 0"):
        HybridBatchSampler(alone, alpha=0.5, batch_size=4, seed=0)
    assert len(HybridBatchSampler(alone, alpha=1, batch_size=4, seed=0)) == 1


def test_exact_the_factory_takes_only_the_dataset_of_its_rows() -> None:
    rows = parallel(4, 2)
    columns = {"query": list(rows.queries), "passage": list(rows.passages)}
    made = sampler_for(rows, 0.5, 9)(Dataset.from_dict(columns), batch_size=2, drop_last=False, seed=1, generator=None)
    assert isinstance(made, DefaultBatchSampler)
    assert list(made) == epoch(rows, 0.5, 2, 9)
    for wrong in (
        columns | {"language": list(rows.query_languages)},
        dict(reversed(columns.items())),
        {name: texts[:-1] for name, texts in columns.items()},
    ):
        with pytest.raises(ValueError, match="expected a dataset of 16 rows of query, passage, found"):
            sampler_for(rows, 0.5, 9)(Dataset.from_dict(wrong), batch_size=2)


def test_exact_yields_plain_integers_in_lists() -> None:
    (first, *_) = epoch(parallel(4, 2), 0.5, 2, 0)
    assert type(first) is list
    assert {type(row) for row in first} == {int}
