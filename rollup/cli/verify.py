"""`zkclear verify FILE`: judge a bundle offline, claim by claim."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from prover.errors import ProverError
from rollup.cli.output import Json, complain, console, emit, progress
from rollup.verdicts import Verdict

__all__ = ["UNUSABLE", "time_in", "verify"]

UNUSABLE = 2
"""Exit code where there is nothing to judge, or nothing to judge it by."""

STYLES = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.NOT_CHECKED: "yellow"}


def verify(
    file: Annotated[Path, typer.Argument(help="A bundle, as `zkclear attest solvency` writes it.")],
    deployment: Annotated[
        Path | None, typer.Option(help="Deployment record of the system that is meant: names system, key and age.")
    ] = None,
    key_hash: Annotated[
        str | None, typer.Option(help="Name of the solvency key in the registry on L1, instead of the record's.")
    ] = None,
    root: Annotated[str | None, typer.Option(help="State root of the batch that is meant, read on L1.")] = None,
    risk_root: Annotated[str | None, typer.Option(help="Root of that batch's last risk table, read on L1.")] = None,
    at: Annotated[
        str | None, typer.Option(help="When it must still be young: `now`, seconds, or 2027-01-15T08:00Z.")
    ] = None,
    max_age: Annotated[int | None, typer.Option(min=1, help="Seconds, instead of the record's setting.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a report to print.")] = None,
    json: Json = False,
) -> None:
    """
    Check a bundle offline: no network, no node. Each claim ends as PASS, FAIL or NOT CHECKED.

    What the file cannot show, because one hand wrote all of it, has to come from elsewhere: system and key from the
    deployment record, roots from L1.

    Exit code 0: nothing failed. 1: something did. 2: the file is no bundle, or an option could not be read.
    """
    from rollup.compliance import reading, report
    from rollup.compliance.expected import Expected, hash_in, read_expected, root_in
    from rollup.compliance.verify import NOTE, exit_code
    from rollup.compliance.verify import verify as judge

    try:
        expected = read_expected(deployment) if deployment else Expected()
        if key_hash is not None:
            own = expected.development and hash_in(key_hash) == expected.key
            expected = replace(expected, key=hash_in(key_hash), development=own)
        expected = replace(
            expected,
            state_root=None if root is None else root_in(root),
            risk_root=None if risk_root is None else root_in(risk_root),
            at=None if at is None else time_in(at),
            max_age=expected.max_age if max_age is None else max_age,
        )
        bundle = reading.read(file)
        if html is not None and not html.parent.is_dir():
            raise typer.BadParameter(f"{html.parent} is no directory", param_hint="--html")
        if html is not None and html.exists() and html.samefile(file):
            raise typer.BadParameter("that is the bundle itself", param_hint="--html")
    except ProverError as error:
        complain(error)
        raise typer.Exit(UNUSABLE) from error

    with progress("checking proofs", len(bundle.parts)) as (bar, task):
        claims = judge(bundle, expected, lambda: bar.advance(task))
    if html is not None:
        made = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        try:
            html.write_text(report.page(bundle, claims, file.name, made), encoding="utf-8", errors="replace")
        except OSError as error:
            complain(ProverError(f"{html} cannot be written ({error.strerror}); name another file with --html"))
            raise typer.Exit(UNUSABLE) from error
    code = exit_code(claims)
    if json:
        found = [asdict(claim) for claim in claims]
        said = report.summary(claims)
        emit({"ok": code == 0, **report.counted(claims), "summary": said, "claims": found, "note": NOTE})
    else:
        for claim in claims:
            style = STYLES[claim.verdict]
            console.print(f"[{style}]{claim.verdict:11}[/] {claim.subject:17} {escape(claim.detail)}")
        console.print(f"\n{escape(report.summary(claims))}\n{NOTE}")
        if html is not None:
            console.print(f"Written: {escape(str(html))}")
    raise typer.Exit(code)


def time_in(text: str) -> int:
    """Seconds since 1970: `now`, a number of them, or a date as ISO 8601 has it, in UTC unless it says otherwise."""
    from rollup.compliance.errors import BadExpectation

    if text == "now":
        return int(datetime.now(UTC).timestamp())
    if text.isascii() and text.isdecimal() and len(text) < 13:
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadExpectation(f"{text!r} is no time: give `now`, seconds since 1970, or 2027-01-15T08:00Z") from error
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
