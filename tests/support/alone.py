"""
A trader's own process: nothing but the installed package, its dependencies, keys, published circuits and L1.

Run as a script by another interpreter, with one JSON document of arguments. It fails on opening any file of the
checkout, on starting any program, and on reaching anything but the node that it was named.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

HARMLESS = ("file", "uname")
"""What the standard library asks of its machine, where there is such a program; the PATH here has none."""


def guard(checkout: str, allowed: tuple[str, ...], port: int | None) -> None:
    """From here on a look at the checkout, a program or another host ends the process with a traceback."""
    starts = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty")

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event in starts and arguments[0] not in HARMLESS:
            raise RuntimeError(f"{event} {arguments!r}: a trader's process starts no programs")
        if event == "socket.connect":
            where = arguments[1]
            if port is None or where != ("127.0.0.1", port):
                raise RuntimeError(f"reaches {where!r}")
        if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str | bytes | os.PathLike):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if path.startswith(checkout + os.sep) and not path.startswith(allowed):
                raise RuntimeError(f"{event} {path}: this is the checkout's")

    sys.addaudithook(look)


def main() -> None:
    given = json.loads(sys.argv[1])
    assert not list(Path.cwd().iterdir()), "not an empty directory"
    sys.path[:] = [one for one in sys.path if not one.startswith(given["checkout"])]
    sys.path[:0] = [given["package"], given["dependencies"]]
    guard(given["checkout"], (given["dependencies"],), given["port"])

    from prover.crypto import load
    from prover.types import Point
    from rollup.chain.bindings import System
    from rollup.chain.bindings.verifiers import ProofKind
    from rollup.chain.deploy import connect
    from rollup.chain.history import History, read_history
    from rollup.chain.record import Record
    from rollup.client.claims import claim_key, prove_escape, prove_note
    from rollup.client.notes import unspent
    from rollup.client.recover import recover
    from rollup.spec.account import Owner, keys_hash
    from rollup.spec.hashes import tagged
    from rollup.spec.shared import Tag

    if given["port"] is None:
        history, system = History.read(Path(given["history"])), None
    else:
        record = Record.read(Path(given["record"]))
        system = System.at(connect(f"http://127.0.0.1:{given['port']}"), record.parts)
        history = read_history(system, record)
    keys = json.loads(Path(given["keys"]).read_text())
    owner_key, trading_key = (load().public_key(bytes.fromhex(keys[one])) for one in ("owner", "trading"))
    assert isinstance(owner_key, Point)
    commitment = tagged(Tag.NOTEKEY, keys["note"])
    owner = Owner(owner_key, trading_key, keys["view"], commitment, int(keys["l1_owner"], 16))
    recovered = recover(history, owner, {keys_hash(owner_key, trading_key): (owner_key, trading_key)})
    circuits, out = Path(given["circuits"]), Path(given["out"])
    prove_escape(recovered, claim_key(circuits, ProofKind.ESCAPE, history, system)).write(out / "escape.json")
    notes = unspent(recovered, keys["note"])
    for number, note in enumerate(notes):
        key = claim_key(circuits, ProofKind.WITHDRAW, history, system)
        prove_note(recovered, note, key).write(out / f"note-{number}.json")
    # The command line loads whole, too: whoever has the package has the commands.
    from rollup.cli import app

    try:
        app(["trader", "escape", "--help"], standalone_mode=False)
    finally:
        sys.stdout.write("\n")
    ours = [
        module.__file__
        for name, module in sys.modules.items()
        if name.partition(".")[0] in ("prover", "rollup") and getattr(module, "__file__", None)
    ]
    assert ours and all(str(one).startswith(given["package"]) for one in ours), ours
    told = {
        "index": recovered.index,
        "leaf": recovered.account.leaf,
        "touches": [[one.batch, one.kind, one.cash] for one in recovered.touches],
        "notes": [one.amount for one in notes],
        "modules": sorted(name for name in sys.modules if name.startswith("rollup")),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
