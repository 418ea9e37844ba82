"""
The ledger: from what the exchange said to what is proven of it.

`journal` keeps every line, a command and its witness (`witnesses`, `remarks`); `ledger` folds them into batches.
`netting` reads one batch: fills become legs and legs `touches`, what was done without signatures becomes
`liquidations`, money moves in `funds`; `planner` makes steps of them, `decoys` says who is touched for nothing.
`authority` asks what a proof will ask, `store` and `checkpoint` keep what took time to make. Randomness comes from the
caller.
"""
