"""
The reference that the integer pricer is held to: the same formulas with fifty digits.

Run as a program it records the cases of tests/vectors/pricer_domain.json anew; needs mpmath.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[2] / "vectors" / "pricer_domain.json"
DOMAIN: dict[str, Any] = json.loads(VECTORS.read_text())
YEAR = 31_536_000


def exact(forward: int, strike: int, volatility_ppm: int, seconds: int, rate_ppm: int, call: bool) -> dict[str, Any]:
    """Value and greeks as fractions of the forward, as mpmath numbers."""
    import mpmath as mp

    mp.mp.dps = 50
    ratio, sigma = mp.mpf(strike) / forward, mp.mpf(volatility_ppm) / 10**6
    time, rate = mp.mpf(max(0, seconds)) / YEAR, mp.mpf(rate_ppm) / 10**6
    discount, root = mp.exp(-rate * time), mp.sqrt(time)
    deviation = sigma * root
    if deviation == 0:
        value = discount * max(mp.mpf(0), 1 - ratio if call else ratio - 1)
        inside = ratio < 1 if call else ratio > 1
        delta = (discount if call else -discount) if inside else mp.mpf(0)
        return {"value": value, "delta": delta, "gamma": mp.mpf(0), "vega": mp.mpf(0), "theta": rate * value}
    upper = -mp.log(ratio) / deviation + deviation / 2
    lower = upper - deviation
    sign = 1 if call else -1
    value = discount * sign * (mp.ncdf(sign * upper) - ratio * mp.ncdf(sign * lower))
    bell = discount * mp.npdf(upper)
    return {
        "value": value,
        "delta": discount * sign * mp.ncdf(sign * upper),
        "gamma": bell / deviation,
        "vega": bell * root,
        "theta": rate * value - bell * sigma / (2 * root),
    }


def cases() -> list[tuple[int, int, int, int, int, bool]]:
    """Every combination of the domain's axes."""
    axes = DOMAIN["axes"]
    return [
        (axes["forward"], axes["forward"] * moneyness // 10**6, volatility, seconds, rate, call)
        for moneyness, volatility, seconds, rate, call in product(
            axes["moneyness_ppm"], axes["volatility_ppm"], axes["seconds"], axes["rate_ppm"], (True, False)
        )
    ]


def record() -> None:
    """Every seventeenth case with thirty digits; what is below 1e-40 is written as 0."""
    import mpmath as mp

    recorded = []
    for case in cases()[::17]:
        values = exact(*case)
        pair = (values["value"], values["delta"])
        recorded.append([*case, *("0" if abs(one) < mp.mpf("1e-40") else mp.nstr(one, 30) for one in pair)])
    axes = ",\n".join(f'    "{name}": {json.dumps(axis)}' for name, axis in DOMAIN["axes"].items())
    rows = ",\n".join(f"    {json.dumps(row)}" for row in recorded)
    about = json.dumps(DOMAIN["about"], ensure_ascii=False)
    parts = [f'  "about": {about}', f'  "bound": "{DOMAIN["bound"]}"']
    parts += [f'  "axes": {{\n{axes}\n  }}', f'  "recorded": [\n{rows}\n  ]']
    VECTORS.write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    record()
