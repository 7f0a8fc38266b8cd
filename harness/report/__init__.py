"""What people and machines read: everything under the reports folder is written here.

    folder     the only door to the reports folder: atomic writes, validated reads
    measured   measurement rows <-> parquet bytes
    contract   a verdict in the ten fields of the public gate contract
    line       a verdict in one terminal line
    page       all verdicts in one self-contained page (quote, plots, words, templates)

This room formats records. It measures nothing, judges nothing and imports no room but records.
"""
