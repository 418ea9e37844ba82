"""The Python end of tests/support/circomlibjs_oracle.mjs."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PROGRAM = Path(__file__).with_name("circomlibjs_oracle.mjs")
PACKAGE = PROGRAM.parents[2] / "node_modules" / "circomlibjs"


class CircomlibJs:
    """One Node process that answers requests, a JSON line each."""

    @staticmethod
    def missing() -> str | None:
        """Why the oracle cannot run here, and what helps."""
        if shutil.which("node") is None:
            return "circomlibjs, the oracle: Node.js is missing; install it and run `make setup`"
        if not PACKAGE.is_dir():
            return "circomlibjs, the oracle, is missing; run `make setup`"
        return None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["node", str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=30)  # closes its input, which ends it

    def ask(self, verb: str, **request: Any) -> Any:
        """The answer to one request; integers travel as text, except where the oracle wants a count."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"verb": verb, **request}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise AssertionError(f"circomlibjs: {answer['error']}")
        return answer["result"]
