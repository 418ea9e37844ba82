"""The soundness sweep: is anything in a compiled circuit under-constrained? Start at `Sweep` and `sweep_all`."""

from support.sweep.survivors import Survivor, known, stale, unexplained
from support.sweep.sweep import Sweep, sweep_all

__all__ = ["Survivor", "Sweep", "known", "stale", "sweep_all", "unexplained"]
