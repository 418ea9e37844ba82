"""
Speed of proving: one circuit, one key, one witness, every prover at hand in one run.

Each prover runs in a process of its own, so that its memory is its own. Cold is a first proof with everything to load;
warm is the median of further proofs in the same process, which programs that exit after one proof do not have.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from prover import crypto, toolchain
from prover.circuits import circuit, compiled
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator, Inputs

__all__ = ["Figures", "run_all", "signature_inputs"]

WARM_PROOFS = 5
"""Proofs of which the median is told."""

BATCH = 64
"""Proofs in one pairing check."""

WTNS_HEAD = 12 + 12 + 40 + 12
"""Bytes of a .wtns file before the wires: magic, header section, head of the section with the wires."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one prover took; CPU seconds count every core."""

    engine: str
    wall_s: float
    cpu_s: float
    us_per_constraint: float
    peak_mb: float
    cold_wall_s: float
    cold_cpu_s: float
    phases: dict[str, list[float]] | None = None
    """Phase of a warm proof → wall and CPU seconds."""


def signature_inputs(count: int) -> dict[str, Any]:
    """Inputs of the `signatures` circuit: `count` messages, each signed by its own key."""
    here = crypto.load()
    secrets = [bytes([place]) * 32 for place in range(count)]
    messages = [here.poseidon([place, 7]) for place in range(count)]
    keys = [here.public_key(secret) for secret in secrets]
    signatures = [here.sign(secret, message) for secret, message in zip(secrets, messages, strict=True)]
    digest = 0
    for message in messages:
        digest = here.poseidon([digest, message])
    return {
        "digest": digest,
        "message": messages,
        "keyX": [key.x for key in keys],
        "keyY": [key.y for key in keys],
        "r8X": [signature.r8.x for signature in signatures],
        "r8Y": [signature.r8.y for signature in signatures],
        "s": [signature.s for signature in signatures],
    }


def run_all(profile: str, peer: Path | None, tell: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Prove the `signatures` circuit with every prover; `tell` is called before each."""
    tell("compiling, making the key")
    target = circuit("signatures", profile)
    key = dev_key(compiled(target))
    inputs = signature_inputs(target.parameters[0])
    with tempfile.TemporaryDirectory(prefix="zkclear-") as name:
        wtns = Path(name) / "a.wtns"
        tell("making the key anew")
        setup = _setup(key, Path(name) / "again.zkey")
        tell("computing the witness")
        witness, witness_bytes = _witness(key, inputs, wtns)
        constraints = key.compiled.header.constraints
        figures: dict[str, Any] = {
            "circuit": target.label,
            "constraints": constraints,
            "setup": setup,
            "witness": witness,
        }
        for label, engine in (("native", None), ("portable", "portable"), ("taceo", "taceo")):
            tell(f"proving: {label}")
            figures[label] = _native(engine, key, wtns, constraints)
            if label == "native":
                figures[label]["witness_s"] = witness["wall_s"]
        tell("verifying")
        figures["verify"] = _verification(key, witness_bytes)
        tell("proving: snarkjs")
        snarkjs = [*toolchain.snarkjs().command, "groth16", "prove"]
        figures["snarkjs"] = asdict(_outside("snarkjs", snarkjs, key, wtns, constraints))
        figures["peer"] = None
        if peer is not None:
            tell(f"proving: {peer.name}")
            figures["peer"] = asdict(_outside(peer.name, [str(peer)], key, wtns, constraints))
    return figures


def _witness(key: ProvingKey, inputs: Inputs, target: Path) -> tuple[dict[str, float], bytes]:
    """Compute the witness some times, after a first that also loads the program; its figures and its wires."""
    calculator = Calculator(key.compiled)
    witness = calculator.witness(inputs)
    witness.write(target)
    walls, processor = [], []
    for _ in range(WARM_PROOFS):
        wall, cpu = _timed(lambda: calculator.witness(inputs))
        walls.append(wall)
        processor.append(cpu)
    cpu = statistics.median(processor)
    figures = {
        "wall_s": round(statistics.median(walls), 3),
        "cpu_s": round(cpu, 3),
        "us_per_constraint": round(cpu / key.compiled.header.constraints * 1e6, 2),
    }
    return figures, witness.wires


def _setup(key: ProvingKey, target: Path) -> dict[str, float]:
    """Seconds to make a development key from the constraints, once."""
    import zkclear_native

    wall, cpu = _timed(lambda: zkclear_native.groth16_setup_dev(key.compiled.r1cs, target, bytes(32)))
    return {"wall_s": round(wall, 2), "cpu_s": round(cpu, 2)}


def _verification(key: ProvingKey, witness: bytes) -> dict[str, float]:
    """CPU milliseconds a proof: alone, and in a batch of 64 that share one pairing check."""
    import zkclear_native

    prover = zkclear_native.Groth16Prover(key.zkey)
    proofs = [prover.prove(witness) for _ in range(4)]
    vkey = prover.verification_key()
    items = [(0, *proofs[place % len(proofs)]) for place in range(BATCH)]
    single = statistics.median(_timed(lambda: zkclear_native.groth16_verify(vkey, *proofs[0]))[1] for _ in range(20))
    batch = statistics.median(_timed(lambda: zkclear_native.groth16_verify_many([vkey], items))[1] for _ in range(10))
    return {
        "single_ms": round(single * 1e3, 3),
        "batched_ms": round(batch / BATCH * 1e3, 3),
        "ratio": round(single * BATCH / batch, 2),
    }


def _native(engine: str | None, key: ProvingKey, wtns: Path, constraints: int) -> dict[str, Any]:
    command = [sys.executable, "-m", __name__, engine or "", str(key.zkey), str(wtns), str(constraints)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(result.stdout)
    return figures


def _measure_native(engine: str | None, zkey: Path, wtns: Path, constraints: int) -> Figures:
    """In a process of its own: open the key, prove once, prove again."""
    import zkclear_native

    witness = wtns.read_bytes()[WTNS_HEAD:]
    opened: list[zkclear_native.Groth16Prover] = []

    def first() -> None:
        opened.append(zkclear_native.Groth16Prover(zkey, engine))
        opened[0].prove(witness)

    cold_wall, cold_cpu = _timed(first)
    prover = opened[0]
    warm = [_timed(lambda: prover.prove(witness)) for _ in range(WARM_PROOFS)]
    return _figures(
        prover.engine,
        statistics.median(wall for wall, _ in warm),
        statistics.median(cpu for _, cpu in warm),
        _peak_megabytes("self"),
        (cold_wall, cold_cpu),
        constraints,
        {phase: [round(part, 4) for part in times] for phase, times in prover.timings.items()},
    )


def _outside(name: str, command: Sequence[str], key: ProvingKey, wtns: Path, constraints: int) -> Figures:
    """A program that takes zkey, witness, proof and public and exits; every run is cold."""
    runs = []
    for _ in range(3):
        with tempfile.TemporaryDirectory(prefix="zkclear-") as directory:
            arguments = [*command, str(key.zkey), str(wtns), f"{directory}/proof.json", f"{directory}/public.json"]
            started = time.perf_counter()
            peak = 0.0
            with subprocess.Popen(arguments, stdout=subprocess.DEVNULL) as process:
                while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
                    peak = max(peak, _peak_megabytes(process.pid))
                    time.sleep(0.01)
                _, status, usage = ended
                process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                raise RuntimeError(f"{name} exited {process.returncode}")
            wall = time.perf_counter() - started
            runs.append((wall, usage.ru_utime + usage.ru_stime, peak))
    wall, cpu, peak = (statistics.median(run[part] for run in runs) for part in range(3))
    return _figures(name, wall, cpu, peak, (wall, cpu), constraints)


def _figures(
    engine: str,
    wall: float,
    cpu: float,
    peak: float,
    cold: tuple[float, float],
    constraints: int,
    phases: dict[str, list[float]] | None = None,
) -> Figures:
    return Figures(
        engine,
        round(wall, 3),
        round(cpu, 3),
        round(cpu / constraints * 1e6, 2),
        round(peak, 1),
        round(cold[0], 3),
        round(cold[1], 3),
        phases,
    )


def _peak_megabytes(process: int | str) -> float:
    """
    Peak resident memory of a process so far, from /proc.

    The usual `ru_maxrss` will not do: it counts the parent's memory that a child has until it runs its own program.
    """
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _timed(operation: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of a call, all threads counted."""
    wall, cpu = time.perf_counter(), time.process_time()
    operation()
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    measured = _measure_native(sys.argv[1] or None, Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    json.dump(asdict(measured), sys.stdout)
