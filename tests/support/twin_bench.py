"""Where twins are: one chain, one place on it, and one system there at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Protocol

from support.twin_chain import Mark, TwinChain
from support.twin_system import View, deploy

from rollup.spec.settlement import Deployment
from rollup.spec.types import Time

__all__ = ["Bench"]


class Twin(Protocol):
    """What a bench knows of the system that stands on it."""

    deployment: Deployment
    now: Time
    agreed: dict[tuple[object, ...], View]

    def agree(self, now: Time) -> None: ...


@dataclass
class Bench:
    """One chain, and what was compared on it."""

    chain: TwinChain
    accepted: Counter[str] = field(default_factory=Counter)
    """How many calls of which function both accepted."""
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many both refused, and by which rule."""
    unsaid: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many only the model could refuse, for no calldata carries them."""
    compared: int = 0
    """Answers of views."""
    empty: Mark | None = None
    deployed: tuple[str, Mark] | None = None
    alive: Twin | None = None

    def put(self, twin: Twin) -> None:
        """Deploy a system, or go back to where one like it had just been deployed."""
        self.finish()
        deployment = twin.deployment
        parts = {one.name: getattr(deployment, one.name) for one in fields(Deployment) if one.name != "precompiles"}
        name = repr(parts)
        if self.deployed and self.deployed[0] == name:
            self.chain.go_back(self.deployed[1])
        else:
            if self.empty:
                self.chain.go_back(self.empty)
            self.empty = self.chain.mark()
            deploy(self.chain, deployment)
        self.deployed = name, self.chain.mark()
        self.alive = twin

    def finish(self) -> None:
        """The last system is over; everything in it is compared, whether it should have changed or not."""
        last = self.alive
        if last:
            last.agreed.clear()
            try:
                last.agree(last.now)
            finally:
                self.alive = None
