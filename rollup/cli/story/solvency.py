"""The chapter in which solvency is attested, and checked by somebody who has a file and nothing else."""

from __future__ import annotations

import subprocess
import sys
import time

from rollup.cli.attesting import attest_solvency
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.names import dollars
from rollup.cli.story.stage import Stage
from rollup.compliance.bundle import Bundle
from rollup.ledger.ledger import SealedBatch
from rollup.spec.solvency import scan

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
    code = "import sys; sys.modules['zkclear_native'] = None; from rollup.cli import main; main()"
    record = stage.directory / "deployment.json"
    command = [sys.executable, "-c", code, "verify", str(path), "--deployment", str(record), "--json"]
    started = time.perf_counter()
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    chapter.claim(
        f"`zkclear verify` says PASS of its {path.stat().st_size:,} bytes, offline, in pure Python",
        judged.returncode == 0 and '"FAIL"' not in judged.stdout,
    )
    chapter.note(f"in {time.perf_counter() - started:.1f} s, without the native extension")
    forged = path.with_name("forged.json")
    forged.write_text(path.read_text().replace(f'"accounts": {batch_accounts(path)}', '"accounts": 3', 1))
    command[4] = str(forged)
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    chapter.claim("of the same file with fewer accounts it says FAIL", judged.returncode != 0)


def batch_accounts(path: object) -> int:
    """How many accounts a bundle speaks of."""
    import json
    from pathlib import Path

    assert isinstance(path, Path)
    return int(json.loads(path.read_text())["result"]["accounts"])
