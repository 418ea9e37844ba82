"""
Mutants of assembly blocks. Assembly has no choice between two expressions, so these are arithmetic with a bit that is 1
when the mutant is on: n + 1 is `add(n, bit)`, and `and(sound, call)` without the call is
`and(sound, or(call, sub(0, bit)))`.

left out      a statement; either side of `and`, `or` and `addmod`; what a staticcall says about its success
values        a number n, also one that Solidity declares: n + 1
comparisons   lt and gt: with equality; negated, or in a loop never true. eq, iszero: negated
arithmetic    add and sub; the modulus of addmod, mulmod and mod plus 1
"""

from __future__ import annotations

from mutation.finder import Finder
from mutation.mutant import ON_ASSEMBLY, Insertion
from mutation.source import Node, span

PLUS_ONE = ("add(", f", {ON_ASSEMBLY})")
SUCCESS = ("or(", f", {ON_ASSEMBLY})")
ALL_ONES = ("or(", f", sub(0, {ON_ASSEMBLY}))")
ZERO = ("mul(", f", iszero({ON_ASSEMBLY}))")
NEGATED = ("xor(", f", {ON_ASSEMBLY})")
MINUS = ("mul(", f", sub(1, shl(1, {ON_ASSEMBLY})))")
LEFT_OUT = (f"if iszero({ON_ASSEMBLY}) {{ ", " }")


def find(finder: Finder, block: Node) -> None:
    """Adds the mutants of an assembly block."""
    named = {one["src"]: one["declaration"] for one in block["externalReferences"]}
    constants = {place for place, declared in named.items() if declared in finder.sources.constants}
    _visit(finder, block["AST"], None, constants)


def _visit(finder: Finder, node: Node, around: Node | None, constants: set[str]) -> None:
    kind = node["nodeType"]
    if kind in ("YulExpressionStatement", "YulAssignment"):
        _add(finder, node, node, LEFT_OUT, "")
    elif kind == "YulLiteral" or (kind == "YulIdentifier" and node["src"] in constants):
        _add(finder, node, around or node, PLUS_ONE, f"{finder.read(node)} + 1")
    elif kind == "YulFunctionCall":
        _call(finder, node)
    elif kind == "YulForLoop":
        _add(finder, node["condition"], node["condition"], ZERO, "0")
    for name in ("statements", "expression", "value", "arguments", "pre", "condition", "post", "body", "cases"):
        children = node.get(name)
        for child in children if isinstance(children, list) else [children]:
            # The step of a loop would only run forever; what a case says is no expression.
            if isinstance(child, dict) and not (name == "post" or (kind == "YulCase" and name == "value")):
                _visit(finder, child, node if kind == "YulFunctionCall" else None, constants)


def _call(finder: Finder, node: Node) -> None:
    name, arguments = node["functionName"]["name"], node["arguments"]
    if name in ("and", "or", "addmod"):
        for one in arguments[:2]:
            wrapping = ALL_ONES if name == "and" else ZERO
            _add(finder, one, node, wrapping, "not(0)" if name == "and" else "0")
    if name in ("addmod", "mulmod", "mod"):
        _add(finder, arguments[-1], node, PLUS_ONE, f"{finder.read(arguments[-1])} + 1")
    if name in ("lt", "gt"):
        one = arguments[1 if name == "lt" else 0]
        _add(finder, one, node, PLUS_ONE, f"{finder.read(one)} + 1")
    if name in ("lt", "gt", "eq", "iszero"):
        _add(finder, node, node, NEGATED, f"not {finder.read(node)}")
    if name in ("add", "sub"):
        _add(finder, arguments[1], node, MINUS, f"-{finder.read(arguments[1])}")
    if name == "staticcall":
        _add(finder, node, node, SUCCESS, "1, whatever it returns")


def _add(finder: Finder, node: Node, around: Node, wrapping: tuple[str, str], other: str) -> None:
    (start, end), (first, last) = span(node), span(around)
    becomes = finder.text[first:start].decode() + other + finder.text[end:last].decode() if other else ""
    finder.add(start, finder.read(around), becomes, Insertion(finder.file, start, end, *wrapping))
