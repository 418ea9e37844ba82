"""
Every way in which the trader's side says no. No message ever contains a secret, nor what somebody took for one.

    ClientError
    ├── BadNumber             an amount, price or address that cannot be read
    ├── BadOrder              an order that no exchange would take
    ├── BadOperation          an operation that the law would refuse whatever the account holds
    ├── BadRequest            a file that is no signed request; `field` says where
    ├── BadSeed               bytes or words from which no keys are made
    ├── UnsteadyWallet        an L1 wallet whose signatures differ from one time to the next
    ├── ForeignSignature      a signature that is not of the wallet that was asked
    ├── WalletError
    │   ├── NoWallet          there is no file
    │   ├── WalletExists      there is one already
    │   ├── NotAWallet        a file that is something else, or damaged
    │   ├── NotWritten        no room, or no permission: nothing was signed
    │   ├── OtherSystem       a wallet for another deployment
    │   ├── OtherKeys         keys that are not the wallet's
    │   ├── WrongPassphrase   it does not open the seed
    │   └── NoSeed            a wallet whose keys come from an L1 wallet's signature
    ├── MissingSecret         a passphrase, words or private key that nobody gave
    ├── NoAccount             the wallet has no account yet, or nobody told it which
    ├── ForeignChain          a node of another chain, or one where the system does not stand
    └── NotNow                L1 would refuse this at the moment
"""

from __future__ import annotations

from prover.errors import ProverError

__all__ = [
    "BadNumber",
    "BadOperation",
    "BadOrder",
    "BadRequest",
    "BadSeed",
    "ClientError",
    "ForeignChain",
    "ForeignSignature",
    "MissingSecret",
    "NoAccount",
    "NoSeed",
    "NoWallet",
    "NotAWallet",
    "NotNow",
    "NotWritten",
    "OtherKeys",
    "OtherSystem",
    "UnsteadyWallet",
    "WalletError",
    "WalletExists",
    "WrongPassphrase",
]


class ClientError(ProverError):
    """Base of everything raised on purpose below `rollup.client`."""


class BadNumber(ClientError):
    """An amount, a price or an address that cannot be read as one."""

    def __init__(self, what: str, text: str, reason: str) -> None:
        self.what, self.text, self.reason = what, text, reason
        super().__init__(f"{what} {text!r} {reason}")


class BadOrder(ClientError):
    """An order that no exchange would take; the message says what to change."""


class BadOperation(ClientError):
    """An operation that the law would refuse whatever the account holds; the message says what to change."""


class BadRequest(ClientError):
    """A file that is no signed request."""

    def __init__(self, where: str, field: str, reason: str) -> None:
        self.where, self.field, self.reason = where, field, reason
        super().__init__(f"{where}: {field} {reason}; have the trader write the request again")


class BadSeed(ClientError):
    """Bytes or words from which no keys are made; what they were is not repeated."""


class UnsteadyWallet(ClientError):
    """Keys made of a signature that never comes again would be lost with their first use."""

    def __init__(self) -> None:
        super().__init__(
            "the L1 wallet signed the same document twice and the signatures differ, so that keys made of them could "
            "never be made again; use a seed instead (`zkclear trader keys new`), as all contract wallets must"
        )


class ForeignSignature(ClientError):
    """What came back is not a signature of the wallet that was asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(
            f"what the L1 wallet returned is no signature by {address}; use an ordinary account's key, or a seed "
            "(`zkclear trader keys new`), as all contract wallets must"
        )


class WalletError(ClientError):
    """Base of what may be wrong with a wallet file."""

    def __init__(self, path: object, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} {reason}")


class NoWallet(WalletError):
    """There is no file."""

    def __init__(self, path: object) -> None:
        super().__init__(path, "does not exist; make a wallet with `zkclear trader keys new`, or `keys restore`")


class WalletExists(WalletError):
    """A wallet is never written over: its seed may be nowhere else."""

    def __init__(self, path: object) -> None:
        super().__init__(path, "exists already and is not written over; name another file with --wallet")


class NotAWallet(WalletError):
    """A file that is something else, or damaged."""

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(path, f"is no wallet file: {reason}; restore it with `zkclear trader keys restore`")


class NotWritten(WalletError):
    """What is not on disk is not signed with."""

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(path, f"cannot be written ({reason}), so nothing was signed; make room or look at permissions")


class OtherSystem(WalletError):
    """Keys of one deployment sign nothing in another."""

    def __init__(self, path: object, found: str, wanted: str) -> None:
        self.found, self.wanted = found, wanted
        super().__init__(path, f"is a wallet for {found}, and this is {wanted}; name the wallet or deployment you mean")


class OtherKeys(WalletError):
    """The seed or L1 wallet at hand is not the one that this file began with."""

    def __init__(self, path: object) -> None:
        super().__init__(
            path, "was made with other keys than those at hand; use the L1 wallet or seed it was made with"
        )


class WrongPassphrase(WalletError):
    """The passphrase does not open the seed."""

    def __init__(self, path: object) -> None:
        super().__init__(path, "does not open with this passphrase; try again, or restore the wallet from its words")


class NoSeed(WalletError):
    """Nothing to encrypt or to back up is in this wallet."""

    def __init__(self, path: object) -> None:
        super().__init__(
            path, "stores no seed: its keys come from your L1 wallet's signature, whose own backup brings them back"
        )


class MissingSecret(ClientError):
    """A passphrase, words or private key that nobody gave or nobody can read; the message says where it belongs."""


class NoAccount(ClientError):
    """The wallet does not know its account's index."""

    def __init__(self, path: object) -> None:
        self.path = path
        super().__init__(
            f"{path} knows of no account; register with `zkclear trader register AMOUNT`, and once a batch has taken "
            "the deposit, `zkclear trader deposits` finds the account's index"
        )


class ForeignChain(ClientError):
    """A node of another chain, or one where the system does not stand."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}; name the node with --rpc and the right record with --deployment")


class NotNow(ClientError):
    """L1 would refuse this at the moment; the message says why and what to do."""
