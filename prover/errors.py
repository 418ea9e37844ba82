"""
Every error that the prover raises on purpose, as one tree.

    ProverError
    ├── InvalidInput (also a ValueError)      the caller gave something that has no answer
    │   ├── NotAFieldElement                  an integer outside 0 .. r-1
    │   ├── WrongLength                       too few or too many items
    │   ├── PointNotOnCurve                   coordinates that satisfy no curve equation
    │   ├── PointOfSmallOrder                 a key that verifies anything
    │   ├── ScalarOutOfRange                  a signature scalar that is not below the subgroup order
    │   ├── IndexOutOfRange                   a leaf or node outside the tree
    │   ├── UnrecoverableSignature            65 bytes from which no signer follows
    │   ├── MalformedTypedData                an EIP-712 document whose data do not fit its types
    │   ├── MalformedFile                     a truncated, foreign or inconsistent binary
    │   ├── UnsafeKey                         a proving or verification key that lets anyone forge
    │   ├── UnsatisfiedConstraint             a witness that is not one
    │   ├── WrongSignal                       an input that the circuit does not have, of another shape or too large
    │   └── AssertionFailed                   inputs that the circuit's own witness program refuses
    ├── DataDirectoryUnusable                 nowhere to keep compiled circuits and keys
    ├── BackendUnavailable                    the asked-for implementation is not installed
    └── ToolError                             a program outside Python
        ├── ToolMissing                       not installed
        ├── ToolVersionMismatch               installed, but not the pinned version
        └── ToolFailed                        it ran and said no

Errors keep the offending value as an attribute; the native extension raises these very classes.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "AssertionFailed",
    "BackendUnavailable",
    "DataDirectoryUnusable",
    "IndexOutOfRange",
    "InvalidInput",
    "MalformedFile",
    "MalformedTypedData",
    "NotAFieldElement",
    "PointNotOnCurve",
    "PointOfSmallOrder",
    "ProverError",
    "ScalarOutOfRange",
    "ToolError",
    "ToolFailed",
    "ToolMissing",
    "ToolVersionMismatch",
    "UnrecoverableSignature",
    "UnsafeKey",
    "UnsatisfiedConstraint",
    "WrongLength",
    "WrongSignal",
]


class ProverError(Exception):
    """Base of everything raised on purpose below `prover`."""


class InvalidInput(ProverError, ValueError):
    """The caller gave something that has no answer."""


class NotAFieldElement(InvalidInput):
    """An integer outside 0 .. r-1, r the order of the BN254 scalar field."""

    def __init__(self, value: int) -> None:
        self.value = value
        super().__init__(f"{_short(value)} is not a field element: it must be at least 0 and below r")


class WrongLength(InvalidInput):
    """Too few or too many items of `what`; `expected` says how many fit."""

    def __init__(self, what: str, expected: str, actual: int) -> None:
        self.what, self.expected, self.actual = what, expected, actual
        super().__init__(f"{what}: expected {expected}, was {actual}")


class PointNotOnCurve(InvalidInput):
    """Coordinates that are no point of `curve`: two of them, or four where the field has degree two."""

    def __init__(self, point: tuple[int, ...], curve: str = "Baby Jubjub") -> None:
        self.point, self.curve = point, curve
        super().__init__(f"point ({', '.join(map(_short, point))}) is not on {curve}")


class PointOfSmallOrder(InvalidInput):
    """A point K with 8·K the identity: as a key it verifies any message."""

    def __init__(self, point: tuple[int, int]) -> None:
        self.point = point
        super().__init__(f"point ({_short(point[0])}, {_short(point[1])}) is of small order and no key")


class ScalarOutOfRange(InvalidInput):
    """A scalar that is not at least 0 and below `bound`."""

    def __init__(self, value: int, bound: int) -> None:
        self.value, self.bound = value, bound
        super().__init__(f"scalar {_short(value)} must be at least 0 and below {_short(bound)}")


class IndexOutOfRange(InvalidInput):
    """An index that is not at least 0 and below `bound`."""

    def __init__(self, index: int, bound: int) -> None:
        self.index, self.bound = index, bound
        super().__init__(f"index {_short(index)} must be at least 0 and below {bound}")


class UnrecoverableSignature(InvalidInput):
    """A secp256k1 signature from which no signer follows (r, s or v out of range, s high, no point)."""

    def __init__(self, signature: bytes, reason: str) -> None:
        self.signature, self.reason = signature, reason
        super().__init__(f"no signer follows from 0x{signature.hex()}: {reason}")


class MalformedTypedData(InvalidInput):
    """An EIP-712 document whose data do not fit its types; `where` names the member, `value` is what stood there."""

    def __init__(self, where: str, reason: str, value: object = None) -> None:
        self.where, self.reason, self.value = where, reason, value
        super().__init__(f"{where}: {reason}" + (f", was {value!r}" if value is not None else ""))


class MalformedFile(InvalidInput):
    """A truncated, foreign or inconsistent binary file."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


class UnsafeKey(InvalidInput):
    """A key with which anyone can forge: γ = δ, δ the generator, or a point at infinity where none belongs."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: refused, {reason}")


class UnsatisfiedConstraint(InvalidInput):
    """A witness that breaks a constraint; `constraint` is its number in the R1CS."""

    def __init__(self, constraint: int, where: str = "") -> None:
        self.constraint, self.where = constraint, where
        super().__init__(f"constraint {constraint} is not satisfied{': ' + where if where else ''}")


class WrongSignal(InvalidInput):
    """An input signal that is unknown, missing, of another shape, or holds something that is no field element."""

    def __init__(self, signal: str, reason: str, value: object = None) -> None:
        self.signal, self.reason, self.value = signal, reason, value
        super().__init__(f"input {signal}: {reason}")


class AssertionFailed(InvalidInput):
    """The circuit's witness program refused its inputs; `trace` names the templates and lines, innermost first."""

    def __init__(self, circuit: str, reason: str, trace: Sequence[str]) -> None:
        self.circuit, self.reason, self.trace = circuit, reason, tuple(trace)
        where = "".join(f"\n  {line}" for line in trace)
        super().__init__(f"{circuit}: {reason}{where}")


class DataDirectoryUnusable(ProverError):
    """The directory for compiled circuits and keys cannot be made or written."""

    def __init__(self, directory: str, reason: str) -> None:
        self.directory, self.reason = directory, reason
        remedy = "mend that, or set ZKCLEAR_DATA to a directory that can be written"
        super().__init__(f"data directory {directory}: {reason}; {remedy}")


class BackendUnavailable(ProverError):
    """The asked-for implementation is not installed."""

    def __init__(self, backend: str, remedy: str) -> None:
        self.backend, self.remedy = backend, remedy
        super().__init__(f"backend {backend!r} is not available; {remedy}")


class ToolError(ProverError):
    """A program outside Python."""


class ToolMissing(ToolError):
    """A program that is not installed, with the command that gets it."""

    def __init__(self, tool: str, remedy: str) -> None:
        self.tool, self.remedy = tool, remedy
        super().__init__(f"{tool} is missing; to get it: {remedy}")


class ToolVersionMismatch(ToolError):
    """A program that is installed in another version than the pinned one."""

    def __init__(self, tool: str, expected: str, actual: str, remedy: str) -> None:
        self.tool, self.expected, self.actual, self.remedy = tool, expected, actual, remedy
        super().__init__(f"{tool}: expected version {expected}, was {actual}; to mend it: {remedy}")


class ToolFailed(ToolError):
    """A program that ran and failed, with what it printed."""

    def __init__(self, tool: str, command: Sequence[str], exit_code: int | None, output: str) -> None:
        self.tool, self.command, self.exit_code, self.output = tool, tuple(command), exit_code, output
        tail = "\n".join(output.strip().splitlines()[-12:])
        ended = "was stopped at its time limit" if exit_code is None else f"exited {exit_code}"
        super().__init__(f"{tool} {ended}: {' '.join(command)}\n{tail}")


def _short(value: int) -> str:
    """A number a person can read: long ones in hexadecimal, with their middle left out."""
    if -(10**12) < value < 10**12:
        return str(value)
    digits = f"{value:#x}"
    return digits if len(digits) <= 26 else f"{digits[:14]}…{digits[-8:]}"
