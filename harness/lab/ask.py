"""A process of its own in which one claim's script says what it wants.

    python -m harness.lab.ask  <  {"script": PATH, "shown": PATH, "view": {...}}

Prints `{"asked": {...}}` or `{"error": "..."}`; `shown` is what an error calls the script. Whatever
the script itself prints goes to its standard error, so it cannot be mistaken for the answer. What
runs is the source as it stands in the file: bytecode that lies beside it is neither read nor
written. Needs neither torch nor numpy.

Limits: a mistake in a script becomes words here. A script that kills its process leaves no
answer, one that hangs is killed; both are told by whoever started this process.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import harness.script
from harness.errors import ScriptError
from harness.lab.bench import Bench
from harness.records.asked import Asked, BenchView

if TYPE_CHECKING:
    from types import CodeType, ModuleType

FUNCTION = "reproduce"
LONGEST_MESSAGE = 2000


class _FromSource(SourceFileLoader):
    """Compiles the file each time: a cached bytecode file need not be what the source says."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return compile(self.get_data(path), path, "exec", dont_inherit=True)


def _refuse_to_run(script: str) -> NoReturn:
    """Stand in for `harness.script.run` while planning; the real one would start everything anew from here."""
    raise ScriptError(f"expected run(__file__) below `if __name__ == '__main__':`, found it on the way of {script}")


def load(script: Path) -> ModuleType:
    """Return the script as a module.

    Raises:
        Exception: whatever the script raises.
    """
    loader = _FromSource(script.stem, str(script))
    spec = spec_from_loader(script.stem, loader)
    if spec is None:
        raise ScriptError(f"{script}: expected a Python file")
    module = module_from_spec(spec)
    sys.modules[script.stem] = module  # dataclasses, among others, look their own module up
    run, harness.script.run = harness.script.run, _refuse_to_run
    try:
        loader.exec_module(module)
    finally:
        harness.script.run = run
    return module


def ask(script: Path, view: BenchView) -> Asked:
    """Run `reproduce(bench)` of `script` and return what it asked for.

    Raises:
        ScriptError: no `reproduce`, or nothing asked for.
        Exception: whatever the script raises.
    """
    reproduce = getattr(load(script), FUNCTION, None)
    if not callable(reproduce):
        raise ScriptError(f"expected a function {FUNCTION}(bench), found none; add it")
    bench = Bench(view)
    reproduce(bench)
    asked = bench.asked()
    if not asked.requests:
        raise ScriptError(f"expected {FUNCTION}(bench) to ask for something, found that it asked for nothing")
    return asked


def _where(script: Path, shown: str, error: BaseException) -> str:
    """Name the line of the script that the error came through."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(script)]
    if isinstance(error, SyntaxError) and error.lineno and error.filename == str(script):
        lines = [error.lineno]
    return f"{shown}:{lines[-1]}" if lines else shown


def _words(error: BaseException) -> str:
    """Return one line that can be printed anywhere, whatever the script put into its error."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception as worse:  # noqa: BLE001 - an error of the script's own making need not have a working str
        text = f"an error that cannot be shown ({type(worse).__name__})"
    kind = "" if isinstance(error, ScriptError) else f"{type(error).__name__}: "
    line = " ".join(text[:LONGEST_MESSAGE].split())
    return (kind + line).encode("utf-8", "backslashreplace").decode()


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one order, an error in words included."""
    script = Path(order["script"])
    view = BenchView.model_validate_json(json.dumps(order["view"]))
    try:
        return {"asked": ask(script, view).plain()}
    except BaseException as error:  # noqa: BLE001 - a script may raise anything, an exit included; it all becomes words
        return {"error": f"{_where(script, order['shown'], error)}: {_words(error)}"}


def main() -> None:
    """Read one order, write one answer."""
    order = json.load(sys.stdin)
    descriptor = os.dup(1)
    os.dup2(2, 1)
    told = json.dumps(answer(order))
    with os.fdopen(descriptor, "w", encoding="utf-8") as answers:
        answers.write(told)


if __name__ == "__main__":
    main()
