"""The command line: `harness COMMAND`, the same as `python -m harness COMMAND`.

The only file that exits. 0: done; 1: the command's own "no" (documented with it); 2: refused or
failed, with words on standard error; 130: interrupted.
"""

from __future__ import annotations

import sys

import click

from harness.command import cli
from harness.errors import HarnessError

REFUSED = 2
INTERRUPTED = 130


def main() -> None:
    """Run one command; turn refusals into words and exit status 2."""
    try:
        sys.exit(cli(standalone_mode=False))
    except HarnessError as error:
        click.echo(f"harness: {error}", err=True)
        sys.exit(REFUSED)
    except click.ClickException as error:
        error.show()
        sys.exit(REFUSED)
    except click.Abort:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
