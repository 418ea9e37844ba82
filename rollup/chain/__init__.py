"""
The chain: from the law's objects to transactions of the deployed contracts, and back.

`artifacts` compiles the parts, `bindings` (generated) call them, `encoding` writes the law's objects as they take them,
`deploy` sets a system up and `verify` checks a deployed one against its sources, keys and parameters.
"""
