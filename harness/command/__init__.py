"""What the command line offers, a file per kind of work.

    paths       where things lie unless a command is told otherwise
    options     what several commands take, and how claims named on the command line are read
    planning    plan, tune, lock: before anything is measured
    measuring   measure, judge: vectors, runs and scores that somebody brings
    evaluating  evaluate: a released encoder
    datasets    data, doctor: what there is to measure on, and with what
    keeping     store, replay, bundle: what is kept, and what follows from it again
    reporting   report, outcomes: what was found
    auditing    audit: what contradicts what in the paper itself
    accepting   accept, ledger: what a person takes a verdict for
    changing    changed: which claims have to run again
    gating      gate: what differs from what was accepted
    attacking   attack: what a verification would have said in a false world

A command's file is imported when the command is called, so that the gate does not wait for scipy.
A command raises what it refuses, and `click.exceptions.Exit(1)` for its own "no"; `harness.__main__` exits.
"""

from __future__ import annotations

from importlib import import_module

import click

from harness import __version__

FILES = {
    "accept": "accepting",
    "attack": "attacking",
    "audit": "auditing",
    "bundle": "keeping",
    "changed": "changing",
    "data": "datasets",
    "doctor": "datasets",
    "evaluate": "evaluating",
    "gate": "gating",
    "judge": "measuring",
    "ledger": "accepting",
    "lock": "planning",
    "measure": "measuring",
    "outcomes": "reporting",
    "plan": "planning",
    "replay": "keeping",
    "report": "reporting",
    "store": "keeping",
    "tune": "planning",
}
"""In which file each command stands."""


class Commands(click.Group):
    """The commands by name; a file is imported for its own commands only."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, without importing anything."""
        del ctx
        return sorted(FILES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, or None where there is no such name."""
        del ctx
        if cmd_name not in FILES:
            return None
        commands: tuple[click.Command, ...] = import_module(f"harness.command.{FILES[cmd_name]}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Verify claims of retrieval research, and doubt the verifications."""


__all__ = ["FILES", "cli"]
