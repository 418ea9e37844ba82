"""The chapter in which solvency is attested, and checked by somebody who has a file and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from prover.backends import Proved
from prover.errors import ToolFailed
from rollup.cli.attesting import attest_solvency
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.names import dollars
from rollup.cli.story.stage import Stage
from rollup.compliance.bundle import Bundle
from rollup.compliance.solvency import Prover, prover_of
from rollup.ledger.ledger import SealedBatch
from rollup.spec.solvency import ScanPart, scan
from rollup.witness.solvency import solvency_inputs

__all__ = ["attest", "solvency"]


def attest(chapter: Chapter, stage: Stage, batch: SealedBatch) -> Bundle:
    """A proof over all accounts of a settled batch, and on L1 what opens the gate."""
    started = time.perf_counter()
    bundle = attest_solvency(
        batch.state,
        batch.table,
        stage.system,
        stage.house.operator,
        stage.directory / "node" / "scans",
        stage.directory / f"solvency-{batch.number}.json",
        prover=_Timed(stage, prover_of(stage.house.record.profile)),
        first_block=stage.house.record.first_block,
    )
    assert bundle.posted is not None
    receipt = stage.house.chain.web3.eth.get_transaction_receipt(bundle.posted.transaction)  # type: ignore[arg-type]
    stage.sent("attest solvency", receipt)
    chapter.claim(
        f"all {bundle.result.accounts} accounts are proven solvent after batch {batch.number}, none of them shown: "
        "the gate is open",
        stage.system.attestations.gate_is_open() and bundle.result.failed == 0 and bundle.result.balanced,
    )
    chapter.note(f"{len(bundle.parts)} proofs in {time.perf_counter() - started:.1f} s, {receipt['gasUsed']:,} gas")
    return bundle


def solvency(chapter: Chapter, stage: Stage) -> None:
    """The last batch's; its file is then verified by another process, offline and in pure Python."""
    batch = stage.made[-1][0]
    chapter.claim("nothing was attested for a while: the gate is shut", not stage.system.attestations.gate_is_open())
    attest(chapter, stage, batch)
    books = scan(batch.state, batch.table)
    chapter.claim(
        f"{dollars(books.equity)} of equity against as much custody",
        books.valid and books.equity == books.custody,
    )
    path = stage.directory / f"solvency-{batch.number}.json"
    end = stage.system.clearing.batch_end(stage.system.clearing.latest_root())
    read_on_l1 = (
        f"--root={stage.system.clearing.latest_root():#x}",
        f"--risk-root={stage.system.oracle.posted_table(end.epoch).risk_root:#x}",
        f"--at={stage.house.chain.now}",
    )
    started = time.perf_counter()
    judged = _judged(stage, path, *read_on_l1)
    chapter.claim(
        f"`zkclear verify` of the file, {path.stat().st_size:,} bytes, offline and in pure Python: "
        f"{judged['PASS']} claims PASS, none FAILs",
        judged["ok"] and judged["FAIL"] == 0 and judged["PASS"] > 10,
    )
    chapter.note(
        f"in {time.perf_counter() - started:.1f} s, without the native extension; roots and time as L1 has them"
    )
    document = json.loads(path.read_text())
    forged = path.with_name("forged.json")
    for what, changed in (
        ("fewer accounts", {"accounts": document["result"]["accounts"] - 1}),
        ("another custody", {"custody_commit": f"{int(document['result']['custody_commit'], 16) ^ 1:#066x}"}),
    ):
        forged.write_text(json.dumps({**document, "result": {**document["result"], **changed}}))
        chapter.claim(f"of the same file with {what} it says FAIL", _judged(stage, forged)["FAIL"] > 0)


class _Timed(Prover):
    """A prover that tells what its proofs took."""

    def __init__(self, stage: Stage, inner: Prover) -> None:
        super().__init__(inner.key, inner.calculator, inner.backend)
        object.__setattr__(self, "stage", stage)

    def prove(self, part: ScanPart) -> Proved:
        started = time.perf_counter()
        witness = self.calculator.witness(solvency_inputs(part))
        between = time.perf_counter()
        made = self.backend.prove(self.key, witness)
        self.stage.proved("solvency", (between - started, time.perf_counter() - between))  # type: ignore[attr-defined]
        return made


def _judged(stage: Stage, path: Path, *options: str) -> dict[str, Any]:
    """By a process of its own, without the native extension."""
    code = "import sys; sys.modules['zkclear_native'] = None; from rollup.cli import main; main()"
    record = str(stage.directory / "deployment.json")
    command = [sys.executable, "-c", code, "verify", str(path), "--deployment", record, *options, "--json"]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: dict[str, Any] = json.loads(judged.stdout)
    except ValueError as error:  # it has not come to a verdict
        raise ToolFailed("zkclear verify", command[3:], judged.returncode, judged.stderr) from error
    return found
