"""The law with some of its rules switched off: how a test draws up the books of a step that breaks one rule alone."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import CodeType, FunctionType, ModuleType
from typing import cast

import rollup.spec
from rollup.spec.shared import WORDS
from rollup.spec.words import pack

__all__ = ["WIDTHS", "law_without"]

WIDTHS = "widths"
"""Not a rule: what keeps a part that does not fit out of a packed word, and a plaintext of 240 bits out of L1 data."""

OFF = "_rules_switched_off"
"""Global of the law's modules while a block runs."""


@contextmanager
def law_without(*rules: str) -> Iterator[None]:
    """
    Within the block nothing in `rollup.spec` raises these rules; everything else is the law as it stands.

    A rule is switched off in the code of the functions themselves, so classes stay the same and whoever imported a
    function follows. Where a test of the sign has a test of the width behind it, name both: `"MGN-2", "MGN-6"`.
    """
    assert not any(hasattr(module, OFF) for module in _law()), "blocks do not nest: name all rules at once"
    unknown = {rule for rule in rules if rule not in _named() and rule != WIDTHS}
    assert not unknown, f"rollup.spec names no {unknown}"
    replaced = [*_asking(), *([(cast(FunctionType, pack), _spilling.__code__)] if WIDTHS in rules else [])]
    originals = [(function, function.__code__) for function, _ in replaced]
    off = frozenset({*rules, *(["DAT-1"] if WIDTHS in rules else [])})
    try:
        for module in _law():
            setattr(module, OFF, off)
        for function, code in replaced:
            function.__code__ = code
        yield
    finally:
        for function, code in reversed(originals):
            function.__code__ = code
        for module in _law():
            delattr(module, OFF)


def _spilling(layout: str, **parts: int) -> int:
    """`pack` with no check: parts add up and spill, as in a circuit's linear combination."""
    from rollup.spec.hashes import R  # this code runs among the globals of `pack`

    word, shift = 0, 0
    for name, bits in WORDS[layout].items():
        word += parts.pop(name, 0) << shift
        shift += bits
    return word % R


class _Asks(ast.NodeTransformer):
    """`raise Rejected(rule, …)` becomes `if rule not in OFF: raise Rejected(rule, …)`."""

    def __init__(self) -> None:
        self.functions: set[str] = set()
        """Qualified names of the functions that raise something."""
        self._scope: list[str] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._inside(node, node.name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._inside(node, node.name)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        match node.exc:
            case ast.Call(func=ast.Name(id="Rejected"), args=[rule, *_]):
                pass
            case ast.Call(func=ast.Name(id="OutOfRange")):
                rule = ast.Constant(WIDTHS)
            case _:
                return node
        self.functions.add(".".join(self._scope))
        test = ast.Compare(rule, [ast.NotIn()], [ast.Name(OFF, ast.Load())])
        return ast.copy_location(ast.If(test, [node], []), node)

    def _inside(self, node: ast.AST, name: str) -> ast.AST:
        self._scope.append(name)
        self.generic_visit(node)
        self._scope.pop()
        return node


@cache
def _law() -> tuple[ModuleType, ...]:
    modules = pkgutil.iter_modules(rollup.spec.__path__)
    return tuple(import_module(f"rollup.spec.{module.name}") for module in modules if not module.ispkg)


@cache
def _named() -> frozenset[str]:
    """Every text in the law's source, rules among them."""
    trees = [ast.parse(inspect.getsource(module)) for module in _law()]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return frozenset(n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))


@cache
def _asking() -> tuple[tuple[FunctionType, CodeType], ...]:
    """Every function that raises a rule, with code that asks first whether the rule is on."""
    found = []
    for module in _law():
        tree, edit = ast.parse(inspect.getsource(module)), _Asks()
        edit.visit(tree)
        codes = _codes(compile(ast.fix_missing_locations(tree), str(module.__file__), "exec"))
        changed = {code.co_qualname: code for code in codes if code.co_qualname in edit.functions}
        for function in _functions(module):
            code = changed.pop(function.__code__.co_qualname, None)
            if code is not None:
                found.append((function, code))
        assert not changed, f"{module.__name__} hides {set(changed)}"
    return tuple(found)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """Every function and method that a module defines, behind properties and class methods too."""
    for value in list(vars(module).values()):
        if getattr(value, "__module__", None) != module.__name__:
            continue
        for member in list(vars(value).values()) if isinstance(value, type) else [value]:
            for name in ("__func__", "fget", "func"):
                member = getattr(member, name, member)
            if isinstance(member, FunctionType):
                yield member


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)
