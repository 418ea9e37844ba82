"""Mutants of the contracts: found by the compiler's own syntax tree, compiled all at once, switched on one by one."""
