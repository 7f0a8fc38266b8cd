"""Oracle: what a script does is written here; hostile ones are small."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from cells import running

from harness.codec import sha256
from harness.court.sandbox import enclosure
from harness.engine import ask
from harness.errors import ScriptError, ScriptTimeout
from harness.records.asked import Asked, BenchView, CountRequest

VIEW = BenchView(bases=("xlm-r",), samplings=("x-x-mono", "x-y", "hybrid"), seeds=(0, 1), datasets=("xquad-r",))
GOOD = "def reproduce(bench):\n    bench.count('xquad-r', 'queries')\n"
DAEMON = """
import os, time
def fork():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            open({pids!r}, "a").write(f"{{os.getpid()}}\\n")
            time.sleep(10_000)
        os._exit(0)
"""
MIXED = """{"asked": {"requests": [
    {"op": "train", "base": "xlm-r", "seed": 0, "arm": {"sampling": "x-y", "alpha": 0.3}}]}}"""
ENDLESS = """{"asked": {"requests": [{"op": "emit", "name": "x", "value": NaN}]}}"""
ANSWER = """
import json, os
def answer(data):
    for descriptor in range(3, 20):
        try:
            if os.readlink(f"/proc/self/fd/{descriptor}").startswith("pipe"):
                while data: data = data[os.write(descriptor, data) :]
        except OSError: pass
def reproduce(bench):
    {act}
    os._exit(0)
"""


def script(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "c01_a.py"
    path.write_text(text, encoding="utf-8")
    return path


def asked(tmp_path: Path, text: str, seconds: float = 60) -> Asked:
    with enclosure(allow_unsealed=True, tiers=()) as no_walls:  # what escapes shows here, and is ended all the same
        return ask(script(tmp_path, text), VIEW, seconds, no_walls)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(ScriptError) as refused:
        asked(tmp_path, text)
    assert not isinstance(refused.value, ScriptTimeout)
    assert "c01_a.py" in str(refused.value)
    return str(refused.value)


def test_exact_what_a_script_asks_for_comes_back(tmp_path: Path) -> None:
    assert asked(tmp_path, GOOD).requests == (CountRequest(dataset="xquad-r", what="queries"),)


def test_exact_a_script_that_fails_is_told_in_its_own_words(tmp_path: Path) -> None:
    assert "ZeroDivisionError: division by zero" in refusal(tmp_path, "def reproduce(bench):\n    1 / 0\n")
    assert "c01_a.py:2" in refusal(tmp_path, "def reproduce(bench):\n    1 / 0\n")
    assert "reproduce(bench), found none" in refusal(tmp_path, "x = 1\n")
    assert "nothing" in refusal(tmp_path, "def reproduce(bench): pass\n")


def test_exact_a_script_that_hangs_is_killed_with_all_it_forked(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    text = DAEMON.format(pids=str(pids)) + "def reproduce(bench):\n    fork()\n    time.sleep(10_000)\n"
    started = time.monotonic()
    with pytest.raises(ScriptTimeout, match="expected an answer within 2 s"):
        asked(tmp_path, text, seconds=2)
    assert time.monotonic() - started < 20
    assert pids.exists()
    assert not any(running(int(pid)) for pid in pids.read_text().split())


def test_exact_a_daemon_neither_delays_the_answer_nor_outlives_it(tmp_path: Path) -> None:
    """It holds the standard error of its parent: waiting for the end of that would take for ever."""
    pids = tmp_path / "pids"
    text = DAEMON.format(pids=str(pids)) + GOOD + f"    fork()\n    while not os.path.exists({str(pids)!r}): pass\n"
    started = time.monotonic()
    assert len(asked(tmp_path, text).requests) == 1
    assert time.monotonic() - started < 20
    assert not any(running(int(pid)) for pid in pids.read_text().split())


def test_exact_megabytes_of_words_are_swallowed(tmp_path: Path) -> None:
    noise = "    import os\n    for _ in range(300): os.write(1, b'x' * 100_000); os.write(2, b'y\\n' * 50_000)\n"
    assert len(asked(tmp_path, GOOD + noise).requests) == 1
    told = refusal(tmp_path, f"def reproduce(bench):\n{noise}    os.write(2, b'last words')\n    os._exit(3)\n")
    assert told.endswith("its process ended with status 3: last words")
    told = refusal(tmp_path, "import os\ndef reproduce(bench):\n    os.write(2, b'z' * 60_000)\n    os._exit(3)\n")
    assert told.endswith("z" * 1000)
    assert len(told) < 10_000


def test_exact_no_secret_of_the_environment_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("A_TOKEN", "AWS_SECRET_ACCESS_KEY", "HARNESS_DATA", "HARNESS_STORE", "PYTHONSTARTUP", "HF_TOKEN"):
        monkeypatch.setenv(name, "planted")
    leak = "[name for name, value in os.environ.items() if value == 'planted' or name != 'HOME' and 'HF_TOK' in name]"
    told = refusal(tmp_path, f"import os\ndef reproduce(bench): raise ValueError({leak}, os.environ['HOME'])\n")
    assert "ValueError: ([], '" in told
    assert f"'{Path.home()}'" not in told


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("pass", "ended with status 0"),
        ("answer(b'{')", "other bytes"),
        ("answer(b'[' * 100_000)", "other bytes"),
        ("answer(b'\\xff')", "other bytes"),
        ("answer(b'7')", "other bytes"),
        ("answer(b'{}')", "other bytes"),
        ("answer(b'x' * (65 << 20))", "at most"),
        ("answer(b'{\"asked\": {}}')", "requests: Field required"),
        ('answer(b\'{"asked": {"requests": []}}\')', "asked for nothing"),
        (f"answer({ENDLESS!r}.encode())", "finite number"),
        (f"answer({MIXED!r}.encode())", "alpha exactly with hybrid"),
    ],
)
def test_exact_a_forged_answer_is_refused(tmp_path: Path, act: str, said: str) -> None:
    assert said in refusal(tmp_path, ANSWER.replace("{act}", act))


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"op": "train", "base": "gpt", "seed": 0}, "a base of this claim and scope (xlm-r), found 'gpt'"),
        ({"op": "train", "base": "xlm-r", "seed": 7}, "a seed of this claim and scope (0, 1), found 7"),
        ({"op": "count", "dataset": "squad", "what": "queries"}, "found 'squad'"),
        ({"op": "encode", "dataset": "squad", "encoder": {"base": "xlm-r", "seed": 0}}, "found 'squad'"),
        (
            {
                "op": "retrieve",
                "setting": "monolingual",
                "vectors": {"dataset": "xquad-r", "encoder": {"base": "gpt", "seed": 0}},
            },
            "found 'gpt'",
        ),
        (
            {"op": "encode-released", "dataset": "squad", "encoder": {"op": "load", "model": "a/b"}},
            "found 'squad'",
        ),
        (
            {
                "op": "retrieve-released",
                "setting": "monolingual",
                "vectors": {"op": "encode-released", "dataset": "squad", "encoder": {"op": "load", "model": "a/b"}},
            },
            "found 'squad'",
        ),
    ],
)
def test_exact_a_forged_answer_cannot_name_what_was_not_shown(
    tmp_path: Path, request_: dict[str, object], said: str
) -> None:
    """The bench refuses such names; a script that writes its answer itself gets no further."""
    text = repr(request_).replace("'seed'", "'arm': {'sampling': 'x-y'}, 'seed'")
    text = text.replace("{'dataset': 'xquad-r', 'encoder'", "{'op': 'encode', 'dataset': 'xquad-r', 'encoder'")
    text = text.replace("'encoder': {'base'", "'encoder': {'op': 'train', 'base'")
    act = f"answer(json.dumps({{'asked': {{'requests': [{text}]}}}}).encode())"
    assert said in refusal(tmp_path, ANSWER.replace("{act}", act))


def test_exact_asking_can_be_stopped(tmp_path: Path) -> None:
    stopped = threading.Event()
    threading.Timer(0.5, stopped.set).start()
    path = script(tmp_path, "import time\ndef reproduce(bench): time.sleep(10_000)\n")
    with enclosure() as walls, pytest.raises(ScriptError, match="stopped before it answered"):
        ask(path, VIEW, 60, walls, stopped)


def test_exact_a_script_that_was_changed_since_it_was_read_is_not_asked(tmp_path: Path) -> None:
    path = script(tmp_path, GOOD)
    read = sha256(path.read_bytes())
    with enclosure(allow_unsealed=True, tiers=()) as no_walls:
        assert len(ask(path, VIEW, 60, no_walls, expected=read).requests) == 1
        path.write_text(GOOD + "# later\n", encoding="utf-8")
        with pytest.raises(ScriptError, match="as it was read with its claim, found it changed"):
            ask(path, VIEW, 60, no_walls, expected=read)
