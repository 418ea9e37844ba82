"""The bindings on a real chain: views, transactions, events, and refusals with the ID of a rule."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from eth_account import Account as Signer
from support.chain import running_chain
from support.deployed import account, deploy_tiny, order, system_of, undone
from web3 import Web3
from web3.types import TxParams

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from rollup.chain import bindings
from rollup.chain.abi import (
    Account,
    NodeAccount,
    Transaction,
    address,
    encoded,
    reverted,
    selector,
    topic,
)
from rollup.chain.bindings.deposits import DepositQueued, DepositRefunded, Status
from rollup.chain.bindings.forced import Queue
from rollup.chain.encoding import change_of
from rollup.chain.errors import Reverted
from rollup.chain.part import Part
from rollup.chain.record import Record
from rollup.spec.hashes import keccak
from rollup.spec.settlement import (
    Change,
    ProofKind,
    SetCommittee,
    SetGovernance,
    SetGuardian,
    SetOperator,
    SetParameters,
    SetProvider,
    SetVerifier,
    Signers,
)
from rollup.spec.shared import ERRORS

USDC = 10**6


@pytest.fixture(scope="module")
def chain() -> Iterator[Web3]:
    with running_chain() as chain:
        yield chain


@pytest.fixture(scope="module")
def record(chain: Web3) -> Record:
    return deploy_tiny(chain)


@pytest.fixture(scope="module")
def system(chain: Web3, record: Record) -> bindings.System:
    return bindings.System.at(chain, record.parts)


@pytest.fixture(autouse=True)
def _as_before(chain: Web3, record: Record) -> Iterator[None]:
    with undone(chain):
        yield


CHANGES: list[Change] = [
    SetParameters(7),
    SetCommittee(Signers((1, 2, 3), 2)),
    SetVerifier(ProofKind.TRADE, 0),
    SetOperator(9),
    SetGuardian(10),
    SetGovernance(Signers((4, 5), 1)),
    SetProvider(11, allowed=True),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_change_of_the_law_is_one_that_the_contract_decodes(
    change: Change, chain: Web3, system: bindings.System, record: Record
) -> None:
    if isinstance(change, SetVerifier):
        change = SetVerifier(ProofKind.TRADE, int(record.keys[0].name, 16))
    member = next(one for one in chain.eth.accounts if one == record.roles.governance.members[0])
    number = system.governance.proposal_count()
    system.governance.propose(change_of(change)).send(NodeAccount(member))
    found = system.governance.proposal(number)
    assert found.change == change_of(change)
    assert found.approvals == (member,)


def funded(chain: Web3, record: Record, owner: int, amount: int) -> None:
    """An account with play money that the vault may take."""
    for signature, values in (
        ("mint(address,uint256)", [account(chain, owner).address, amount]),
        ("approve(address,uint256)", [record.parts.vault, amount]),
    ):
        data = selector(signature) + encoded(signature, values)
        Transaction(chain, address(record.token), signature, data, lambda _: None).send(account(chain, owner))


def test_register_and_refund_through_the_bindings(chain: Web3, record: Record, system: bindings.System) -> None:
    """Views, transactions, enums and events of one life: queued, expired, given back."""
    funded(chain, record, 0, 50 * USDC)
    owner = account(chain, 0)
    assert system.deposits.register(5, 20 * USDC).call(owner) == 0
    receipt = system.deposits.register(5, 20 * USDC).send(owner)
    found = system.deposits.deposit(0)
    assert (found.depositor, found.amount, found.index, found.owner_hash) == (owner.address, 20 * USDC, 0, 5)
    assert found.status is Status.QUEUED
    assert system.vault.unrefunded() == 20 * USDC

    order(chain, "evm_increaseTime", record.settings.deposit_window)
    order(chain, "evm_mine")
    system.deposits.refund(0).send(owner)
    assert system.deposits.deposit(0).status is Status.REFUNDED
    logged = list(system.deposits.events(record.first_block))
    assert [one.event for one in logged] == [
        DepositQueued(0, owner.address, 0, 20 * USDC, 5),
        DepositRefunded(0, owner.address, 20 * USDC),
    ]
    assert (logged[0].block, logged[0].transaction) == (receipt["blockNumber"], bytes(receipt["transactionHash"]))
    assert system.deposits.deposit(0, block=receipt["blockNumber"]).status is Status.QUEUED
    assert list(system.exit.events()) == []


def test_payable_function_sends_its_value(chain: Web3, system: bindings.System, record: Record) -> None:
    revenue = account(chain, 9)
    assert revenue.address == record.roles.revenue_owner
    before = system.forced.open()
    system.forced.request_close(1, value=record.settings.forced_fee).send(revenue)
    assert system.forced.open() == before + 1
    assert system.forced.requesting(1)
    assert system.forced.request(Queue.CLOSE, 0).fee == record.settings.forced_fee


def test_send_from_a_key_of_ones_own(chain: Web3, record: Record, system: bindings.System) -> None:
    signer = Account(Signer.from_key(keccak(b"somebody")))
    order(chain, "anvil_setBalance", signer.address, hex(10**20))
    number = system.governance.proposal_count()
    with pytest.raises(Reverted) as caught:
        system.governance.propose(change_of(SetOperator(9))).send(signer)
    assert caught.value.rule == "L1-90"
    key = system.verifiers.publish(b"").call
    with pytest.raises(Reverted):
        key(signer)
    data = bytes(chain.eth.get_code(address(system.verifiers.key_data(record.keys[0].kind))))[1:]
    receipt = system.verifiers.publish(data).send(signer)
    assert (receipt["status"], receipt["from"]) == (1, signer.address)
    assert system.governance.proposal_count() == number
    assert "somebody" not in repr(signer)


REFUSED = {
    "L1-8": lambda system: system.vault.credit(address(1), 1),
    "L1-11": lambda system: system.deposits.register(5, 1),
    "L1-14": lambda system: system.deposits.register(0, 10**9),
    "L1-15": lambda system: system.deposits.top_up(7, 10**9),
    "L1-16": lambda system: system.deposits.refund(10**6),
    "L1-19": lambda system: system.vault.pull(address(1)),
    "L1-20": lambda system: system.forced.request_pay(2, 1, value=10**18),
    "L1-85": lambda system: system.attestations.freeze(),
    "L1-90": lambda system: system.governance.approve(0),
    "L1-98": lambda system: system.governance.pause(1),
    "L1-101": lambda system: system.governance.publish_association(1),
    "L1-2": lambda system: system.exit.close_window(),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_refused_call_names_its_rule_and_what_it_means(rule: str, chain: Web3, system: bindings.System) -> None:
    """Tried or sent: the same error, with the rule's ID, the error's name and its sentence from SECURITY.md."""
    stranger = account(chain, 8)
    prepared = REFUSED[rule](system)
    for act in (prepared.call, prepared.send):
        with pytest.raises(Reverted) as caught:
            act(stranger)
        refusal = caught.value.refusal
        assert refusal is not None
        assert (caught.value.rule, refusal.name) == (rule, ERRORS[rule])
        assert str(caught.value) == f"{prepared.name} was refused with {rule} {refusal.name}: {refusal.meaning}"
        assert len(refusal.meaning) > 20


def test_refused_by_the_token_says_what_to_do(chain: Web3, system: bindings.System) -> None:
    with pytest.raises(Reverted, match=r"ERC20InsufficientAllowance: .*approve it on the token first") as caught:
        system.deposits.register(5, 10**9).send(account(chain, 8))
    assert caught.value.rule is None


def test_refused_with_a_sentence_passes_it_on() -> None:
    said = selector("Error(string)") + encoded("(string)", ["ERC20: transfer amount exceeds allowance"])
    assert str(reverted("Deposits.register", said)).endswith("refused with ERC20: transfer amount exceeds allowance")


def test_refused_view_names_its_rule(system: bindings.System) -> None:
    with pytest.raises(Reverted) as caught:
        system.governance.proposal(10**6)
    assert (caught.value.rule, caught.value.call) == ("L1-91", "Governance.proposal")


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "no reason was given"), (b"\x01\x02\x03\x04", "unknown error 0x01020304")],
)
def test_unknown_refusal_is_shown_as_it_came(data: bytes, said: str) -> None:
    assert said in str(reverted("Vault.pull", data))


def test_refused_only_in_its_block_names_its_rule(chain: Web3, record: Record, system: bindings.System) -> None:
    """The estimate passed, and the state moved before the transaction came: the error is still the contract's."""
    proposer, voter = (NodeAccount(address(member)) for member in record.roles.governance.members[:2])

    class Twice:
        """Sends everything twice, and hands out the second."""

        address = voter.address

        def transmit(self, chain: Web3, transaction: TxParams) -> bytes:
            chain.eth.wait_for_transaction_receipt(chain.eth.send_transaction(transaction))
            return bytes(chain.eth.send_transaction(transaction))

    number = system.governance.proposal_count()
    system.governance.propose(change_of(SetOperator(9))).send(proposer)
    with pytest.raises(Reverted) as caught:
        system.governance.approve(number).send(Twice())
    assert caught.value.rule == "L1-92"


def test_read_log_of_another_contract_is_nothing(chain: Web3, record: Record, system: bindings.System) -> None:
    logs = chain.eth.get_logs({"address": address(record.parts.verifiers), "fromBlock": 0})
    assert logs
    assert all(system.deposits.read(log) is None for log in logs)
    assert all(Part(chain, record.parts.verifiers).read(log) is None for log in logs)
    assert [system.verifiers.read(log) for log in logs].count(None) == 0
    assert topic("KeyPublished(bytes32,uint256,address)") in bindings.Verifiers.EVENTS


def test_system_of_a_record_is_that_of_its_parts(chain: Web3, record: Record, system: bindings.System) -> None:
    assert system_of(chain, record).exit.address == system.exit.address == record.parts.exit
