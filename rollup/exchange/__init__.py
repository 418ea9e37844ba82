"""
The exchange: matching and margining, provable to the last fill.

A state machine over a log: `commands` in, `events` out, both as bytes on one `wire`. `twin` is the machine in readable
Python, the native core the same bits faster; `exchange` is the door to either, which also checks signatures. `risk`
tells what an account stands to lose, from the table and the inputs it was made of; what stands where is asked of
`Exchange.machine` (`machine.Machine` lists the questions). Nothing here has a clock or randomness: same log, same bits.
"""
