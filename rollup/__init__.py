"""The clearing house."""

from prover.reference import curves as _curves  # noqa: F401 - first: web3 loads py_ecc too, and leaves its side effect
