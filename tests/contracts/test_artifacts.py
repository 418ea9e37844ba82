"""What is deployed is what forge builds and tests, named by a hash of everything that it was made from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prover import toolchain
from prover.errors import MalformedFile
from prover.places import checkout
from rollup.chain import artifacts as module
from rollup.chain.artifacts import FILES, PARTS, Artifact, Reference, artifacts


@pytest.mark.slow
def test_artifacts_are_byte_for_byte_what_forge_builds(tmp_path: Path) -> None:
    """One source of settings, contracts/foundry.toml: what the Solidity tests ran is what stands on chain."""
    places = {"OUT": "out", "CACHE_PATH": "cache", "TEST": "no tests", "SCRIPT": "no scripts"}
    environment = {f"FOUNDRY_{name}": str(tmp_path / place) for name, place in places.items()}
    contracts = checkout() / "contracts"
    toolchain.run(toolchain.forge(), ["build", "--root", str(contracts)], directory=contracts, environment=environment)
    for name, artifact in artifacts().contracts.items():
        file = FILES[name].rsplit("/", 1)[1]
        built = json.loads((tmp_path / "out" / file / f"{file.removesuffix('.sol')}.json").read_text())
        assert built["bytecode"]["object"] == "0x" + artifact.creation.hex(), name
        assert built["deployedBytecode"]["object"] == "0x" + artifact.runtime.hex(), name


def test_artifacts_are_of_every_part_and_find_every_immutable() -> None:
    found = artifacts().contracts
    assert set(found) == {*PARTS, module.TOKEN}
    for artifact in found.values():
        for reference in artifact.immutables:
            for place in reference.places:
                assert artifact.runtime[place : place + 32] == bytes(32), reference


def test_masked_code_keeps_everything_but_immutables() -> None:
    artifact = Artifact("x", [], b"", bytes(100), (Reference("X", "a", (4, 60)),))
    masked = artifact.masked(b"\xff" * 100)
    assert masked == b"\xff" * 4 + bytes(32) + b"\xff" * 24 + bytes(32) + b"\xff" * 8


def test_masked_code_that_is_too_short_stays_short() -> None:
    artifact = Artifact("x", [], b"", bytes(100), (Reference("X", "a", (4, 60)),))
    assert len(artifact.masked(b"\xff" * 70)) == 70
    assert artifact.masked(b"") == b""


def test_source_hash_of_any_changed_file_or_setting_is_another() -> None:
    sources, settings = module._sources(), module._settings()
    before = module._key(sources, settings)
    for name in sources:
        assert module._key({**sources, name: sources[name] + " "}, settings) != before
    assert module._key(sources, {**settings, "viaIR": True}) != before


def test_sources_are_the_parts_and_all_that_they_import_and_no_tests() -> None:
    names = module._sources()
    assert set(FILES.values()) <= set(names)
    assert "src/interfaces/Errors.sol" in names
    assert any(name.startswith("@openzeppelin/") for name in names)
    assert not any("test/" in name for name in names)


@pytest.mark.parametrize(
    ("importing", "imported", "expected"),
    [
        ("src/exit/Notes.sol", "../Part.sol", "src/Part.sol"),
        ("src/Vault.sol", "./interfaces/IVault.sol", "src/interfaces/IVault.sol"),
        ("src/Vault.sol", "@openzeppelin/contracts/a.sol", "@openzeppelin/contracts/a.sol"),
        ("@openzeppelin/contracts/a/b.sol", "../c.sol", "@openzeppelin/contracts/c.sol"),
    ],
)
def test_resolve_import_is_the_file_that_the_compiler_means(importing: str, imported: str, expected: str) -> None:
    assert module._resolve(importing, imported) == expected


def test_settings_with_metadata_in_the_bytecode_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "contracts").mkdir()
    text = (checkout() / "contracts" / "foundry.toml").read_text().replace("cbor_metadata = false", "")
    (tmp_path / "contracts" / "foundry.toml").write_text(text)
    monkeypatch.setattr(module, "checkout", lambda: tmp_path)
    with pytest.raises(MalformedFile, match="byte by byte"):
        module._settings()


def test_missing_import_is_named_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "checkout", lambda: tmp_path)
    with pytest.raises(MalformedFile, match="make setup"):
        module._sources()
