"""
A setup ceremony over a public powers-of-tau file, with snarkjs.

A ceremony is a directory: the circuit's keys, one a contribution, numbered; and `transcript.json`, which names
circuit, powers of tau and every contribution with the hashes that prove the order. One honest contributor who forgets
the secret is enough. A key without a contribution has γ = δ and lets anyone forge, so it never leaves the directory:
`export` wants a verified chain that ends in a beacon.
"""

from __future__ import annotations

import json
import mmap
import re
import secrets
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from prover import toolchain
from prover.cache import digest_file
from prover.circuits import Compiled, circuit, compiled
from prover.errors import InvalidInput, MalformedFile, ToolFailed
from prover.files import write_atomically
from prover.reference.groth16 import VerificationKey

__all__ = ["Ceremony", "CeremonyError", "Contribution", "begin", "load"]

TRANSCRIPT = "transcript.json"
DEVELOPMENT_MARK = b"zkclear-dev-setup"
"""Begins the name of every contribution that our development setup makes."""

BEACON_MINIMUM = 10
"""Least number of doublings of the beacon's hashing (2^n): what snarkjs itself asks for."""


class CeremonyError(InvalidInput):
    """A ceremony that cannot go on as asked."""

    def __init__(self, directory: Path, reason: str) -> None:
        self.directory, self.reason = directory, reason
        super().__init__(f"ceremony in {directory}: {reason}")


@dataclass(frozen=True, slots=True)
class Contribution:
    """One link of the chain: the key file after it, that file's SHA-256, and snarkjs's hash of the contribution."""

    name: str
    kind: str
    """`initial`, `contribution` or `beacon`."""
    key: str
    sha256: str
    hash: str = ""


@dataclass(slots=True)
class Ceremony:
    """A ceremony directory and its transcript."""

    directory: Path
    circuit_name: str
    profile: str
    r1cs_sha256: str
    tau_sha256: str
    contributions: list[Contribution] = field(default_factory=list)

    @property
    def newest(self) -> Contribution:
        return self.contributions[-1]

    @property
    def finished(self) -> bool:
        return self.newest.kind == "beacon"

    def contribute(self, name: str) -> Contribution:
        """Add randomness of this machine under a public name; the randomness is never shown nor kept."""
        self._refuse_finished()
        return self._extend(name, "contribution", ["zkey", "contribute"], [f"--name={name}"], secrets.token_hex(64))

    def beacon(self, value: str, doublings: int, name: str = "final beacon") -> Contribution:
        """Close the ceremony with a public random value that nobody could foresee, such as a later block's hash."""
        self._refuse_finished()
        if self.newest.kind == "initial":
            raise CeremonyError(self.directory, "wants at least one contribution before the beacon")
        if not re.fullmatch(r"(?:[0-9a-f]{2}){8,64}", value):
            raise CeremonyError(
                self.directory, f"the beacon must be 8 to 64 bytes in lower-case hexadecimal, was {value!r}"
            )
        if not BEACON_MINIMUM <= doublings <= 63:
            raise CeremonyError(
                self.directory, f"the beacon's doublings must be {BEACON_MINIMUM} to 63, was {doublings}"
            )
        return self._extend(name, "beacon", ["zkey", "beacon"], [value, str(doublings), f"-n={name}"])

    def verify(self, tau: Path) -> str:
        """Check every file of the chain and snarkjs's own verification against the circuit; returns what it printed."""
        tau = tau.resolve()
        self._check_tau(tau)
        for link in self.contributions:
            path = self.directory / link.key
            if not path.is_file() or digest_file(path) != link.sha256:
                raise CeremonyError(self.directory, f"{link.key} is missing or is not the file of the transcript")
        if self.newest.kind == "initial":
            raise CeremonyError(
                self.directory, "has no contribution yet: its key has γ = δ, with which anyone can forge"
            )
        target = self._compiled()
        arguments = ["zkey", "verify", str(target.r1cs), str(tau), str(self.directory / self.newest.key)]
        output = _plain(toolchain.run(toolchain.snarkjs(), arguments))
        if "ZKey Ok!" not in output:
            raise ToolFailed("snarkjs", arguments, 0, output)
        self._check_chain(output)
        return output

    def _check_chain(self, output: str) -> None:
        """The key's own chain is the transcript's: every link, its hash, and whether it is a beacon."""
        claimed = [(link.kind, link.hash) for link in self.contributions[1:]]
        if _chain_in_key(self.directory / self.newest.key, output) != claimed:
            raise CeremonyError(
                self.directory, "the transcript tells another chain of contributions than the key holds"
            )

    def export(self, target: Path, tau: Path) -> list[Path]:
        """Write the proving key, the verification key and the Solidity verifier, after verifying everything."""
        if not self.finished:
            raise CeremonyError(self.directory, "is not finished; close it with `zkclear ceremony beacon`")
        self.verify(tau)
        base = f"{self.circuit_name}-{self.profile}"
        final = self.directory / self.newest.key
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=target) as name:
            verification, verifier = Path(name) / f"{base}.vkey.json", Path(name) / f"{base}Verifier.sol"
            for verb, path in (("verificationkey", verification), ("solidityverifier", verifier)):
                toolchain.run(toolchain.snarkjs(), ["zkey", "export", verb, str(final), str(path)])
            VerificationKey.read(verification)  # refuses an unsafe key, and then nothing is left behind
            key = Path(name) / f"{base}.zkey"
            key.write_bytes(final.read_bytes())
            return [path.replace(target / path.name) for path in (key, verification, verifier)]

    def _extend(
        self, name: str, kind: str, verb: list[str], arguments: list[str], entropy: str | None = None
    ) -> Contribution:
        """Run snarkjs on the newest key, and take what it made into the transcript."""
        if not name or not name.isprintable():
            raise CeremonyError(self.directory, f"a contribution needs a printable name, was {name!r}")
        key = f"{len(self.contributions):04}.zkey"
        target = self.directory / key
        unfinished = self.directory / f".{key}.part"
        # Entropy goes through standard input: arguments can be read by everybody on the machine.
        output = toolchain.run(
            toolchain.snarkjs(),
            [*verb, str(self.directory / self.newest.key), str(unfinished), *arguments],
            standard_input=None if entropy is None else entropy + "\n",
        )
        link = Contribution(name, kind, key, digest_file(unfinished), _contribution_hash(output))
        unfinished.rename(target)
        self.contributions.append(link)
        self._save()
        return link

    def _compiled(self) -> Compiled:
        target = compiled(circuit(self.circuit_name, self.profile))
        if digest_file(target.r1cs) != self.r1cs_sha256:
            raise CeremonyError(
                self.directory, "was begun for another version of the circuit; check that version out, or begin anew"
            )
        return target

    def _check_tau(self, tau: Path) -> None:
        if digest_file(tau) != self.tau_sha256:
            raise CeremonyError(self.directory, f"{tau} is not the powers-of-tau file that it was begun with")

    def _refuse_finished(self) -> None:
        if self.finished:
            raise CeremonyError(self.directory, "is closed: its last link is the beacon; next: `ceremony verify`")

    def _save(self) -> None:
        document = {**asdict(self), "directory": None}
        del document["directory"]
        write_atomically(self.directory / TRANSCRIPT, (json.dumps(document, indent=2) + "\n").encode())


def begin(directory: Path, target: Compiled, tau: Path, tau_sha256: str, *, development: bool = False) -> Ceremony:
    """
    Start a ceremony in an empty directory; `tau_sha256` is the hash under which the file is publicly known.

    Powers of tau of a development setup are refused: whoever knows their seed forges whatever is contributed later.
    `development` lets tests use them.
    """
    directory, tau = directory.resolve(), tau.resolve()  # snarkjs runs elsewhere
    if directory.exists() and any(directory.iterdir()):
        raise CeremonyError(directory, "the directory is not empty; choose another one")
    if not tau.is_file():
        raise MalformedFile(str(tau), "there is no such file; give the path of a public powers-of-tau file (.ptau)")
    actual = digest_file(tau)
    if actual != tau_sha256.lower():
        raise MalformedFile(str(tau), f"its SHA-256 is {actual}, not the {tau_sha256} that was asked for")
    if not development and _names_development(tau):
        raise MalformedFile(str(tau), "comes from a development setup, whose secret everybody can compute")
    directory.mkdir(parents=True, exist_ok=True)
    key = directory / "0000.zkey"
    toolchain.run(toolchain.snarkjs(), ["groth16", "setup", str(target.r1cs), str(tau), str(key)])
    if not key.is_file() or key.stat().st_size == 0:  # snarkjs ends well even then
        key.unlink(missing_ok=True)
        needed = (target.header.constraints + target.header.public).bit_length()
        raise CeremonyError(
            directory, f"{tau.name} makes no key: it must hold 2^{needed} powers or more, prepared for phase 2"
        )
    initial = Contribution("phase 1 and the circuit", "initial", key.name, digest_file(key))
    ceremony = Ceremony(
        directory, target.circuit.name, target.circuit.profile, digest_file(target.r1cs), actual, [initial]
    )
    ceremony._save()
    return ceremony


def load(directory: Path) -> Ceremony:
    """The ceremony that lives in `directory`."""
    directory = directory.resolve()
    try:
        document = json.loads((directory / TRANSCRIPT).read_text())
        links = [Contribution(**link) for link in document.pop("contributions")]
        if not links or links[0].kind != "initial":
            raise ValueError("no initial key")
        return Ceremony(directory, **document, contributions=links)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CeremonyError(
            directory, f"has no readable {TRANSCRIPT} ({error}); begin one with `ceremony init`"
        ) from error


def _chain_in_key(zkey: Path, output: str) -> list[tuple[str, str]]:
    """Kind and hash of every contribution in a key: as the native reader sees them, else as snarkjs printed them."""
    try:
        import zkclear_native as native
    except ImportError:
        parts = re.split(r"-{25}\s", output)
        found = [
            re.search(r"contribution #\d+ [^\n]*:\s*((?:[0-9a-f]{8}\s+){15}[0-9a-f]{8})(.*)", part, re.S)
            for part in parts
        ]
        # Newest first; a beacon says so on a line of its own after the hash.
        return [
            ("beacon" if "Beacon generator: " in each[2] else "contribution", re.sub(r"\s+", "", each[1]))
            for each in reversed(found)
            if each
        ]
    links = native.groth16_zkey_info(zkey)["contributions"]
    return [("beacon" if link["beacon"] else "contribution", link["hash"]) for link in links]


def _names_development(tau: Path) -> bool:
    """Whether a powers-of-tau file carries the name that our own development setup writes into it."""
    with tau.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(DEVELOPMENT_MARK) >= 0


def _contribution_hash(output: str) -> str:
    """The 64-byte hash that snarkjs prints after a contribution."""
    found = re.search(r"Contribution Hash:\s*((?:[0-9a-f]{8}\s+){15}[0-9a-f]{8})", _plain(output))
    if found is None:
        raise ToolFailed("snarkjs", ["zkey"], 0, output)
    return re.sub(r"\s+", "", found[1])


def _plain(text: str) -> str:
    """Text without terminal colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
