"""
A wallet: one trader's file for one deployment, with the seed under a passphrase and the numbers already used.

Whatever is signed carries a number that must not come twice. So the file remembers the last ones, and is on disk with
the next before anything signed with it is handed out; a crash wastes a number and never repeats one. Numbers also
never fall behind the clock's seconds: a wallet restored from its words alone goes on above what it signed before, if
that was no more than one a second. A wallet whose keys come from an L1 wallet's signature stores no seed and says so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from eth_account import Account as Storage

from rollup.chain.abi import Address, address
from rollup.client.errors import (
    BadOrder,
    NoAccount,
    NoSeed,
    NotAWallet,
    OtherKeys,
    OtherSystem,
    WalletExists,
    WrongPassphrase,
)
from rollup.client.keys import Keys, keys_of, root_from_seed, root_from_wallet
from rollup.client.signers import Signer
from rollup.client.wallet_file import (
    FORMAT,
    KIND,
    Progress,
    address_in,
    count_in,
    locked,
    progress_in,
    read_document,
    shown,
    write_document,
)
from rollup.spec.hashes import keccak
from rollup.spec.orders import NONCE_REACH
from rollup.spec.types import Index, Time

__all__ = ["WORK", "Progress", "Wallet"]

WORK: Final = 1 << 18
"""What scrypt is made to cost, as in other wallets: about a second, and 256 MB."""

FINGERPRINT_BYTES: Final = 8
"""Enough to tell one's own keys from others, and says nothing of a root of 256 bits."""


class Wallet:
    """An open wallet file. It holds no secret; `keys` and `seed` ask for what opens them."""

    def __init__(self, path: Path, document: Mapping[str, Any]) -> None:
        self.path = path
        try:
            if document["kind"] != KIND:
                raise NotAWallet(path, "it says so itself")
            if document["format"] != FORMAT:
                raise NotAWallet(path, f"it has format {document['format']!r}, this program reads {FORMAT}")
            self.chain, self.clearing = count_in(document["chain"]), address_in(document["clearing"])
            self.number = count_in(document["number"])
            self.progress = progress_in(document)
            self._fingerprint = bytes.fromhex(document["fingerprint"])
            self._sealed: Mapping[str, Any] | None = document["seed"]
            self._document = dict(document)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotAWallet(path, "a field of it is missing or damaged") from error

    def __repr__(self) -> str:
        return f"Wallet({str(self.path)!r}, chain={self.chain}, clearing={self.clearing}, index={self.progress.index})"

    # -- making and opening

    @classmethod
    def create(
        cls,
        path: Path,
        chain: int,
        clearing: Address,
        seed: bytes,
        passphrase: str,
        *,
        number: int = 0,
        work: int = WORK,
    ) -> Wallet:
        """A new file with a seed, encrypted as web3's secret storage has it; lower `work` in tests only."""
        root = root_from_seed(seed, chain, clearing, number)
        sealed = Storage.encrypt(seed, _normal(passphrase), kdf="scrypt", iterations=work)
        # Whose L1 key the seed would be is nobody's business.
        kept = {name: value for name, value in sealed.items() if name != "address"}
        return cls._made(path, chain, clearing, number, root, kept)

    @classmethod
    def create_for(cls, path: Path, chain: int, clearing: Address, signer: Signer, *, number: int = 0) -> Wallet:
        """A new file for keys that an L1 wallet's signature makes."""
        return cls._made(path, chain, clearing, number, root_from_wallet(signer, chain, clearing, number), None)

    @classmethod
    def _made(
        cls, path: Path, chain: int, clearing: Address, number: int, root: bytes, sealed: Mapping[str, Any] | None
    ) -> Wallet:
        document = {
            "kind": KIND,
            "format": FORMAT,
            "chain": chain,
            "clearing": clearing,
            "number": number,
            "fingerprint": _fingerprint(root).hex(),
            "seed": sealed,
            **shown(Progress()),
        }
        wallet = cls(path, document)
        with suppress(OSError):  # Said better when the lock fails.
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(path):
            if path.exists():
                raise WalletExists(path)
            wallet._write()
        return wallet

    @classmethod
    def open(cls, path: Path, chain: int, clearing: Address) -> Wallet:
        """The wallet in a file, which must be for this deployment."""
        wallet = cls(path, read_document(path))
        found, wanted = _system(wallet.chain, wallet.clearing), _system(chain, address(clearing))
        if found != wanted:
            raise OtherSystem(path, found, wanted)
        return wallet

    # -- keys

    @property
    def has_seed(self) -> bool:
        return self._sealed is not None

    def seed(self, passphrase: str) -> bytes:
        """What 24 words spell; whoever has it has everything."""
        if self._sealed is None:
            raise NoSeed(self.path)
        try:
            return bytes(Storage.decrypt(dict(self._sealed), _normal(passphrase)))
        except Exception as error:  # Whatever a damaged file makes of the reader.
            if isinstance(error, ValueError) and "MAC" in str(error):
                raise WrongPassphrase(self.path) from None
            raise NotAWallet(self.path, "its encrypted seed is damaged") from error

    def keys(self, unlock: str | Signer, generation: int | None = None) -> Keys:
        """The keys that sign now, or those of another generation; a passphrase or the L1 wallet opens them."""
        return keys_of(self.root(unlock), self.progress.generation if generation is None else generation)

    def root(self, unlock: str | Signer) -> bytes:
        """What all keys follow from."""
        if isinstance(unlock, str):
            root = root_from_seed(self.seed(unlock), self.chain, self.clearing, self.number)
        elif self.has_seed:
            raise OtherKeys(self.path)
        else:
            root = root_from_wallet(unlock, self.chain, self.clearing, self.number)
        if _fingerprint(root) != self._fingerprint:
            raise OtherKeys(self.path)
        return root

    # -- numbers, each on disk before it is handed out

    @property
    def index(self) -> Index:
        """Of the account."""
        if self.progress.index is None:
            raise NoAccount(self.path)
        return self.progress.index

    def take_owner_nonce(self, now: Time) -> int:
        """The next number for an owner's operation."""
        with self._changing():
            nonce = max(self.progress.owner_nonce + 1, _clock(now))
            self.progress = replace(self.progress, owner_nonce=nonce)
        return nonce

    def take_place(self, places: int, now: Time, place: int | None = None) -> tuple[int, int]:
        """
        An order place and the next nonce there; without a choice, the place that was used longest ago.

        An order at a place that holds an open one replaces it.
        """
        if place is not None and not 0 <= place < places:
            raise BadOrder(f"there is no order place {place}; accounts have 0 to {places - 1}")
        with self._changing():
            used = self.progress.places
            # One count for all places, so that the smallest last nonce is the oldest.
            nonce = max(max(used.values(), default=0) + 1, _clock(now))
            chosen = min(range(places), key=lambda each: used.get(each, 0)) if place is None else place
            self.progress = replace(self.progress, places={**used, chosen: nonce})
        return chosen, nonce

    def take_generation(self) -> int:
        """The generation that a rotation goes to; until it has happened, the keys of the present one sign."""
        with self._changing():
            following = self.progress.generation + 1
            self.progress = replace(self.progress, highest=max(self.progress.highest, following))
        return following

    def learn(
        self,
        *,
        index: Index | None = None,
        l1_owner: Address | int | None = None,
        generation: int | None = None,
        owner_nonce: int = 0,
        places: Sequence[int] = (),
    ) -> None:
        """What L1 says of the account: numbers are raised and never lowered; `places` are last nonces, in order."""
        with self._changing():
            before = self.progress
            known = {place: max(nonce, before.places.get(place, 0)) for place, nonce in enumerate(places)}
            self.progress = Progress(
                generation=before.generation if generation is None else generation,
                highest=max(before.highest, generation or 0),
                index=before.index if index is None else index,
                l1_owner=before.l1_owner if l1_owner is None else address(l1_owner),
                owner_nonce=max(before.owner_nonce, owner_nonce),
                places={**before.places, **known},
            )

    # -- the file

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Read again, change, write: two programs with one wallet take turns and never take the same number."""
        with locked(self.path):
            before, now = self.progress, Wallet(self.path, read_document(self.path))
            if now._fingerprint != self._fingerprint:
                raise OtherKeys(self.path)
            self.progress = now.progress
            try:
                yield
                self._write()
            except BaseException:
                self.progress = before
                raise

    def _write(self) -> None:
        write_document(self.path, {**self._document, **shown(self.progress)})


def _system(chain: int, clearing: Address) -> str:
    return f"clearing {clearing} on chain {chain}"


def _normal(passphrase: str) -> str:
    """One spelling of letters that keyboards of different systems write differently."""
    return unicodedata.normalize("NFKC", passphrase)


def _fingerprint(root: bytes) -> bytes:
    return keccak(keccak(b"zkclear wallet fingerprint") + root)[:FINGERPRINT_BYTES]


def _clock(now: Time) -> int:
    """What a clock may raise a number to: the law takes no leap of 2^32 at an order place."""
    return now if 0 <= now < NONCE_REACH else 0
