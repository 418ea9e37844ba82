"""
The ledger: from what the exchange said to what is proven of it.

`netting` reads the exchange's log of one batch: fills become legs and legs `touches`, what was done without signatures
becomes `liquidations`, money moves in `funds`; `planner` makes steps of them, and `errors` says when a log cannot be
proven as it stands. Storing the log, building witnesses and posting batches come on top. Nothing here does I/O, and
randomness comes from the caller.
"""
