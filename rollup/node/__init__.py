"""
The node: the rooms of the clearing house, wired to what outlives a process.

`sequencer` is the exchange on its journal; poster, watcher, API and configuration come on top.
"""
