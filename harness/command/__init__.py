"""What the command line offers, a file per kind of work.

    options     what several commands take, and how claims named on the command line are read
    planning    plan, tune, lock: before anything is measured
    measuring   measure, judge: vectors, runs and scores that somebody brings
    evaluating  evaluate: a released encoder
    datasets    data, doctor: what there is to measure on, and with what
    keeping     store, replay, bundle: what is kept, and what follows from it again
    reporting   report, outcomes: what was found
    auditing    audit: what contradicts what in the paper itself
    accepting   accept: what a person takes a verdict for
    attacking   attack: what a verification would have said in a false world

A command raises what it refuses, and `click.exceptions.Exit(1)` for its own "no"; `harness.__main__` exits.
"""

from __future__ import annotations

import click

from harness import __version__
from harness.command import (
    accepting,
    attacking,
    auditing,
    datasets,
    evaluating,
    keeping,
    measuring,
    planning,
    reporting,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Verify claims of retrieval research, and doubt the verifications."""


for _room in (planning, measuring, evaluating, datasets, keeping, reporting, auditing, attacking, accepting):
    for _command in _room.COMMANDS:
        cli.add_command(_command)

__all__ = ["cli"]
