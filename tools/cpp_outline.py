"""The outline of a C++ file: its functions with their lengths, its interfaces with their numbers of pure virtual methods.

No parser: comments and literals are blanked, then braces are followed. Good for the code style of this project; a macro that
opens a brace it does not close would confuse it, and there is none.
"""

import re
from typing import NamedTuple

LITERAL = re.compile(
    r'R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"'  # raw string
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'"  # a character, not the separator of 1'000
    r"|//(?:\\\n|[^\n])*"
    r"|/\*.*?\*/"
    r"|^[ \t]*#(?:\\\n|[^\n])*",  # a directive, with its continued lines
    re.DOTALL | re.MULTILINE,
)
TYPE = re.compile(r"\b(?:class|struct|union)\s+(?:\[\[[^\]]*\]\]\s*)?(?P<name>\w+)[^;=()]*$")
NOT_A_NAME = {"if", "for", "while", "switch", "catch", "return", "noexcept", "decltype", "requires", "alignas", "sizeof"}
# What may stand between a function's ) and its {: qualifiers, a trailing return type, a constructor's initialisers.
AFTER_PARAMETERS = re.compile(r"^\s*(?:(?:const|noexcept|override|final|mutable|volatile|try|&&?|requires\b[^;{]*|->[^;{]*|:(?!:).*)\s*)*$", re.DOTALL)


class Outline(NamedTuple):
    functions: list  # (name, lines)
    interfaces: list  # (name, pure virtual methods), of types that have any


class Scope(NamedTuple):
    kind: str  # namespace, type, function, block (inside a function, or an initialiser)
    name: str
    begin: int  # line on which it began
    methods: list


def blank(text):
    """The text with comments, literals and directives replaced by spaces; line breaks stay."""
    return LITERAL.sub(lambda m: re.sub(r"[^\n]", " ", m.group()) if m.group()[0] not in "\"'R" else
                       '"' + re.sub(r"[^\n]", " ", m.group()[1:-1]) + '"', text)


def parameter_list(head):
    """(name before it, what follows it) of the first parenthesised group that can be a parameter list; None if none is."""
    position = 0
    while True:
        start = head.find("(", position)
        if start < 0:
            return None
        depth, end = 1, start + 1
        while end < len(head) and depth:
            depth += {"(": 1, ")": -1}.get(head[end], 0)
            end += 1
        if depth:
            return None
        before = re.search(r"(operator\s*(?:\(\s*\)|[^\w\s(]+|\w[\w\s&*:<>]*)|~?\w+)\s*(?:<[^()]*>)?\s*$", head[:start])
        if before and before.group(1) == "operator" and head[start:end].replace(" ", "") == "()":
            position = end  # operator() (...): the next group holds the parameters
            continue
        if before and before.group(1) not in NOT_A_NAME and AFTER_PARAMETERS.match(head[end:]):
            return before.group(1), head[end:]
        position = end


def classify(head, inside):
    """Which scope a { opens, from the text since the last ; { or }, and the scope around it."""
    if inside in ("function", "block"):
        return "block", ""
    if re.search(r"\bnamespace\b[\w\s:]*$", head) or re.match(r'^\s*extern\s*"[^"]*"\s*$', head):
        return "namespace", ""
    if re.search(r"\benum\b", head):
        return "block", ""
    found = parameter_list(head)
    if found and not re.search(r"(?<![=!<>])=(?!=)[^()]*$", head.split("(")[0]):
        is_member = re.match(r"\s*:(?!:)", found[1]) and re.search(r"\w\s*$", head)  # of a constructor: x_{1}, y_(2) {
        return ("block", "") if is_member else ("function", found[0])
    if found is None or "=" not in head:
        kind = TYPE.search(head)
        if kind:
            return "type", kind.group("name")
    if re.search(r"\[[^\]]*\]\s*(?:\([^()]*\))?[^;]*$", head) and "=" in head and "](" in head.replace(" ", ""):
        name = re.search(r"(\w+)\s*=", head)
        return "function", name.group(1) if name else "lambda"
    return "block", ""


def outline(text):
    functions, interfaces, stack = [], [], []
    head_begin, head = None, []
    line = 1
    depth = 0  # of parentheses: a brace inside an argument list opens no scope of its own
    for char in blank(text):
        if char == "\n":
            line += 1
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "{" and depth == 0:
            kind, name = classify("".join(head), stack[-1].kind if stack else "namespace")
            stack.append(Scope(kind, name, head_begin or line, []))
            initialiser = kind == "block" and (len(stack) == 1 or stack[-2].kind not in ("function", "block"))
            head_begin, head = (head_begin, head + ["{"]) if initialiser else (None, [])
        elif char == "}" and depth == 0 and stack:
            scope = stack.pop()
            if scope.kind == "function":
                functions.append((scope.name, line - scope.begin + 1))
            elif scope.kind == "type" and scope.methods:
                interfaces.append((scope.name, len(scope.methods)))
            if scope.kind != "block" or (stack and stack[-1].kind in ("function", "block")):
                head_begin, head = None, []
            else:
                head.append("}")
        elif char == ";" and depth == 0:
            statement = "".join(head)
            if stack and stack[-1].kind == "type" and re.search(r"\bvirtual\b.*\)[^()]*=\s*0\s*$", statement, re.DOTALL):
                stack[-1].methods.append(statement)
            head_begin, head = None, []
        else:
            if head_begin is None and not char.isspace():
                head_begin = line
            head.append(char)
            if char == ":" and "".join(head).strip() in ("public:", "private:", "protected:"):
                head_begin, head = None, []
    return Outline(functions, interfaces)
