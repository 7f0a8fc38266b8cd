"""A harness that verifies claims of retrieval research, and doubts its own verifications.

Map of the house, top floor first; imports go down only:

    __main__  plugin            what exits; pytest
    command                     the command line, a file per kind of work
    verify    report    gate    the conductor, steps (1)..(9); what people and machines read; what differs from before
    attack                      what would the verification have said, had the claim been false?
    planner   engine            claims + scope -> cells; cells -> vectors in the store
    lab       court  claimfile  makes vectors | ranks, measures, judges | YAML -> records
    audit     lockfile  ledger  a paper's tables and words against themselves; what was fixed; what was accepted
    data      store  recordfile texts and judgements; content-addressed folders; a record in a file
    records                     frozen values that cross the rooms
    confine                     what a process does to itself before it runs what is not trusted
    cache                       where what can be made or fetched again is kept
    codec     seeds  script     canonical bytes; seeds by name; what a claim's script imports
    errors                      the error tree

The lab makes vectors and is not trusted; the court owns the judgements and never imports torch.
"""

__version__ = "0.1.0"
