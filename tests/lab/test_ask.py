"""Oracles: scripts that go wrong in one named way each, run as the engine runs them: a process of their own."""

from __future__ import annotations

import importlib.util
import json
import os
import py_compile
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import harness.script
from harness.errors import ScriptError
from harness.lab.ask import answer, ask
from harness.records.asked import Asked, BenchView

VIEW = BenchView(bases=("xlm-r",), samplings=("x-y",), seeds=(1, 2), datasets=("xquad-r",))
GOOD = """
from harness.script import run


def reproduce(bench):
    for seed in bench.seeds:
        encoder = bench.train("xlm-r", sampling="x-y", seed=seed)
        bench.retrieve(bench.encode(encoder, "xquad-r"), setting="crosslingual")


if __name__ == "__main__":
    run(__file__)
"""


def write(folder: Path, source: str | bytes) -> Path:
    script = folder / "c99_script.py"
    script.write_bytes(source if isinstance(source, bytes) else source.encode())
    return script


def told(script: Path) -> dict[str, Any]:
    return answer({"script": str(script), "shown": str(script), "view": VIEW.plain()})


def in_a_process(script: Path, more: str = "") -> subprocess.CompletedProcess[str]:
    """Return what became of the real process."""
    order = {"script": str(script), "shown": "shown.py", "view": VIEW.plain()}
    program = ["-c", f"from harness.lab import ask; ask.main(); {more}"] if more else ["-m", "harness.lab.ask"]
    return subprocess.run(
        [sys.executable, *program],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=script.parent,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )


def test_exact_a_good_script(tmp_path: Path) -> None:
    asked = ask(write(tmp_path, GOOD), VIEW)
    assert len(asked.requests) == 6
    assert [retrieval.vectors.encoder.seed for retrieval in asked.retrievals] == [1, 2]
    assert harness.script.run.__module__ == "harness.script"


def test_exact_the_process_prints_its_answer_alone_without_torch_or_numpy(tmp_path: Path) -> None:
    script = write(tmp_path, GOOD + "\nprint('hello from the script')\n")
    heavy = "import sys; print(sorted({'torch', 'numpy', 'sentence_transformers', 'pandas'} & set(sys.modules)))"
    done = in_a_process(script, heavy)
    assert done.returncode == 0
    assert done.stderr.splitlines() == ["hello from the script", "[]"]
    answered = json.loads(done.stdout)
    assert Asked.model_validate_json(json.dumps(answered["asked"])) == ask(script, VIEW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c99_script.py"]


WRONG = [
    ("raises", "def reproduce(bench):\n    x = 1\n    raise KeyError('gone')\n", "{script}:3: KeyError: 'gone'"),
    (
        "raises below",
        "def f():\n    1 / 0\n\ndef reproduce(bench):\n    f()\n",
        "{script}:2: ZeroDivisionError: division",
    ),
    (
        "raises on import",
        "import nothing_of_this_name\n",
        "{script}:1: ModuleNotFoundError: No module named 'nothing_of",
    ),
    ("syntax", "def reproduce(bench):\n    for\n", "{script}:2: SyntaxError: invalid syntax"),
    (
        "other syntax",
        "def reproduce(bench):\n    compile('for', 'far.py', 'exec')\n",
        "{script}:2: SyntaxError: invalid",
    ),
    ("indentation", "def reproduce(bench):\n  x = 1\n    y = 2\n", "{script}:3: IndentationError: unexpected indent"),
    ("no UTF-8", b"def reproduce(bench):\n    '\xff'\n", "{script}"),
    ("null byte", b"x = 1\0\n", "{script}"),
    ("empty", "", "{script}: expected a function reproduce(bench), found none; add it"),
    ("not a function", "reproduce = 3\n", "{script}: expected a function reproduce(bench), found none"),
    ("asks nothing", "def reproduce(bench):\n    pass\n", "{script}: expected reproduce(bench) to ask for something"),
    (
        "generator",
        "def reproduce(bench):\n    yield bench\n",
        "{script}: expected reproduce(bench) to ask for something",
    ),
    ("no argument", "def reproduce():\n    pass\n", "{script}: TypeError: reproduce() takes 0 positional"),
    ("exits", "import sys\ndef reproduce(bench):\n    sys.exit(0)\n", "{script}:3: SystemExit: 0"),
    ("interrupts", "def reproduce(bench):\n    raise KeyboardInterrupt\n", "{script}:2: KeyboardInterrupt"),
    ("recursion", "def reproduce(bench):\n    reproduce(bench)\n", "{script}:2: RecursionError: maximum recursion"),
    (
        "runs itself",
        "from harness.script import run\nrun(__file__)\n",
        "{script}:2: expected run(__file__) below `if __na",
    ),
    (
        "bad base",
        "def reproduce(bench):\n    bench.train('b', sampling='x-y', seed=1)\n",
        "{script}:2: train: expected a",
    ),
    (
        "bad word",
        "def reproduce(bench):\n\n    bench.custom('x')\n",
        "{script}:3: expected one of bases, samplings, seeds",
    ),
    ("bad keyword", "def reproduce(bench):\n    bench.train('xlm-r')\n", "{script}:2: TypeError: "),
    (
        "reads a handle",
        "def reproduce(b):\n    b.train('xlm-r', sampling='x-y', seed=1) > 1\n",
        "{script}:2: TypeError: ",
    ),
    ("stdin", "def reproduce(bench):\n    raise ValueError('a\\nb')\n", "{script}:2: ValueError: a b"),
    ("half a pair", "def reproduce(bench):\n    raise ValueError('\\ud800')\n", "{script}:2: ValueError: \\ud800"),
    ("huge", "def reproduce(bench):\n    raise ValueError('x' * 10**7)\n", "{script}:2: ValueError: xxxx"),
    (
        "unspeakable",
        "class E(Exception):\n    def __str__(self):\n        return 1\n\ndef reproduce(bench):\n    raise E\n",
        "{script}:6: E: an error that cannot be shown (TypeError)",
    ),
]


@pytest.mark.parametrize(("source", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_exact_each_fault_is_told_with_its_line(tmp_path: Path, source: str | bytes, words: str) -> None:
    script = write(tmp_path, source)
    error = told(script)["error"]
    assert error.startswith(words.format(script=script))
    assert len(error) < 2500
    error.encode()
    assert len(error.splitlines()) == 1


def test_exact_a_missing_script(tmp_path: Path) -> None:
    assert "FileNotFoundError" in told(tmp_path / "c00_none.py")["error"]


def test_exact_the_source_counts_not_bytecode_beside_it(tmp_path: Path) -> None:
    """An unchecked bytecode file made of another source would be run by an ordinary import."""
    script = write(tmp_path, GOOD)
    honest = ask(script, VIEW)
    other = tmp_path / "other.py"
    other.write_text(GOOD.replace("bench.seeds:", "(1,):"), encoding="utf-8")
    cached = importlib.util.cache_from_source(str(script))
    py_compile.compile(str(other), cached, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    assert ask(script, VIEW) == honest


def test_exact_a_script_may_define_dataclasses(tmp_path: Path) -> None:
    source = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n\n@dataclass\nclass Pair:\n    a: int\n"
    )
    assert len(ask(write(tmp_path, source + GOOD.replace("from harness.script import run", "")), VIEW).requests) == 6


def test_exact_run_is_as_before_after_a_script_failed(tmp_path: Path) -> None:
    before = harness.script.run
    with pytest.raises(ScriptError):
        ask(write(tmp_path, "from harness.script import run\nrun(__file__)\n"), VIEW)
    assert harness.script.run is before


def test_exact_a_process_that_ends_itself_leaves_no_answer(tmp_path: Path) -> None:
    done = in_a_process(write(tmp_path, "import os\nos._exit(7)\n"))
    assert done.returncode == 7
    assert done.stdout == ""


def test_exact_standard_input_is_empty_for_the_script(tmp_path: Path) -> None:
    done = in_a_process(write(tmp_path, "def reproduce(bench):\n    input()\n"))
    assert done.returncode == 0
    assert json.loads(done.stdout)["error"].endswith("shown.py:2: EOFError: EOF when reading a line")
