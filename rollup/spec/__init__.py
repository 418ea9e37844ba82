"""
The law: the protocol as pure Python, one file a concept.

    types, shared, words, hashes   shapes, shared numbers, packing, tagged hashes
    table                          the risk table
    account, orders, notes         what a leaf commits to, what fills it, what leaves it
    margin                         what an account must be worth
    data, state                    what a touch publishes; accounts, suspense, the work on them
    trade, funds, liquidate        the three kinds of step
    step                           the way in: `apply`
    recovery, solvency             leaving from chain data alone; whether the books balance
    attestation                    what a trader shows of its own account
    settlement                     a model of the contract

No I/O, no clock, no randomness, no floats. Every refusal names a rule of SECURITY.md.
"""
