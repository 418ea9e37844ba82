"""
Which mutants a contract has.

left out      a statement: require, revert, emit, an assignment, a call; a modifier of one function
conditions    an `if`, a `while`, a choice: always and never. Of `a && b` and `a || b`: only a, only b
comparisons   < and <= for each other, > and >= too; == in a require: >= and <=; as a value: its negation
arithmetic    + and -, * and /, << and >>, & and |, % for *, ++ and --, += and -=, min and max, addmod and mulmod
values        true and false; a number n: n + 1, wherever it is written or named; the largest of a type: one less;
              a member of an enum: the next one; a text that is hashed: none

What these imply is left out: a test that sees an `if` always and never taken sees its condition negated, one that
needs both sides of `a && b` tells it from `a || b`, and one that needs a require sees it turned around. Nothing is done
to the step of a `for`, which would only run forever.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mutation import assembly
from mutation.finder import Finder, expression
from mutation.mutant import AGAIN, OFF, Insertion, Mutant
from mutation.source import Node, span, type_of

BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
EQUALITY = {"==": "!=", "!=": "=="}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "<<": ">>", ">>": "<<", "&": "|", "|": "&", "^": "|"}
CALLS = {"Math.min": "Math.max", "Math.max": "Math.min", "addmod": "mulmod", "mulmod": "addmod"}
HASHED = {"keccak256", "abi.encodePacked"}

CHILDREN = {
    "SourceUnit": ("nodes",),
    "ContractDefinition": ("nodes",),
    "FunctionDefinition": ("modifiers", "body"),
    "ModifierDefinition": ("body",),
    "Block": ("statements",),
    "UncheckedBlock": ("statements",),
    "VariableDeclarationStatement": ("initialValue",),
    "ExpressionStatement": ("expression",),
    "EmitStatement": ("eventCall",),
    "Return": ("expression",),
    "IfStatement": ("condition", "trueBody", "falseBody"),
    "WhileStatement": ("condition", "body"),
    "ForStatement": ("initializationExpression", "condition", "body"),
    "Conditional": ("condition", "trueExpression", "falseExpression"),
    "BinaryOperation": ("leftExpression", "rightExpression"),
    "UnaryOperation": ("subExpression",),
    "FunctionCall": ("expression", "arguments"),
    "FunctionCallOptions": ("expression", "options"),
    "MemberAccess": ("expression",),
    "IndexAccess": ("baseExpression", "indexExpression"),
    "IndexRangeAccess": ("baseExpression", "startExpression", "endExpression"),
    "TupleExpression": ("components",),
    "Assignment": ("leftHandSide", "rightHandSide"),
}
"""Where expressions and statements are. Types, constants' values and documentation have no mutants."""


class Solidity(Finder):
    """All mutants of one file."""

    def run(self) -> list[Mutant]:
        self._visit(self.sources.trees[self.file])
        return self.found

    def _visit(self, node: Node) -> None:
        kind = node["nodeType"]
        if kind in ("ContractDefinition", "FunctionDefinition", "ModifierDefinition"):
            self.function = node["name"] or node.get("kind", "")
        if kind in HANDLERS and HANDLERS[kind](self, node):
            return
        self.parents.append(node)
        for name in CHILDREN.get(kind, ()):
            children = node.get(name)
            for child in children if isinstance(children, list) else [children]:
                if child is not None and not (name == "leftHandSide" and child["nodeType"] == "Identifier"):
                    self._visit(child)
        self.parents.pop()

    def _variable(self, node: Node) -> bool:
        if node["stateVariable"] and not node["constant"] and node.get("value"):
            self.parents.append(node)
            self._visit(node["value"])
            self.parents.pop()
        return True

    def _modifier(self, node: Node) -> bool:
        declared = self.sources.modifiers.get(node["modifierName"]["referencedDeclaration"])
        if declared is None:
            return True
        file, modifier = declared
        _, end = span(node["modifierName"])
        copy = _conditional(modifier, self.sources.texts[file])
        self.add(
            end,
            self.read(node),
            "",
            Insertion(self.file, end, end, "_@", ""),
            Insertion(file, span(modifier)[1], span(modifier)[1], copy, ""),
        )
        return False

    def _statement(self, node: Node) -> bool:
        expression = node["expression"]
        # The compiler wants pointers into storage and calldata set before they are read.
        pointer = expression["nodeType"] == "Assignment" and re.search(
            r"(storage pointer|calldata)$", type_of(expression["leftHandSide"])
        )
        if not pointer or expression["leftHandSide"]["nodeType"] != "Identifier":
            self.drop(node)
        return False

    def _emit(self, node: Node) -> bool:
        self.drop(node)
        return False

    def _choice(self, node: Node) -> bool:
        self.replace(node["condition"], "true")
        self.replace(node["condition"], "false")
        return False

    def _loop(self, node: Node) -> bool:
        self.replace(node["condition"], "false")
        return False

    def _binary(self, node: Node) -> bool:
        if self._number(node):
            return True
        operator, left, right = node["operator"], node["leftExpression"], node["rightExpression"]
        if operator in ("&&", "||"):
            self.replace(node, self.read(left))
            self.replace(node, self.read(right))
        elif operator in BOUNDARY:
            self.replace(node, f"{self.read(left)} {BOUNDARY[operator]} {self.read(right)}")
        elif operator in EQUALITY:
            self._equality(node, operator, left, right)
        elif operator in ARITHMETIC:
            self.replace(node, f"{self.read(left)} {ARITHMETIC[operator]} {self.read(right)}")
        return False

    def _equality(self, node: Node, operator: str, left: Node, right: Node) -> None:
        parent = self.parents[-1]
        if _is_require(parent):
            ordered = node["commonType"]["typeString"].startswith("uint")
            if operator == "==" and ordered and "int_const 0" not in (type_of(left), type_of(right)):
                self.replace(node, f"{self.read(left)} >= {self.read(right)}")
                self.replace(node, f"{self.read(left)} <= {self.read(right)}")
        elif parent.get("condition") is not node and parent.get("operator") not in ("&&", "||"):
            self.replace(node, f"{self.read(left)} {EQUALITY[operator]} {self.read(right)}")

    def _unary(self, node: Node) -> bool:
        if self._number(node):
            return True
        operator, inner = node["operator"], self.read(node["subExpression"])
        if operator in ("++", "--"):
            other = "--" if operator == "++" else "++"
            self.replace(node, other + inner if node["prefix"] else inner + other)
        return False

    def _assignment(self, node: Node) -> bool:
        operator = node["operator"].removesuffix("=")
        if operator in ARITHMETIC:
            left, right = self.read(node["leftHandSide"]), self.read(node["rightHandSide"])
            self.replace(node, f"{left} {ARITHMETIC[operator]}= {right}")
        return False

    def _function_call(self, node: Node) -> bool:
        called = self.read(node["expression"])
        if called in CALLS:
            self.replace(node, self.read(node).replace(called, CALLS[called], 1))
        return False

    def _literal(self, node: Node) -> bool:
        if self._number(node):
            return True
        parent = self.parents[-1]
        if node["kind"] == "bool":
            self.replace(node, "false" if node["value"] == "true" else "true", expression(parent))
        elif parent["nodeType"] == "FunctionCall" and self.read(parent["expression"]) in HASHED:
            self.replace(parent, self.substituted(parent, node, '""'))
        return True

    def _member(self, node: Node) -> bool:
        parent = expression(self.parents[-1])
        if node["memberName"] == "max" and node["expression"].get("isPure"):
            self.replace(node, f"{self.read(node)} - 1", parent)
            return True
        following = self.sources.next_members.get(node.get("referencedDeclaration") or -1)
        if following is not None:
            self.replace(node, f"{self.read(node['expression'])}.{following}", parent)
            return True
        return self._constant(node)

    def _assembly(self, node: Node) -> bool:
        assembly.find(self, node)
        return True

    def _number(self, node: Node) -> bool:
        """A number, however it is put together. Where it would take its type from its place, that is copied with it."""
        if not type_of(node).startswith("int_const"):
            return False
        larger = f"{self.read(node)} + 1" if node["nodeType"] == "Literal" else f"({self.read(node)}) + 1"
        place, parents = node, [*self.parents]
        while True:
            parent = parents.pop()
            shifted = parent.get("operator") in ("<<", ">>", "**") and parent.get("leftExpression") is place
            signed = parent.get("commonType", {}).get("typeString", "").startswith("int")
            if not shifted and not signed and parent.get("kind") != "typeConversion":
                break
            larger, place = self.substituted(parent, place, f"({larger})"), parent
        self.replace(place, larger, expression(parent))
        return True

    def _constant(self, node: Node) -> bool:
        constant = self.sources.constants.get(node.get("referencedDeclaration") or -1, "")
        around = expression(self.parents[-1])
        if constant.startswith("uint"):
            self.replace(node, f"({self.read(node)} + 1)", around)
        elif constant == "bytes32":
            self.replace(node, f"bytes32(uint256({self.read(node)}) + 1)", around)
        return bool(constant)


HANDLERS: dict[str, Callable[[Solidity, Node], bool]] = {
    "Assignment": Solidity._assignment,
    "BinaryOperation": Solidity._binary,
    "Conditional": Solidity._choice,
    "EmitStatement": Solidity._emit,
    "ExpressionStatement": Solidity._statement,
    "ForStatement": Solidity._loop,
    "FunctionCall": Solidity._function_call,
    "Identifier": Solidity._constant,
    "IfStatement": Solidity._choice,
    "InlineAssembly": Solidity._assembly,
    "Literal": Solidity._literal,
    "MemberAccess": Solidity._member,
    "ModifierInvocation": Solidity._modifier,
    "RevertStatement": Solidity._emit,
    "TupleExpression": Solidity._number,
    "UnaryOperation": Solidity._unary,
    "VariableDeclaration": Solidity._variable,
    "WhileStatement": Solidity._loop,
}
"""What a node adds of mutants; true when nothing more is to be looked for inside of it."""


def _is_require(node: Node) -> bool:
    return bool(node["nodeType"] == "FunctionCall" and node["expression"].get("name") == "require")


def _conditional(modifier: Node, text: bytes) -> str:
    """A copy of a modifier under another name, which does nothing while the mutant is on. Others stay in it."""
    start, end = span(modifier["parameters"])
    parameters = text[start:end].decode()
    parts = []
    for statement in modifier["body"]["statements"]:
        first, last = span(statement)
        part = AGAIN.format(first, text.index(b";", last) + 1)
        parts.append(part if statement["nodeType"] == "PlaceholderStatement" else f"if ({OFF}) {{ {part} }}")
    return f" modifier {modifier['name']}_@{parameters} {{ {' '.join(parts)} }}"
