"""Does the judge keep its promises? Thousands of simulated worlds, judged by its own code: `make calibrate`.

    kinds       which kinds of world there are, and how much noise each has
    shapes      what cluster values and residuals look like
    atlas       takes real differences of average precision from a finished store
    fixture     the file they are kept in
    worlds      draws the tables z of one kind of world
    judged      has `harness.court` judge them, and counts
    theory      what rates are to be expected
    criteria    what each kind of cell must hold, and the least number of clusters that follows
    run         all of them, on several processes
    table       all of it in a few lines

Everything that decides (numbers of worlds, shapes, variances, criteria) was fixed before the
first run.
"""
