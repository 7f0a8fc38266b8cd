"""What people and machines read: everything under the reports folder is written here.

    folder     the only door to the reports folder: atomic writes, validated reads
    measured   measurement rows <-> parquet bytes
    contract   a verdict in the ten fields of the public gate contract
    corrections, levels     the ledger in the two other public contracts
    drift      what the gate found: text, markdown, SARIF, JUnit, badge
    line       a verdict in one terminal line
    page       all verdicts in one self-contained page: matrix, views of claims with their forests, exhibits of
               measurements (plates, grids), method, what lies beside (quote, plots, words, templates)
    listing    all verdicts as Markdown or JSON
    evaluated  a released encoder's evaluation, for the terminal and as a page
    outcomes   one scope's verdicts as a Markdown table, and whether a file still says so
    progress   how far a run is; kept: what it leaves when cut off; acceptance: is this the accepted verdict

This room formats records. It measures nothing and judges nothing; `plates` and `grids` alone add
numbers up, to means that decide nothing.
"""
