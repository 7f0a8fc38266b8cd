"""Oracles: the words of each call's error; what was asked, listed by hand; the types of what comes back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import ScriptError
from harness.lab.bench import CALLS, NAMES, Bench, Encoder, Loaded, Pairs, Vectors
from harness.records.asked import (
    BenchView,
    CountRequest,
    EmitRequest,
    EncodeReleased,
    EncodeRequest,
    LoadRequest,
    RetrieveReleased,
    RetrieveRequest,
    TrainRequest,
)
from harness.records.training import arm

PLENTY = settings(derandomize=True, deadline=None, max_examples=100)
VIEW = BenchView(
    bases=("xlm-r", "labse"),
    samplings=("x-x-mono", "hybrid"),
    seeds=(1, 2),
    datasets=("xquad-r", "mlqa-r"),
    folds=3,
)


def bench(folds: int = VIEW.folds) -> Bench:
    return Bench(VIEW.model_copy(update={"folds": folds}))


def encoder(of: Bench) -> Encoder:
    return of.train("xlm-r", sampling="hybrid", seed=1)


def test_exact_the_bench_shows_the_names_of_its_view() -> None:
    shown = bench()
    assert (shown.bases, shown.samplings, shown.seeds, shown.datasets, shown.folds) == (
        ("xlm-r", "labse"),
        ("x-x-mono", "hybrid"),
        (1, 2),
        ("xquad-r", "mlqa-r"),
        (0, 1, 2),
    )
    assert bench(folds=0).folds == ()
    for name in NAMES:
        with pytest.raises(AttributeError):
            setattr(shown, name, (1, 2, 3))


def test_exact_requests_are_recorded_once_and_in_order() -> None:
    asked = bench()
    for _ in range(2):
        vectors = asked.encode(encoder(asked), "xquad-r")
        asked.retrieve(vectors, setting="monolingual")
        asked.retrieve(vectors, setting="multilingual")
        asked.count("mlqa-r", "queries-zh")
        asked.emit("ratio", 2)
    encoder(asked)
    train = TrainRequest(base="xlm-r", arm=arm("hybrid"), seed=1)
    encode = EncodeRequest(encoder=train, dataset="xquad-r")
    assert asked.asked().requests == (
        train,
        encode,
        RetrieveRequest(vectors=encode, setting="monolingual"),
        RetrieveRequest(vectors=encode, setting="multilingual"),
        CountRequest(dataset="mlqa-r", what="queries-zh"),
        EmitRequest(name="ratio", value=2.0),
    )


def test_exact_released_encoders_are_asked_for_in_words_of_their_own() -> None:
    asked = bench()
    for name in ("sentence-transformers/LaBSE", "../models/mine"):
        asked.retrieve(asked.encode(asked.load(name), "mlqa-r"), setting="multilingual")
    loads = [LoadRequest(model=name) for name in ("sentence-transformers/LaBSE", "../models/mine")]
    encodes = [EncodeReleased(encoder=load, dataset="mlqa-r") for load in loads]
    retrieves = [RetrieveReleased(vectors=encode, setting="multilingual") for encode in encodes]
    assert asked.asked().requests == tuple(
        request for three in zip(loads, encodes, retrieves, strict=True) for request in three
    )
    assert asked.asked().released == tuple(retrieves)
    assert asked.asked().retrievals == ()


def held_out(of: Bench, fold: int = 1, sampling: str = "hybrid") -> Vectors:
    trained = of.train("xlm-r", sampling=sampling, seed=1, held_out_pairs=of.withheld_pairs(fold))
    return of.encode(trained, "xquad-r")


def test_exact_pairs_are_withheld_from_trainings_and_kept_in_retrievals() -> None:
    asked = bench()
    asked.retrieve(held_out(asked), setting="crosslingual", pairs=asked.withheld_pairs(1))
    mono = asked.encode(asked.train("xlm-r", sampling="x-x-mono", seed=1), "xquad-r")
    for fold in asked.folds:
        asked.retrieve(mono, setting="crosslingual", pairs=asked.withheld_pairs(fold))
    train = TrainRequest(base="xlm-r", arm=arm("hybrid"), seed=1, held_out=1)
    encode = EncodeRequest(encoder=train, dataset="xquad-r")
    plain = EncodeRequest(encoder=TrainRequest(base="xlm-r", arm=arm("x-x-mono"), seed=1), dataset="xquad-r")
    assert asked.asked().requests == (
        train,
        encode,
        RetrieveRequest(vectors=encode, setting="crosslingual", fold=1),
        plain.encoder,
        plain,
        *(RetrieveRequest(vectors=plain, setting="crosslingual", fold=fold) for fold in range(3)),
    )


@pytest.mark.parametrize(
    ("sampling", "alpha", "label"),
    [
        ("x-x-mono", None, "x-x-mono"),
        ("x-y", None, "x-y"),
        ("hybrid", None, "hybrid"),
        ("hybrid", 0.5, "hybrid"),
        ("hybrid", 0.25, "hybrid@0.25"),
        ("hybrid", 1, "hybrid@1"),
        ("hybrid@0.4", None, "hybrid@0.4"),
    ],
)
def test_exact_arms(sampling: str, alpha: float | None, label: str) -> None:
    asked = bench().train("labse", sampling=sampling, seed=2, alpha=alpha)
    assert asked.request.arm == arm(label)


def numbers_in(value: object) -> list[float]:
    """Return the numbers that a script can read off a handle's own attributes."""
    return [item for name in dir(value) if isinstance(item := getattr(value, name), (int, float))]


def test_theory_no_call_returns_a_number() -> None:
    asked = bench()
    trained = encoder(asked)
    vectors = asked.encode(trained, "xquad-r")
    assert (type(trained), type(vectors)) == (Encoder, Vectors)
    assert numbers_in(trained) == numbers_in(vectors) == []
    for handle in (trained, vectors):
        assert not hasattr(handle, "__len__")
        with pytest.raises(TypeError):
            float(handle)  # type: ignore[arg-type]  # a script may try
    assert asked.retrieve(vectors, setting="monolingual") is None  # type: ignore[func-returns-value]  # the promise
    assert asked.count("xquad-r", "queries") is None  # type: ignore[func-returns-value]
    assert asked.emit("n", 1) is None  # type: ignore[func-returns-value]


class EqualToAll:
    """Claims to be equal to whatever it is compared with."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("xlm-r")


BAD: list[tuple[str, Callable[[Any], object], str]] = [
    ("base", lambda b: b.train("bert", sampling="hybrid", seed=1), "train: expected a base .*xlm-r, labse.*'bert'"),
    ("base that equals all", lambda b: b.train(EqualToAll(), sampling="hybrid", seed=1), "train: expected a base"),
    ("base as a list", lambda b: b.train(["xlm-r"], sampling="hybrid", seed=1), "train: expected a base"),
    ("seed", lambda b: b.train("xlm-r", sampling="hybrid", seed=3), r"train: expected a seed .*\(1, 2\), found 3"),
    ("seed True", lambda b: b.train("xlm-r", sampling="hybrid", seed=True), "train: expected a seed .*found True"),
    ("seed 1.0", lambda b: b.train("xlm-r", sampling="hybrid", seed=1.0), "train: expected a seed .*found 1.0"),
    ("sampling", lambda b: b.train("xlm-r", sampling="mixed", seed=1), "train: expected one of .*'mixed'"),
    ("no sampling", lambda b: b.train("xlm-r", sampling=None, seed=1), "train: expected a sampling in words"),
    ("odd alpha", lambda b: b.train("xlm-r", sampling="hybrid@x", seed=1), "train: "),
    ("alpha", lambda b: b.train("xlm-r", sampling="hybrid", seed=1, alpha=1.5), "train: expected .*'hybrid@1.5'"),
    ("nan", lambda b: b.train("xlm-r", sampling="hybrid", seed=1, alpha=float("nan")), "train: .*'hybrid@nan'"),
    ("alpha True", lambda b: b.train("xlm-r", sampling="hybrid", seed=1, alpha=True), "train: expected alpha as a num"),
    ("alpha text", lambda b: b.train("xlm-r", sampling="hybrid", seed=1, alpha="0.4"), "train: expected alpha as a nu"),
    ("alpha of x-y", lambda b: b.train("xlm-r", sampling="x-y", seed=1, alpha=0.5), "train: expected alpha with .*x-y"),
    ("alpha twice", lambda b: b.train("xlm-r", sampling="hybrid@0.4", seed=1, alpha=0.3), "train: expected alpha with"),
    ("encode a name", lambda b: b.encode("xlm-r", "xquad-r"), "encode: expected what bench.train returned, found 'xlm"),
    (
        "encode vectors",
        lambda b: b.encode(b.encode(encoder(b), "xquad-r"), "xquad-r"),
        "encode: expected what bench.tr",
    ),
    ("dataset", lambda b: b.encode(encoder(b), "miracl"), "encode: expected a dataset .*'miracl'"),
    ("another bench's", lambda b: b.encode(encoder(bench()), "xquad-r"), "encode: .* of this bench"),
    (
        "made up",
        lambda b: b.encode(Encoder(TrainRequest(base="b", arm=arm("x-y"), seed=9)), "xquad-r"),
        "encode: .*own",
    ),
    (
        "setting",
        lambda b: b.retrieve(b.encode(encoder(b), "xquad-r"), setting="bi"),
        "retrieve: expected a setting .*bi",
    ),
    ("retrieve encoder", lambda b: b.retrieve(encoder(b), setting="monolingual"), "retrieve: expected what bench.enc"),
    ("retrieve None", lambda b: b.retrieve(None, setting="monolingual"), "retrieve: expected what bench.encode .*None"),
    ("fold", lambda b: b.withheld_pairs(3), r"withheld_pairs: expected a fold .*\(0, 1, 2\), found 3"),
    ("fold True", lambda b: b.withheld_pairs(True), "withheld_pairs: expected a fold .*found True"),  # noqa: FBT003
    (
        "pairs of x-x-mono",
        lambda b: held_out(b, sampling="x-x-mono"),
        "train: expected held_out_pairs with an arm that has cross-lingual batches, found x-x-mono, .* train it once",
    ),
    ("pairs of alpha 1", lambda b: held_out(b, sampling="hybrid@1"), "train: .*cross-lingual batches, found hybrid@1"),
    (
        "a fold for pairs",
        lambda b: b.train("xlm-r", sampling="x-y", seed=1, held_out_pairs=0),
        "train: expected held_out_pairs as bench.withheld_pairs returned them, found 0",
    ),
    (
        "pairs of no fold",
        lambda b: b.train("xlm-r", sampling="x-y", seed=1, held_out_pairs=Pairs(7)),
        "train: expected a fold .*found 7",
    ),
    (
        "another fold's pairs",
        lambda b: b.retrieve(held_out(b, 1), setting="crosslingual", pairs=b.withheld_pairs(2)),
        r"retrieve: expected the pairs withheld from this encoder \(fold 1\), found those of fold 2; it was trained",
    ),
    (
        "pairs in another setting",
        lambda b: b.retrieve(held_out(b, 1), setting="multilingual", pairs=b.withheld_pairs(1)),
        "retrieve: expected pairs with setting 'crosslingual' alone, found them with 'multilingual'",
    ),
    ("count dataset", lambda b: b.count("squad", "queries"), "count: expected a dataset .*'squad'"),
    ("count what", lambda b: b.count("xquad-r", "a thing"), "count: expected the name of a thing .*'a thing'"),
    ("count number", lambda b: b.count("xquad-r", 11), "count: expected the name of a thing to count, found 11"),
    ("emit text", lambda b: b.emit("n", "11"), "emit: expected a finite number for 'n', found '11'"),
    ("emit nan", lambda b: b.emit("n", float("nan")), "emit: expected a finite number for 'n', found nan"),
    ("emit inf", lambda b: b.emit("n", float("-inf")), "emit: expected a finite number"),
    ("emit True", lambda b: b.emit("n", value=True), "emit: expected a finite number for 'n', found True"),
    ("emit name", lambda b: b.emit("two words", 1), "emit: expected a name of letters"),
    ("emit huge", lambda b: b.emit("n", 10**400), "emit: expected a finite number"),
    ("each text", lambda b: b.each("x-y"), "each: expected a list of values per axis, found 'x-y'"),
    ("each number", lambda b: b.each((1, 2), 3), "each: expected a list of values per axis, found 3"),
    ("load nothing", lambda b: b.load(""), "load: expected the name or the folder of an encoder, found ''"),
    ("load a number", lambda b: b.load(11), "load: expected the name or the folder of an encoder, found 11"),
    ("load lines", lambda b: b.load("a\nb"), "load: expected the name or the folder"),
    ("load on another set", lambda b: b.encode(b.load("a"), "miracl"), "encode: expected a dataset .*'miracl'"),
    ("another bench's load", lambda b: b.encode(bench().load("a"), "xquad-r"), "encode: .* of this bench"),
    ("made up load", lambda b: b.encode(Loaded(LoadRequest(model="a")), "xquad-r"), "encode: .*bench.load.*own"),
    (
        "pairs of a released encoder",
        lambda b: b.retrieve(b.encode(b.load("a"), "xquad-r"), setting="crosslingual", pairs=b.withheld_pairs(1)),
        "retrieve: expected pairs with a trained encoder, found them with a released one",
    ),
    ("custom", lambda b: b.custom(len), "expected one of bases, .*emit after 'bench.', found 'custom'"),
    ("typing", lambda b: b.sampling, "expected one of .* found 'sampling'"),
]


@pytest.mark.parametrize(("call", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_exact_a_bad_call_says_what_was_expected_and_records_nothing(call: Callable[[Bench], Any], words: str) -> None:
    asked = bench()
    with pytest.raises(ScriptError, match=words):
        call(asked)
    assert not {type(request) for request in asked.asked().requests} & {
        RetrieveRequest,
        RetrieveReleased,
        CountRequest,
        EmitRequest,
    }
    assert all(request.op in {"train", "encode", "load", "encode-released"} for request in asked.asked().requests)


def test_exact_a_scope_without_folds_withholds_nothing() -> None:
    with pytest.raises(ScriptError, match="withheld_pairs: expected a scope that withholds language pairs"):
        bench(folds=0).withheld_pairs(0)


def test_exact_one_name_carries_one_number() -> None:
    asked = bench()
    asked.emit("n", 1)
    asked.emit("n", 1.0)
    with pytest.raises(ScriptError, match="emit: expected one value of 'n', found 1 and 2"):
        asked.emit("n", 2)
    assert asked.asked().emitted == (EmitRequest(name="n", value=1.0),)


def test_exact_only_known_words() -> None:
    assert all(callable(getattr(bench(), call)) for call in CALLS)
    assert not hasattr(bench(), "_anything")


@PLENTY
@given(st.lists(st.lists(st.integers(0, 3), max_size=3), max_size=3))
def test_other_implementation_each_counts_like_nested_loops(axes: list[list[int]]) -> None:
    expected: list[tuple[int, ...]] = [()]
    for axis in axes:
        expected = [(*start, value) for start in expected for value in axis]
    assert list(bench().each(*axes)) == expected


@PLENTY
@given(st.one_of(st.none(), st.text(max_size=5), st.integers(), st.floats(), st.lists(st.integers(), max_size=2)))
def test_theory_whatever_is_handed_in_there_is_a_handle_or_a_script_error(value: Any) -> None:
    asked = bench()
    for call in (
        lambda: asked.train(value, sampling="x-y", seed=1),
        lambda: asked.train("xlm-r", sampling=value, seed=1),
        lambda: asked.train("xlm-r", sampling="x-y", seed=value),
        lambda: asked.train("xlm-r", sampling="hybrid", seed=1, alpha=value),
        lambda: asked.encode(value, "xquad-r"),
        lambda: asked.retrieve(value, setting="monolingual"),
        lambda: asked.train("xlm-r", sampling="hybrid", seed=1, held_out_pairs=value),
        lambda: asked.count(value, "queries"),
        lambda: asked.count("xquad-r", value),
        lambda: asked.emit("n", value),
        lambda: asked.emit(value, 1),
    ):
        answer: object = None
        with suppress(ScriptError):
            answer = call()
        assert answer is None or isinstance(answer, Encoder)
    assert type(asked.asked()).model_validate_json(asked.asked().model_dump_json(by_alias=True)) == asked.asked()
