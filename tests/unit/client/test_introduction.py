"""An introduction: the keys behind an owner hash, for the operator alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollup.client import requests
from rollup.client.errors import BadRequest
from rollup.client.keys import keys_of

OWNER = keys_of(b"\x07" * 32).owner((1 << 160) - 5)


def test_introduction_writtenAndRead_isTheSame_forItsOwnerOnly(tmp_path: Path) -> None:
    path = tmp_path / "introduction.json"
    requests.write(requests.Introduction(OWNER), 5, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert requests.read(path, 5) == requests.Introduction(OWNER)
    with pytest.raises(BadRequest, match="another system"):
        requests.read(path, 6)


@pytest.mark.parametrize("field", ["view_key", "owner_key", "l1_owner"])
def test_read_whenAFieldIsMissingOrMore_namesIt(field: str) -> None:
    text = requests.encode(requests.Introduction(OWNER), 5).decode()
    with pytest.raises(BadRequest, match=field):
        requests.decode(text.replace(f'"{field}"', '"other"').encode(), 5)
