"""
The integer pricer against fifty digits, over the domain in tests/vectors/pricer_domain.json (MKT-PRICE-1).
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from itertools import pairwise, product

import pytest
from reference_pricer import DOMAIN, cases, exact

from rollup.market.errors import OutOfDomain
from rollup.market.fixed import ONE, PPM, exp, from_ppm, ln, multiply, sqrt, years
from rollup.market.normal import LIMIT, cdf, density, quantile
from rollup.market.pricer import Greeks, greeks, moneyness, undiscounted
from rollup.market.simulator import Randomness

BOUND = Decimal(DOMAIN["bound"])


def ours(forward: int, strike: int, volatility: int, seconds: int, rate: int, call: bool) -> Greeks:
    time, fixed_rate = years(max(0, seconds)), from_ppm(rate)
    discount = exp(-multiply(fixed_rate, time))
    return greeks(forward, strike, from_ppm(volatility), time, fixed_rate, discount, call)


def decimal(fixed: int) -> Decimal:
    with localcontext() as context:
        context.prec = 50
        return Decimal(fixed) / ONE


def test_price_at_recorded_cases_is_exact_to_a_milliardth_of_the_forward() -> None:
    for *case, value, delta in DOMAIN["recorded"]:
        got = ours(*case)
        assert abs(decimal(got.value) - Decimal(value)) <= BOUND, case
        assert abs(decimal(got.delta) - Decimal(delta)) <= max(BOUND, Decimal("1e-7") * (case[2] * case[3] < 10**6)), (
            case
        )


def test_price_over_the_whole_domain_is_exact_to_a_milliardth_of_the_forward() -> None:
    mp = pytest.importorskip("mpmath")
    for case in cases():
        got, true = ours(*case), exact(*case)
        assert abs(mp.mpf(got.value) / ONE - true["value"]) <= 1e-9, case
        volatility, seconds = case[2], case[3]
        if volatility * volatility * max(0, seconds) < 10**8:  # w < 1.8e-6: greeks jump there
            continue
        for name in ("delta", "gamma", "vega", "theta"):
            error = abs(mp.mpf(getattr(got, name)) / ONE - true[name])
            assert error <= 1e-9 * max(1, abs(true[name])), (name, case)


def test_price_at_random_points_of_the_domain_is_exact_to_a_milliardth_of_the_forward() -> None:
    mp = pytest.importorskip("mpmath")
    randomness = Randomness(1)
    for _ in range(2_000):
        forward = 1 + randomness.below(10**12)
        forward, strike = forward << 24, max(1, forward * exp(randomness.below(8 * ONE) - 4 * ONE) >> 32)
        case = (forward, strike, randomness.below(5 * PPM), randomness.below(10**8), randomness.below(10**5), True)
        assert abs(mp.mpf(ours(*case).value) / ONE - exact(*case)["value"]) <= 1e-9, case


@pytest.mark.parametrize("call", [True, False])
def test_price_without_uncertainty_is_the_intrinsic_value(call: bool) -> None:
    for ratio in (ONE // 2, ONE - 1, ONE, ONE + 1, 3 * ONE):
        log = ln(ratio)
        intrinsic = max(0, ONE - ratio if call else ratio - ONE)
        assert undiscounted(ratio, log, 0, call) == intrinsic
        assert abs(undiscounted(ratio, log, ONE >> 33, call) - intrinsic) < ONE >> 33


def test_price_of_call_less_put_is_forward_less_strike_to_the_last_bit() -> None:
    for forward, strike, deviation in product((10**6, 10**11), (999, 10**7, 10**11), (0, ONE // 100, ONE, 9 * ONE)):
        ratio, log = moneyness(forward, strike)
        call, put = (undiscounted(ratio, log, deviation, kind) for kind in (True, False))
        assert call - put == ONE - ratio


def test_price_of_nothing_positive_raises() -> None:
    for forward, strike in ((0, 1), (1, 0), (-1, 1), (1, -1)):
        with pytest.raises(OutOfDomain) as raised:
            moneyness(forward, strike)
        assert raised.value.value == (forward, strike)


def test_fixed_functions_keep_their_written_bounds() -> None:
    mp = pytest.importorskip("mpmath")
    mp.mp.dps = 50
    randomness = Randomness(2)
    for _ in range(2_000):
        x = randomness.below(100 * ONE) - 40 * ONE
        if x < 60 * ONE:
            true = mp.e ** (mp.mpf(x) / ONE)
            assert abs(mp.mpf(exp(x)) / ONE - true) <= max(true * mp.mpf(2) ** -50, mp.mpf(2) ** -54)
        y = 1 + randomness.below(1 << 20 + randomness.below(80))
        assert abs(mp.mpf(ln(y)) / ONE - mp.log(mp.mpf(y) / ONE)) <= mp.mpf(2) ** -50
        assert 0 <= mp.sqrt(mp.mpf(y) / ONE) - mp.mpf(sqrt(y)) / ONE < mp.mpf(2) ** -56
        z = randomness.below(18 * ONE) - 9 * ONE
        assert abs(mp.mpf(cdf(z)) / ONE - mp.ncdf(mp.mpf(z) / ONE)) <= mp.mpf(2) ** -50
        assert abs(mp.mpf(density(z)) / ONE - mp.npdf(mp.mpf(z) / ONE)) <= mp.mpf(2) ** -50


def test_distribution_rises_and_is_symmetric_to_the_last_bit() -> None:
    places = range(-LIMIT - ONE, LIMIT + ONE, ONE // 97)
    values = [cdf(x) for x in places]
    assert all(0 <= value <= ONE for value in values)
    assert all(after - before >= -8 for before, after in pairwise(values))  # to rounding
    assert all(cdf(-x) == ONE - cdf(x) for x in places)
    for probability in (ONE // 1_000, ONE // 10, ONE // 2, ONE - ONE // 10, ONE - ONE // 1_000):
        assert abs(cdf(quantile(probability)) - probability) <= 8


@pytest.mark.parametrize("x", [0, -1])
def test_logarithm_of_nothing_positive_raises(x: int) -> None:
    with pytest.raises(OutOfDomain):
        ln(x)


def test_exponential_and_quantile_out_of_range_raise() -> None:
    for call, argument in ((exp, 64 * ONE), (quantile, 0), (quantile, ONE)):
        with pytest.raises(OutOfDomain):
            call(argument)
    assert exp(-100 * ONE) == 0
