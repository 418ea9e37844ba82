"""
The node: the rooms of the clearing house, wired to what outlives a process.

`sequencer` is exchange and ledger on one journal; `intake` brings what L1 queued and traders signed into it, `node`
seals, proves (`proving`) and posts, `oracle` signs tables, `config` says how. `backup`, `inspect` and `offline` are for
a node's directory without its node, `local` for a house on a chain of one's own. API and lifecycle come on top.
"""
