"""
A deployed system against the sources, keys and parameters at hand.

Nothing is believed of the record and nothing of whoever deployed: what must be on chain is computed from the sources of
this checkout and from what the record says was decided, and compared. The code that runs must be that of the sources
but for its immutables, and those have the values that follow. Code alone does not say what a constructor put into
storage, so the transaction that made each part must have sent the sources' creation code with the right arguments and
nothing else. Development keys, on local chains, must be those of the circuits compiled here; what ties other keys to a
circuit is their ceremony, which is verified apart. Settings are judged by the defaults, and changes on their way told.

The node is believed: whoever wants no node in between runs their own. Believed is also who holds which role, and that
the parameters are those that were meant: that they are as recorded says nothing of whose keys these are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import ContractLogicError, TransactionNotFound, Web3RPCError

from rollup.chain.abi import address
from rollup.chain.artifacts import PARTS, TOKEN, Artifact, Artifacts, artifacts
from rollup.chain.bindings import System
from rollup.chain.bindings.structs import Parts
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.claims import Claim, Verdict, failed, passed, same, shown, unchecked
from rollup.chain.decisions import decisions
from rollup.chain.errors import Reverted
from rollup.chain.keys import CircuitKey, circuit_of
from rollup.chain.plan import LOCAL_CHAINS, Plan, constructor_arguments, immutables
from rollup.chain.record import KeyRecord, Record
from rollup.spec.hashes import keccak

__all__ = ["Claim", "Verdict", "verify"]

WORD = 32
DECIMALS = 6
"""Of USDC: amounts everywhere are in millionths."""


def verify(
    chain: Web3, record: Record, keys: Sequence[CircuitKey], advance: Callable[[], None] = lambda: None
) -> list[Claim]:
    """Every claim about a system; `keys` are those at hand, made here or exported from a ceremony."""
    return list(_Verification(chain, record, {key.kind: key for key in keys}, advance).claims())


class _Verification:
    """One system under examination."""

    def __init__(
        self, chain: Web3, record: Record, keys: dict[ProofKind, CircuitKey], advance: Callable[[], None]
    ) -> None:
        self.chain, self.record, self.keys, self.advance = chain, record, keys, advance
        self.parts: Parts = record.parts
        self.system = System.at(chain, self.parts)
        self.built: Artifacts = artifacts()
        self.codes = {part: bytes(chain.eth.get_code(address(getattr(self.parts, part)))) for part in PARTS}
        self.stored = {key.kind: self._stored(key) for key in record.keys}
        found = tuple(
            CircuitKey(key.kind, self.stored[key.kind], key.development, key.constraints) for key in record.keys
        )
        self.plan = Plan(
            record.profile, record.settings, record.roles, record.genesis, record.parameters, found, record.token
        )

    def claims(self) -> Iterator[Claim]:
        yield same("chain", self.record.chain, self.chain.eth.chain_id)
        yield self._sources()
        expected = immutables(self.plan, self.parts, self.record.token, self.record.chain)
        arguments = constructor_arguments(self.plan, self.parts, self.record.token)
        for part in PARTS:
            artifact = self.built.contracts[part]
            yield self._code(part, artifact)
            yield self._immutables(part, artifact, expected)
            yield self._creation(part, artifact, arguments[part])
            self.advance()
        yield self._token()
        yield self._genesis()
        for key in self.record.keys:
            yield from self._key(key)
            self.advance()
        there = frozenset(part for part in PARTS if self.codes[part])
        yield from decisions(self.record, self.system, there, self.chain.eth.get_block("latest")["timestamp"])

    # -- code

    def _sources(self) -> Claim:
        if self.record.sources == self.built.source_hash:
            return passed("sources", f"{self.built.source_hash[:16]}…, as the record says")
        said = f"the record is of sources {self.record.sources[:16]}…, here are {self.built.source_hash[:16]}…"
        return failed("sources", f"{said}; check out the version that was deployed")

    def _code(self, part: str, artifact: Artifact) -> Claim:
        subject, code = f"code of {part}", self.codes[part]
        if not code:
            return failed(subject, f"there is no contract at {getattr(self.parts, part)}")
        if len(code) != len(artifact.runtime):
            return failed(subject, f"has {len(code)} bytes, the sources make {len(artifact.runtime)}")
        masked = artifact.masked(code)
        if masked != artifact.runtime:
            place = next(
                at for at, (one, other) in enumerate(zip(masked, artifact.runtime, strict=True)) if one != other
            )
            return failed(subject, f"differs from what the sources make, first at byte {place}")
        return passed(subject, f"{len(code)} bytes, as the sources make them")

    def _immutables(self, part: str, artifact: Artifact, expected: dict[str, int]) -> Claim:
        """Each value as it stands in the code, at each of its places."""
        subject, code, unknown = f"immutables of {part}", self.codes[part], []
        if len(code) != len(artifact.runtime):
            return failed(subject, "other code keeps them elsewhere, if it has them")
        for reference in artifact.immutables:
            name = _snake(reference.name)
            if name not in expected:
                unknown.append(reference.name)
                continue
            for place in reference.places:
                value = int.from_bytes(code[place : place + WORD], "big")
                if value != expected[name]:
                    return failed(subject, f"{reference.name} is {shown(value)}, must be {shown(expected[name])}")
        if unknown:
            return unchecked(subject, f"nothing says what {', '.join(unknown)} must be")
        return passed(subject, f"{len(artifact.immutables)} values")

    def _creation(self, part: str, artifact: Artifact, arguments: bytes) -> Claim:
        """Storage: the constructor that ran is the sources', with the arguments that follow from the record."""
        subject, created = f"creation of {part}", self.record.created[part]
        try:
            receipt = self.chain.eth.get_transaction_receipt(HexBytes(created.transaction))
            sent = bytes(self.chain.eth.get_transaction(HexBytes(created.transaction))["input"])
        except (TransactionNotFound, ValueError):
            return failed(subject, f"there is no transaction {created.transaction}")
        if receipt["contractAddress"] != created.address or receipt["status"] != 1:
            return failed(subject, f"transaction {created.transaction} did not make it")
        if receipt["blockNumber"] != created.block:
            return failed(subject, f"was in block {receipt['blockNumber']}, the record says {created.block}")
        if not sent.startswith(artifact.creation):
            return failed(subject, "was made by other code than the sources'")
        if sent != artifact.creation + arguments:
            return failed(
                subject, f"its constructor was given something else: {self._difference(sent, artifact, arguments)}"
            )
        return passed(subject, "the sources' constructor, with the record's arguments")

    def _difference(self, sent: bytes, artifact: Artifact, arguments: bytes) -> str:
        given = sent[len(artifact.creation) :]
        pairs = enumerate(zip(given, arguments, strict=False))
        place = next((at for at, (one, other) in pairs if one != other), min(len(given), len(arguments)))
        at = place // WORD
        words = [data[at * WORD : at * WORD + WORD].hex() or "nothing" for data in (given, arguments)]
        return f"word {at} is {words[0]}, the record makes {words[1]}"

    # -- money and state

    def _token(self) -> Claim:
        subject, token = "token", address(self.record.token)
        code = bytes(self.chain.eth.get_code(token))
        held = self.system.vault.token() if self.codes["vault"] else None
        if held != token:
            return failed(subject, f"the vault holds {held}, the record says {token}")
        if self.record.token_is_ours:
            if self.record.chain not in LOCAL_CHAINS:
                return failed(subject, "is play money, and the chain is no local one")
            artifact = self.built.contracts[TOKEN]
            if artifact.masked(code) != artifact.runtime:
                return failed(subject, "is called ours and has other code than the sources make")
            return passed(subject, "play money of a local chain")
        try:
            answer = self.chain.eth.call({"to": token, "data": keccak(b"decimals()")[:4]}) if code else b""
        except (ContractLogicError, Web3RPCError):
            answer = HexBytes(b"")
        if int.from_bytes(answer, "big") != DECIMALS:
            return failed(subject, f"{token} is no token with {DECIMALS} decimals")
        return unchecked(subject, f"whether {token} is USDC: compare it with what its issuer publishes")

    def _genesis(self) -> Claim:
        subject, root = "genesis", self.record.genesis.root(self.record.profile)
        if self.record.genesis_root != root:
            return failed(
                subject, f"the record's root is {shown(self.record.genesis_root)}, its owners make {shown(root)}"
            )
        if not self.codes["clearing"]:
            return failed(subject, "there is no clearing")
        end = self.system.clearing.batch_end(root)
        if end.time == 0 or end.number != 0:
            return failed(subject, f"the root of the named owners, {shown(root)}, is not what the system began with")
        batches = self.system.clearing.batches()
        return passed(subject, f"accounts 0 and 1 of the named owners; {batches} batches since")

    # -- keys

    def _key(self, key: KeyRecord) -> Iterator[Claim]:
        subject, name = f"key of {circuit_of(key.kind)}", self._verifier(key.kind)
        if "0x" + name.hex() != key.name:
            yield failed(subject, f"the registry checks by {_name(name)}, the record says {key.name[:18]}…")
        elif keccak(self.stored[key.kind]) != name:
            yield failed(subject, f"the stored bytes are not those of {_name(name)}")
        else:
            yield passed(subject, f"{_name(name)}, and its bytes hash to it")
        yield self._circuit(key, name)

    def _circuit(self, key: KeyRecord, name: bytes) -> Claim:
        """
        The key on chain belongs to the circuit of this checkout.

        That is seen only of a key that was made here: a file that is called a circuit's key may be another circuit's.
        """
        subject, ours = f"circuit of {circuit_of(key.kind)}", self.keys.get(key.kind)
        if ours is None:
            return unchecked(subject, "no key is at hand; name the directory of a ceremony's keys with --keys")
        if ours.name != name:
            return failed(subject, f"the key at hand is {_name(ours.name)}, the registry's is {_name(name)}")
        if ours.development and self.record.chain not in LOCAL_CHAINS:
            return failed(subject, "a development key, which everybody can forge with, off local chains")
        if not ours.made_here or self.record.chain not in LOCAL_CHAINS:
            return unchecked(
                subject,
                "is the key at hand, but nothing here ties that to the circuit; next, in the ceremony's directory: "
                "`zkclear ceremony verify … --ptau FILE`, and `zkclear ceremony export`, which must write this key",
            )
        return passed(subject, f"development key of the circuit compiled here, r1cs {ours.constraints[:16]}…")

    def _verifier(self, kind: ProofKind) -> bytes:
        return self.system.verifiers.verifier(kind) if self.codes["verifiers"] else b""

    def _stored(self, key: KeyRecord) -> bytes:
        """The key's bytes where the registry has them: the code there, after one byte that stops."""
        if not self.codes["verifiers"]:
            return b""
        try:
            place = self.system.verifiers.published(bytes.fromhex(key.name[2:]))
        except Reverted:
            return b""
        return bytes(self.chain.eth.get_code(address(place)))[1:]


def _name(key: bytes) -> str:
    return f"0x{key.hex()[:16]}…"


def _snake(name: str) -> str:
    """The name of an immutable as Python has it."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name.strip("_"))
