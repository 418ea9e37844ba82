"""Signed requests as files: read back as they were written, and strictly."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
from support.client_traders import trader_in
from support.spec_values import DOMAIN

from rollup.client.amounts import Instrument
from rollup.client.errors import BadRequest
from rollup.client.requests import HANDLING, OPERATIONS, ORDER, Operation, account_of, decode, encode, read, write
from rollup.exchange.commands import Force, SelfTrade, Trigger
from rollup.exchange.exchange import Handling
from rollup.spec.orders import Order
from rollup.spec.shared import Side

HANDLED = Handling(2**64 - 1, Force.GTD, 5, True, SelfTrade.CANCEL_BOTH, Trigger.STOP, 7)


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One of every kind."""
    alice = trader_in(tmp_path_factory.mktemp("wallets"))
    return {
        "order": alice.order(Instrument(1, 1), Side.SELL, "40", "0.001", handling=HANDLED, reduce_only=True),
        "withdraw": alice.withdraw("18446744073709.551615", 0xCAFE),
        "note": alice.notes("5")[0],
        "transfer": alice.transfer("7", 3),
        "rotate": alice.rotate(),
        "cancel": alice.cancel(0),
    }


KINDS = ("order", *OPERATIONS)


def test_forms_cover_every_field_of_what_is_signed() -> None:
    """A field that is added to the law must not be lost on the way."""
    assert {each.name for each in fields(Order)} == set(ORDER)
    assert {each.name for each in fields(Handling)} == set(HANDLING)
    for kind, forms in OPERATIONS.values():
        assert {each.name for each in fields(kind)} == {*forms, "authority"}
    assert {kind for kind, _ in OPERATIONS.values()} == set(get_args(Operation))


@pytest.mark.parametrize("kind", KINDS)
def test_write_a_request_and_read_it_gives_it_back(kind: str, requests: dict[str, Any], tmp_path: Path) -> None:
    request = requests[kind]
    write(request, DOMAIN, tmp_path / "request.json")
    found = read(tmp_path / "request.json", DOMAIN)
    assert found == request
    assert account_of(found) == 2
    assert encode(found, DOMAIN) == (tmp_path / "request.json").read_bytes()
    assert json.loads(encode(found, DOMAIN))["kind"] == kind


def paths(document: Any, prefix: str = "") -> list[str]:
    """Every field of a document, dotted."""
    found = []
    for name, value in document.items():
        found.append(prefix + name)
        if isinstance(value, dict) and name not in ("signature",):
            found += paths(value, f"{prefix}{name}.")
    return found


def change(document: Any, path: str, act: Callable[[Any, str], None]) -> bytes:
    copy = json.loads(json.dumps(document))
    *outer, last = path.split(".")
    target = copy
    for name in outer:
        target = target[name]
    act(target, last)
    return json.dumps(copy).encode()


@pytest.mark.parametrize("kind", KINDS)
def test_read_a_request_with_a_field_missing_or_of_another_type_names_it(kind: str, requests: dict[str, Any]) -> None:
    document = json.loads(encode(requests[kind], DOMAIN))
    assert len(paths(document)) > 6
    for path in paths(document):
        with pytest.raises(BadRequest) as refused:
            decode(change(document, path, lambda target, name: target.pop(name)), DOMAIN)
        assert refused.value.field == path
        for wrong in (None, [], {}, "x", "", -1, 1.5, 2**300, "-1", "0x", "0X1", "01", "0x00", "9" * 30, ["0x1"]):

            def put(target: Any, name: str, wrong: Any = wrong) -> None:
                target[name] = wrong

            with pytest.raises(BadRequest) as refused:
                decode(change(document, path, put), DOMAIN)
            assert refused.value.field.startswith(path), (path, wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_read_a_request_with_an_unknown_field_names_it(kind: str, requests: dict[str, Any]) -> None:
    document = json.loads(encode(requests[kind], DOMAIN))
    for path in ["extra", *(f"{part}.extra" for part in ("order", "handling") if part in document)]:
        with pytest.raises(BadRequest, match="is unknown") as refused:
            decode(change(document, path, lambda target, name: target.update({name: 1})), DOMAIN)
        assert refused.value.field == path


def test_read_numbers_that_are_flags_or_flags_that_are_numbers_is_refused(requests: dict[str, Any]) -> None:
    document = json.loads(encode(requests["order"], DOMAIN))
    for path, wrong in (("order.slot", True), ("order.reduce_only", 1), ("handling.post_only", 0), ("order.side", 1)):

        def put(target: Any, name: str, wrong: Any = wrong) -> None:
            target[name] = wrong

        with pytest.raises(BadRequest) as refused:
            decode(change(document, path, put), DOMAIN)
        assert refused.value.field == path


def test_read_a_signature_with_a_scalar_beyond_the_subgroup_is_refused(requests: dict[str, Any]) -> None:
    from prover.reference.babyjubjub import SUBGROUP_ORDER

    document = json.loads(encode(requests["withdraw"], DOMAIN))
    document["signature"]["s"] = hex(int(document["signature"]["s"], 16) + SUBGROUP_ORDER)
    with pytest.raises(BadRequest, match="canonical"):
        decode(json.dumps(document).encode(), DOMAIN)


def test_read_an_address_with_a_slip_is_refused(requests: dict[str, Any]) -> None:
    document = json.loads(encode(requests["withdraw"], DOMAIN))
    document["recipient"] = document["recipient"].swapcase().replace("0X", "0x")
    with pytest.raises(BadRequest, match="checksum"):
        decode(json.dumps(document).encode(), DOMAIN)


def test_read_a_request_for_another_system_is_refused(requests: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="another system"):
        decode(encode(requests["note"], DOMAIN), DOMAIN + 1)


@pytest.mark.parametrize("data", [b"", b"[]", b"nothing", b"\xff", b'{"kind": "note", "kind": "note"}', b"[" * 60_000])
def test_read_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(BadRequest):
        decode(data, DOMAIN)


def test_read_a_file_that_is_missing_or_far_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        read(tmp_path / "none.json", DOMAIN)
    (tmp_path / "long.json").write_bytes(b" " * 100_000)
    with pytest.raises(BadRequest, match="too long"):
        read(tmp_path / "long.json", DOMAIN)
