"""From files to records: claims, scopes and the paper's tables; the only door for YAML.

`tree` reads YAML strictly and keeps lines; `faults` turns a record's validation errors into
faults with lines; `paper` reads tables and statements as cells; `coverage` knows of what cells
speak; `claims` and `scopes` read the files of those names.
"""
