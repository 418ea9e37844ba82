"""
A report: what became of each claim of a bundle, as one page that stands alone and prints well.

It loads nothing and runs nothing; whatever a stranger wrote is text in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from rollup.compliance.bundle import Bundle, word
from rollup.compliance.verify import NOTE, moment
from rollup.verdicts import Claim, Verdict

__all__ = ["counted", "page", "summary"]

STYLE: Final = """
body { font: 11pt/1.45 Georgia, 'Times New Roman', serif; color: #111; background: #fff; max-width: 52rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top;
  padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #ccc; overflow-wrap: anywhere; }
td:first-child, th:first-child { white-space: nowrap; width: 9rem; }
code { font: .85em/1.3 ui-monospace, Menlo, Consolas, monospace; }
.summary { border: 2px solid; padding: .6rem .9rem; margin: 1rem 0; }
.pass { color: #0a5c2b; } .fail { color: #a30d0d; font-weight: bold; } .open { color: #7a5200; }
footer { margin-top: 2rem; border-top: 1px solid #111; padding-top: .6rem; }
@page { margin: 18mm; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } tr, .summary { break-inside: avoid; } }
"""

CLASSES: Final = {Verdict.PASS: "pass", Verdict.FAIL: "fail", Verdict.NOT_CHECKED: "open"}

TIES: Final = {"state root": "--root", "risk table": "--risk-root"}
"""What ties a bundle to L1, and the options that bring it."""


def counted(claims: Sequence[Claim]) -> dict[str, int]:
    """How many claims became what."""
    return {verdict.value: sum(claim.verdict is verdict for claim in claims) for verdict in Verdict}


def summary(claims: Sequence[Claim]) -> str:
    """The end of it, in a sentence or two."""
    count = counted(claims)
    if count[Verdict.FAIL]:
        return f"Not valid: {count[Verdict.FAIL]} of {len(claims)} claims do not hold."
    unseen = {claim.subject for claim in claims if claim.verdict is Verdict.NOT_CHECKED}
    if "verification key" in unseen:
        return (
            f"Nothing failed, and nothing is shown: {len(unseen)} of {len(claims)} claims were not checked, among them "
            "the key, which whoever wrote the file may have made. Give --deployment or --key-hash."
        )
    if missing := [option for subject, option in TIES.items() if subject in unseen]:
        return (
            f"What was checked holds, but says nothing of the books on L1: {len(unseen)} of {len(claims)} claims were "
            "not checked. Whoever proves chooses state and table, and with the table prices and time. "
            f"Give {' and '.join(missing)}."
        )
    if unseen:
        return f"What was checked holds; {len(unseen)} of {len(claims)} claims were not checked."
    return f"All {len(claims)} claims hold."


def page(bundle: Bundle, claims: Sequence[Claim], source: str, made: str) -> str:
    """The report of a bundle; `made` says when."""
    verdicts = {claim.subject: claim.verdict for claim in claims}
    loose = any(verdicts.get(subject) is Verdict.NOT_CHECKED for subject in ("verification key", *TIES))
    shade = "fail" if Verdict.FAIL in verdicts.values() else "open" if loose else ""
    result = bundle.result
    slots = [slot for slot in range(result.empty_slots.bit_length()) if result.empty_slots >> slot & 1]
    facts = {
        "File": source,
        "Checked": made,
        "Chain": str(bundle.place.chain),
        "Clearing": f"{bundle.place.clearing:#042x}",
        "Profile": bundle.profile,
        "State root": word(bundle.state_root),
        "Batch": str(bundle.batch),
        "Risk root": word(bundle.table.root),
        "Table of": moment(bundle.table.time),
        "Accounts": f"{result.accounts:,}",
        "Slots shown empty": ", ".join(map(str, slots)) or "none",
        "Custody commitment": word(result.custody_commit),
        "Key": "0x" + bundle.key.name.hex(),
        "Proofs": str(len(bundle.parts)),
        "Posted by": bundle.posted.transaction if bundle.posted else "the bundle names no transaction",
    }
    rows = "\n".join(
        f'<tr><td class="{CLASSES[claim.verdict]}">{claim.verdict}</td><td>{escape(claim.subject)}</td>'
        f"<td>{escape(claim.detail)}</td></tr>"
        for claim in claims
    )
    said = "\n".join(
        f"<tr><td>{escape(name)}</td><td><code>{escape(text)}</code></td></tr>" for name, text in facts.items()
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Solvency of {bundle.place.clearing:#042x}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>Attestation of solvency</h1>
<p>An operator of a clearing house shows that what it owes to all accounts is what it holds for them, that its guarantee
fund is not in debt, and that no account is beyond close-out. This page says which of that was found to be so.</p>
<p class="summary {shade}">{escape(summary(claims))}</p>
<h2>Claims</h2>
<table>
<tr><th>Verdict</th><th>Claim</th><th>Found</th></tr>
{rows}
</table>
<h2>What the file says</h2>
<table>
{said}
</table>
<footer>{escape(NOTE)}</footer>
</body>
</html>
"""
