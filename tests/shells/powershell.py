"""Reads a JSON list of PowerShell texts; writes what tree-sitter-powershell understands of each.

For a text: `valid` (no error anywhere), `commands` (how many commands it would run), and `values` (what each
assignment `$env:NAME = VALUE` assigns; null for $null).
"""

import json
import sys

import tree_sitter
import tree_sitter_powershell

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))


def nodes(node):
    yield node
    for child in node.children:
        yield from nodes(child)


def value(node):
    units = b""
    for leaf in nodes(node):
        text = leaf.text.decode()
        if leaf.type == "verbatim_string_characters":
            units += text[1:-1].replace("''", "'").encode("utf-16-le")
        elif leaf.type == "hexadecimal_integer_literal":
            units += int(text, 16).to_bytes(2, "little")
        elif leaf.type == "variable":
            assert text == "$null", text
            return None
    return units.decode("utf-16-le")


def describe(text):
    root = PARSER.parse(text.encode()).root_node
    commands, values = 0, {}
    for node in nodes(root):
        if node.type == "command":
            commands += 1
        elif node.type == "assignment_expression" and not root.has_error:
            name = node.children[0].text.decode()
            if name.startswith("$env:"):
                values[name.removeprefix("$env:")] = value(node.child_by_field_name("value"))
    return {"valid": not root.has_error, "commands": commands, "values": values}


sys.setrecursionlimit(100_000)
json.dump([describe(text) for text in json.load(sys.stdin)], sys.stdout)
