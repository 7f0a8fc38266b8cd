"""Runs what the lab is asked to do, in child processes, and keeps what they finish.

    ask         one process per script: what does it want?
    run         every cell once, parents first; finished ones enter the store at once
    crew        the lab processes of one occasion, kept from run to run
    worker      one lab process that takes orders, and its successor when it dies
    models      the folder of a released encoder, and what of it the lab is given
    encoding    a released encoder's vectors, from one lab process or from the store
    processes   what a child is started with, and the end of it and of all it started

The engine never imports the lab: it starts it.
"""

from harness.engine.ask import ask
from harness.engine.crew import Crew
from harness.engine.run import Engine, Progress, Ran

__all__ = ["Crew", "Engine", "Progress", "Ran", "ask"]
