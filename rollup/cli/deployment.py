"""What `zkclear chain …` does; apart from the commands because web3 takes longer to load than all the rest."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from eth_account import Account as Signer
from rich.markup import escape
from web3 import Web3

from rollup.chain.abi import Account, NodeAccount, Sender, address
from rollup.chain.artifacts import PARTS
from rollup.chain.deploy import answering, connect, deploy
from rollup.chain.development import local_plan
from rollup.chain.errors import BadRecord, DeploymentRefused
from rollup.chain.keys import CircuitKey, ceremony_keys, development_keys
from rollup.chain.plan import LOCAL_CHAINS, Plan
from rollup.chain.record import Record, read_genesis, read_parameters, read_roles, read_settings
from rollup.chain.verify import Claim, Verdict, verify
from rollup.cli.output import console, emit, progress
from rollup.spec.errors import Refusal
from rollup.spec.shared import PROFILES, Profile

__all__ = ["KEY_VARIABLE", "check", "set_up", "write_plan"]

KEY_VARIABLE = "ZKCLEAR_DEPLOYER_KEY"
"""Environment variable with the deployer's private key: arguments can be read by everybody on the machine."""

KINDS = 6
STYLES = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.NOT_CHECKED: "yellow"}


def set_up(rpc: str, profile: str, out: Path, plan_file: Path | None, keys: Path | None, json_wanted: bool) -> int:
    """Deploy and check; the exit code."""
    chosen, chain = _profile(profile), connect(rpc)
    _check_target(out, chain)
    sender = _sender(chain)
    plan = _plan(chain, chosen, plan_file)
    if keys is None and chain.eth.chain_id not in LOCAL_CHAINS:
        raise DeploymentRefused(
            f"chain {chain.eth.chain_id} is not a local one, and with development keys whoever reads this project can "
            "forge; make keys in a ceremony (`zkclear ceremony init`) and name their directory with --keys"
        )
    plan = replace(plan, keys=_keys(keys, chosen))
    with answering(rpc), progress("deploying", len(PARTS) + int(plan.token is None)) as (bar, task):
        record = deploy(chain, sender, plan, lambda _: bar.advance(task))
    record.write(out)
    with answering(rpc):
        claims = _verified(chain, record, plan.keys)
    if json_wanted:
        emit({"record": str(out), **record.document(), "claims": [asdict(claim) for claim in claims]})
    else:
        for part in PARTS:
            console.print(f"{part:13} {record.created[part].address}")
        console.print(f"{'token':13} {record.token}")
        _show([claim for claim in claims if claim.verdict is not Verdict.PASS])
        console.print(f"Written: {out}. Next: zkclear chain verify {out} --rpc {rpc}")
    return _exit_code(claims, unchecked=0)


def check(record: Record, rpc: str, keys: Path | None, json_wanted: bool) -> int:
    """Check a deployed system; the exit code."""
    chain = connect(rpc)
    development = any(key.development for key in record.keys)
    at_hand = _keys(keys, record.profile) if keys or development else ()
    with answering(rpc):
        claims = _verified(chain, record, at_hand)
    if json_wanted:
        counts = {verdict.value: sum(claim.verdict is verdict for claim in claims) for verdict in Verdict}
        emit({"ok": _exit_code(claims, unchecked=2) == 0, **counts, "claims": [asdict(claim) for claim in claims]})
    else:
        _show(claims)
    return _exit_code(claims, unchecked=2)


def write_plan(rpc: str, profile: str, out: Path) -> None:
    """The plan of a local system, as a file to be filled in."""
    plan = local_plan(connect(rpc), _profile(profile), ())
    document = {
        "token": None,
        "roles": asdict(plan.roles),
        "genesis": {"fund": hex(plan.genesis.fund), "revenue": hex(plan.genesis.revenue)},
        "parameters": {**asdict(plan.parameters), "market_hash": hex(plan.parameters.market_hash)},
        "settings": {name: str(value) for name, value in asdict(plan.settings).items()},
    }
    out.write_text(json.dumps(document, indent=2) + "\n")


def _verified(chain: Web3, record: Record, keys: tuple[CircuitKey, ...]) -> list[Claim]:
    with progress("checking", len(PARTS) + KINDS) as (bar, task):
        return verify(chain, record, keys, lambda: bar.advance(task))


def _check_target(out: Path, chain: Web3) -> None:
    """Before anything is paid for: the record must have a place, and must not take another one's."""
    if not out.parent.is_dir():
        raise DeploymentRefused(f"{out.parent} is no directory; make it, or name another file with --out")
    if out.exists() and chain.eth.chain_id not in LOCAL_CHAINS:
        raise DeploymentRefused(f"{out} exists and may be the record of another system; name another file with --out")


def _plan(chain: Web3, profile: Profile, file: Path | None) -> Plan:
    """The plan in a file, or that of a local chain."""
    if file is None:
        return local_plan(chain, profile, ())
    try:
        document: dict[str, Any] = json.loads(file.read_text())
        return Plan(
            profile=profile,
            settings=read_settings(document.get("settings", {})),
            roles=read_roles(document["roles"]),
            genesis=read_genesis(document["genesis"]),
            parameters=read_parameters(document["parameters"]),
            keys=(),
            token=address(document["token"]) if document.get("token") else None,
        )
    except Refusal as error:
        raise BadRecord(str(file), f"plans what no system may be: {error}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"is no plan ({type(error).__name__} {error}); `zkclear chain plan` writes one to begin with"
        raise BadRecord(str(file), reason) from error


def _keys(directory: Path | None, profile: Profile) -> tuple[CircuitKey, ...]:
    """Of a ceremony, or development keys, which take a while the first time."""
    if directory is not None:
        return ceremony_keys(directory, profile.name)
    with progress("keys", KINDS) as (bar, task):
        return development_keys(profile.name, lambda: bar.advance(task))


def _sender(chain: Web3) -> Sender:
    """Whose key is in the environment; on a local chain else the node's first account."""
    secret = os.environ.get(KEY_VARIABLE)
    if secret:
        try:
            return Account(Signer.from_key(secret))
        except Exception as error:
            raise DeploymentRefused(f"{KEY_VARIABLE} holds no private key: 32 bytes in hexadecimal") from error
    if chain.eth.chain_id in LOCAL_CHAINS and chain.eth.accounts:
        return NodeAccount(chain.eth.accounts[0])
    raise DeploymentRefused(f"put the deployer's private key into the environment variable {KEY_VARIABLE}")


def _profile(name: str) -> Profile:
    if name not in PROFILES:
        raise DeploymentRefused(f"there is no profile {name!r}; choose one of: {', '.join(PROFILES)}")
    return PROFILES[name]


def _show(claims: Sequence[Claim]) -> None:
    for claim in claims:
        style = STYLES[claim.verdict]
        console.print(f"[{style}]{claim.verdict:11}[/] {claim.subject:27} {escape(claim.detail)}")


def _exit_code(claims: Sequence[Claim], *, unchecked: int) -> int:
    verdicts = {claim.verdict for claim in claims}
    if Verdict.FAIL in verdicts:
        return 1
    return unchecked if Verdict.NOT_CHECKED in verdicts else 0
