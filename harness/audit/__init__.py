"""The audit of a paper: its tables and stated numbers, held against each other (design: Attacking, CITATION_AUDITOR).

    layout      tables and statements, read whole or refused with all faults
    names       what rows, columns and titles are called
    numbers     printed numbers, intervals before rounding, slips of typing
    relations   means and summaries: what must hold, in a world of printed numbers
    bounds      ranges of measures and counts; what cannot be above what
    tables      which relations the names tell of
    grain       shares of queries that no whole number of queries makes
    said        values, percentages, orders and best-of statements of the text
    counts      counts of the text; counted, the same against the data files
    repeats     numbers that stand twice where they should differ
    mend        single slips that would explain a failure
    finding     a failure in words
    findings    the audit: the order of the steps
    citing      what a claim cites
    planted     which slips of typing would be caught
    telling     for people: lines, and a table between two lines of a README

It knows no paper: everything follows from how tables are laid out and what they are called.
"""

from harness.audit.findings import audit
from harness.audit.layout import read

__all__ = ["audit", "read"]
