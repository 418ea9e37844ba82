"""
Change the contracts in every way that some test must notice, and see that one does.

    python tools/mutate.py                        every mutant
    python tools/mutate.py --only Vault.sol       those of a file; may be given again
    python tools/mutate.py --sample 12 --seed 7   some of them, the same for a seed
    python tools/mutate.py --list                 what there is to run
    python tools/mutate.py --json                 the same, with every verdict as a line of JSON on stdout

A mutant that survives is a rule that no test holds: write the test, or say in contracts/mutants.toml why nobody could
see the difference. Exit 1 on a survivor without an entry there, or an entry none of whose mutants survives any more.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from mutation import answers, project, runner
from mutation.mutant import Mutant
from mutation.source import ROOT, BrokenSources

from prover.places import data_directory

CONTRACTS = ROOT / "contracts"


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    known = answers.read(options.contracts / "mutants.toml")
    try:
        projects, hopeless = project.prepare(options.contracts, data_directory() / "mutants")
        chosen = choose([one for built in projects for one in built.mutants], known, options)
        if options.list:
            print("\n".join(map(str, chosen)))  # noqa: T201
            return 0
        tests = [runner.Tests(built, known.left_out) for built in projects]
        say(f"{len(chosen)} mutants; {len(hopeless)} more do not compile; builds: {len(projects)}")
        for one in tests:
            one.pass_unmutated()
        verdicts = runner.run(tests, chosen, Progress(len(chosen), options.json))
    except (BrokenSources, project.BuildFailed, runner.TestsFail) as error:
        say(str(error))
        return 2
    return judge(verdicts, known, whole=not options.sample)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--only", action="append", default=[], metavar="FILE", help="below contracts/src")
    parser.add_argument("--sample", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--contracts", type=Path, default=CONTRACTS, help="another project than ours")
    return parser.parse_args(arguments)


def choose(mutants: Sequence[Mutant], known: answers.Answers, options: argparse.Namespace) -> list[Mutant]:
    """Those of the files asked for. A sample leaves out what is known to survive: it has nothing to tell."""
    chosen = sorted(mutants, key=lambda one: one.number)
    if options.only:
        chosen = [one for one in chosen if any(one.file.endswith(file) for file in options.only)]
    if options.sample:
        chosen = answers.unanswered(chosen, known)
        chosen = random.Random(options.seed).sample(chosen, min(options.sample, len(chosen)))  # noqa: S311
    return chosen


class Progress:
    """Says how far a run is, and each survivor as it is found."""

    def __init__(self, total: int, as_json: bool) -> None:
        self.total, self.as_json = total, as_json
        self.begin = self.said = time.monotonic()

    def __call__(self, verdict: runner.Verdict, count: int) -> None:
        one = verdict.mutant
        if self.as_json:
            fields = {name: getattr(one, name) for name in ("number", "file", "line", "function", "was", "becomes")}
            seconds = round(verdict.seconds, 2)
            print(json.dumps({**fields, "killer": verdict.killer, "seconds": seconds}), flush=True)  # noqa: T201
        if not verdict.killer:
            say(f"survived: {one}")
        now = time.monotonic()
        if now - self.said >= 20:
            self.said = now
            left = (now - self.begin) / count * (self.total - count)
            say(f"{count} of {self.total}, {left / 60:.0f} minutes left")


def judge(verdicts: Sequence[runner.Verdict], known: answers.Answers, *, whole: bool) -> int:
    """The summary, and the exit code."""
    survivors = [one.mutant for one in verdicts if not one.killer]
    new = answers.unanswered(survivors, known)
    gone = answers.outdated([one.mutant for one in verdicts], survivors, known) if whole else []
    ran, survived = (Counter(one.file for one in group) for group in ([v.mutant for v in verdicts], survivors))
    for file in sorted(ran):
        say(f"{file}: {ran[file] - survived[file]} of {ran[file]} killed")
    for one in new:
        say(f"no test sees {one}")
    for answer in gone:
        say(f"mutants.toml lists what does not survive: {answer.file} {answer.function}: {answer.was}")
    say(f"{len(verdicts) - len(survivors)} of {len(verdicts)} killed, {len(survivors) - len(new)} known to survive")
    return int(bool(new or gone))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
