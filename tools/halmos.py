"""
Run halmos over contracts/test/symbolic: every check must hold for all values, within its bounds and ten minutes.

    python tools/halmos.py               all of them; exit 1 unless each one passes
    python tools/halmos.py FeeChecks     those of one contract

A check that only passes because a loop was cut short, or because nothing ever reaches its end, counts as failed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from audit_programs import CONTRACTS, environment, find

CHECKS = CONTRACTS / "test" / "symbolic"
LOOPS = 8
"""How often a loop may go round: more than any check needs."""


def main() -> int:
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as directory:
        # What is not built cannot be run, and the other tests take minutes to build.
        variables = environment(Path(directory)) | {"FOUNDRY_TEST": "test/symbolic"}
        for contract in [name for name in sys.argv[1:] if not name.startswith("-")] or sorted(expected()):
            wrong += run(contract, Path(directory), variables)
    for line in wrong:
        print(line, file=sys.stderr)  # noqa: T201
    return int(bool(wrong))


def expected() -> dict[str, set[str]]:
    """The checks of each contract in the sources, so that none is passed over."""
    return {
        name: set(re.findall(r"function (check_\w+)\(", file.read_text()))
        for file in CHECKS.glob("*.t.sol")
        for name in re.findall(r"^contract (\w+Checks) ", file.read_text(), re.MULTILINE)
    }


def run(contract: str, scratch: Path, variables: Mapping[str, str]) -> Iterator[str]:
    """Run the checks of a contract and print how long they took; one line for each that fails."""
    report = scratch / f"{contract}.json"
    command = [find("halmos"), "--root", str(CONTRACTS), "--forge-build-out", variables["FOUNDRY_OUT"]]
    command += ["--contract", contract, "--function", "check_", "--loop", str(LOOPS), "--early-exit", "--no-status"]
    command += ["--solver-timeout-assertion", "10m", "--json-output", str(report)]
    result = subprocess.run(command, cwd=CONTRACTS, env=variables, capture_output=True, text=True, check=False)
    if not report.is_file():
        yield f"halmos failed on {contract} with code {result.returncode}:\n{(result.stdout + result.stderr)[-2000:]}"
        return
    yield from judge(contract, expected()[contract], json.loads(report.read_text()))


def judge(contract: str, names: set[str], report: Mapping[str, Any]) -> Iterator[str]:
    """What halmos says of each check; one that it did not run counts as failed."""
    results = [one for several in report["test_results"].values() for one in several]
    found = {one["name"].partition("(")[0]: one for one in results}
    for name in sorted(names):
        if name not in found:
            yield f"not run: {contract}.{name}"
            continue
        one = found[name]
        if one["exitcode"] != 0:
            yield f"failed: {contract}.{name} (code {one['exitcode']})"
        elif one["num_bounded_loops"]:
            yield f"cut short: {contract}.{name} needs more than {LOOPS} rounds of a loop"
        else:
            seconds = one["time"][0]
            print(f"halmos: {contract}.{name} holds ({one['num_paths'][0]} paths, {seconds:.1f} s)")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
