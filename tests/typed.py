"""What a page has its reader do, in order: commands to type, with what they print, and files to write.

```console                      $ a command, and below it what it prints; `...` stands for what varies
```{code-block} LANGUAGE        with `:caption: PATH`: a file to write there
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^( *)```(\S+)(?: +\w+)?\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
CAPTION = re.compile(r"\A:caption: (\S+)\n\n(.*)\Z", re.DOTALL)
PROMPT = "$ "
COMPARED = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
LONGEST = 300


@dataclass(frozen=True)
class Command:
    """A line to type, and what it is said to print; nothing where the page does not say."""

    line: str
    printed: str


@dataclass(frozen=True)
class File:
    """A file to write, from the folder that the reader is in."""

    path: str
    text: str


def blocks(text: str, *kinds: str) -> list[str]:
    """Return the bodies of a page's blocks of these kinds, as they are indented there."""
    return [body for _, kind, body in BLOCK.findall(text) if kind in kinds]


def commands(text: str) -> list[Command]:
    """Return the commands of a page's console blocks."""
    return [one for body in blocks(text, "console") for one in _commands(body)]


def steps(text: str) -> list[Command | File]:
    """Return everything that a page has its reader do."""
    found: list[Command | File] = []
    for _, kind, body in BLOCK.findall(text):
        named = CAPTION.match(body)
        if kind == "console":
            found += _commands(body)
        elif kind == "{code-block}" and named:
            found.append(File(*named.groups()))
    return found


def _commands(body: str) -> list[Command]:
    lines = [line.strip() for line in body.splitlines()]
    starts = [at for at, line in enumerate(lines) if line.startswith(PROMPT)]
    assert starts[:1] == [0], f"a console block begins with a command, found: {body}"
    ends = [*starts[1:], len(lines)]
    return [
        Command(lines[at].removeprefix(PROMPT), "\n".join(lines[at + 1 : end]))
        for at, end in zip(starts, ends, strict=True)
    ]


class Reader:
    """Somebody who does what pages say, in a folder of their own, with the programs of this environment."""

    def __init__(self, home: Path, **environment: str) -> None:
        """Start in `home`; programs are those beside this Python."""
        self.place = home
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, **environment}

    def follow(self, step: Command | File) -> None:
        """Do one step.

        Raises:
            AssertionError: the command fails, or prints something else.
        """
        if isinstance(step, File):
            path = self.place / step.path
            assert path.parent.is_dir(), f"{step.path}: nothing made its folder"
            path.write_text(step.text, encoding="utf-8")
            return
        end = self.place / ".where"
        done = subprocess.run(
            [shutil.which("bash") or "bash", "-c", f'{step.line}\nstatus=$?; pwd > "$0"; exit $status', str(end)],
            cwd=self.place, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False, timeout=LONGEST,
        )  # fmt: skip
        assert done.returncode == 0, f"$ {step.line}\nends with {done.returncode}:\n{done.stdout}"
        self.place = Path(end.read_text(encoding="utf-8").strip())
        end.unlink()
        printed = "\n".join(line.strip() for line in done.stdout.splitlines())
        same = not step.printed or doctest.OutputChecker().check_output(step.printed, printed, COMPARED)
        assert same, f"$ {step.line}\nexpected:\n{step.printed}\nfound:\n{printed}"
