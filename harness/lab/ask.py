"""A process of its own in which one claim's script says what it wants.

    python -m harness.lab.ask  <  {"script": PATH, "view": {...}, "out": PATH}

Writes `{"asked": {...}}` or `{"error": "..."}` to `out`. Whatever the script prints goes to its
standard error, so it cannot be mistaken for the answer. Needs neither torch nor numpy.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import traceback
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.errors import HarnessError, ScriptError
from harness.lab.bench import Bench
from harness.records.plan import Asked, BenchView

FUNCTION = "reproduce"


def ask(script: Path, view: BenchView) -> Asked:
    """Run `reproduce(bench)` of `script` and return what it asked for.

    Raises:
        ScriptError: no `reproduce`, or nothing asked for.
        Exception: whatever the script raises.
    """
    spec = importlib.util.spec_from_file_location(script.stem, script)
    if spec is None or spec.loader is None:
        raise ScriptError(f"{script}: expected a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    reproduce = getattr(module, FUNCTION, None)
    if not callable(reproduce):
        raise ScriptError(f"{script}: expected a function {FUNCTION}(bench), found none; add it")
    bench = Bench(view)
    reproduce(bench)
    asked = bench.asked()
    if not asked.requests:
        raise ScriptError(f"{script}: expected {FUNCTION}(bench) to ask for something, found that it asked for nothing")
    return asked


def _where(script: Path, error: BaseException) -> str:
    """Name the line of the script that the error came through."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(script)]
    if isinstance(error, SyntaxError) and error.lineno:
        lines = [error.lineno]
    return f"{script}:{lines[-1]}" if lines else str(script)


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one order, an error in words included."""
    script = Path(order["script"])
    try:
        return {"asked": ask(script, BenchView.model_validate_json(json.dumps(order["view"]))).plain()}
    except ValidationError as error:
        first = error.errors()[0]
        return {"error": f"{_where(script, error)}: {first['loc']}: {first['msg']}"}
    except HarnessError as error:
        return {"error": f"{_where(script, error)}: {error}"}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a script may raise anything; it all becomes words
        return {"error": f"{_where(script, error)}: {type(error).__name__}: {error}"}


def main() -> None:
    """Read one order, write one answer."""
    order = json.load(sys.stdin)
    sys.stdout = sys.stderr
    Path(order["out"]).write_text(json.dumps(answer(order)), encoding="utf-8")


if __name__ == "__main__":
    main()
