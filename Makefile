# zkclear. `make` lists what there is; every target sets up what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
BIN := .venv/bin
CARGO := $(shell command -v cargo 2>/dev/null)
RUST_SOURCES := $(shell find prover/native rollup/native -name '*.rs' -o -name Cargo.toml -o -name '*.pyi' 2>/dev/null) Cargo.toml Cargo.lock
NO_RUST := "warning: Rust is missing (install it from rustup.rs, then run make setup again). Reference mathematics, verification and snarkjs proving with existing keys work; key setup, fast proving and the exchange at speed do not."

.DEFAULT_GOAL := help
.PHONY: help setup test check format generate demo bench soak audit lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: .venv/.python node_modules/.npm .venv/.native ## install everything from the lock files, build the native part (safe to repeat)

.venv/.python: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) is missing; install Python 3.11 or newer, or run make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: $(PYTHON) is older than 3.11; run make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "setup: Python packages (about a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.npm: package.json package-lock.json
	@command -v npm >/dev/null || { echo "error: npm is missing; install Node.js 20 or newer, which brings it"; exit 1; }
	@echo "setup: npm packages (about half a minute the first time)"
	@npm ci --loglevel=error --no-audit --no-fund --ignore-scripts >/dev/null
	@touch $@

.venv/.native: .venv/.python $(RUST_SOURCES)
ifeq ($(CARGO),)
	@echo $(NO_RUST) >&2
else
	@echo "setup: native extension (two to four minutes the first time)"
	@env -u CONDA_PREFIX VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/maturin develop --quiet --release --locked --manifest-path prover/native/python/Cargo.toml >/dev/null
	@touch $@
endif

test: setup ## run every test but the soak ones
ifneq ($(CARGO),)
	@echo "test: circuits and development keys of two profiles (about six minutes the first time)"
	@$(BIN)/zkclear setup dev --profile tiny --json >/dev/null
	@$(BIN)/zkclear setup dev --profile small --json >/dev/null
endif
	@echo "test: contracts (about two minutes, half of it the compiler's)"
	@FORGE_SNAPSHOT_CHECK=true tools/forge test | grep -vE '^\[PASS\]|^Suite result: ok|^Ran [0-9]+ tests? for|^$$'
	@$(BIN)/pytest -n 2 --dist loadgroup
ifeq ($(CARGO),)
	@echo $(NO_RUST) >&2; echo "skipped: the Rust crates' own tests"
else
	@cargo test --quiet --release --locked --workspace
endif

check: setup ## lint, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache | tail -n 8
	@$(BIN)/python tools/bindings.py --check
	@$(BIN)/python tools/codes.py --check
	@$(BIN)/python tools/hints.py --check
	@tools/forge fmt --check >/dev/null || { echo "error: contracts are not formatted; run make format"; exit 1; }
	@$(BIN)/python tools/circomspect.py --optional
ifeq ($(CARGO),)
	@echo $(NO_RUST) >&2
else
	@cargo fmt --all --check
	@cargo clippy --quiet --release --locked --workspace --all-targets -- -D warnings
endif

format: setup ## rewrite sources in the house's format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .
	@tools/forge fmt
	@command -v cargo >/dev/null && cargo fmt --all || true

generate: setup ## write the files that follow from the manifest and from the law
	@$(BIN)/python tools/generate.py
	@$(BIN)/python tools/codes.py
	@$(BIN)/python tools/bindings.py
	@$(BIN)/python tools/margin_page.py
	@$(BIN)/python tools/base_windows.py

demo: setup ## tell the first settlement, and leave it as a page: demo.html
	@$(BIN)/zkclear demo

bench: setup ## measure everything that a document states
	@$(BIN)/zkclear bench crypto
	@$(BIN)/zkclear bench prover
	@$(BIN)/zkclear bench law
	@$(BIN)/zkclear bench exchange
	@$(BIN)/zkclear bench settle
	@$(BIN)/zkclear bench market
	@$(BIN)/zkclear bench crash
	@$(BIN)/zkclear circuits stats

soak: setup ## what is too slow for every landing
	@$(BIN)/python tools/circomspect.py
	@$(BIN)/python tools/mutate.py
	@$(BIN)/python tools/solidity_coverage.py
	@FOUNDRY_PROFILE=soak FOUNDRY_FUZZ_SEED=0x$$(od -An -N8 -tx8 /dev/urandom | tr -d ' ') tools/forge test --match-path 'test/{invariants/*,*Fuzz*,Accounting*}' | tail -n 3
	@$(BIN)/pytest -n 2 -m soak
	@$(BIN)/pytest -n 2 --hypothesis-profile soak tests/property tests/contracts/test_settlement_twin_defects.py
ifneq ($(CARGO),)
	@cargo test --quiet --release --locked --workspace -- --ignored
endif

audit: setup .venv-audit/.python ## symbolic and static analysis of the contracts
	@$(BIN)/python tools/slither.py
	@$(BIN)/python tools/halmos.py

.venv-audit/.python: requirements-audit.lock
	@echo "audit: slither and halmos, apart from our own packages (about a minute the first time)"
	@test -x .venv-audit/bin/python || $(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.lock
	@touch $@

lock: ## resolve the Python packages anew and pin them with hashes (needs uv)
	@uv pip compile pyproject.toml --group dev --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet -o requirements.lock
	@printf 'halmos==0.3.3\nslither-analyzer==0.11.6\n' | uv pip compile - --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet -o requirements-audit.lock

clean: ## remove what setup and the builds made
	@rm -rf .venv .venv-audit node_modules target out contracts/out contracts/cache cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
