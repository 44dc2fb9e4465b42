"""The checks of the style tests: each takes a file and yields what is wrong with it, in words."""
import re
from fnmatch import fnmatch
from typing import Iterator

import rules
from tree import ROOT, File, Include, blanked, includes


def layer_of(path: str) -> str | None:
    for prefix, layer in rules.LAYERS:
        if _lies_in(path, prefix):
            return layer
    return None


def _lies_in(path: str, prefix: str) -> bool:
    return fnmatch(path, prefix + "*") if "*" in prefix else path.startswith(prefix)


def _adapter_folder(path: str) -> str:
    return "/".join(path.split("/")[:2])


def dependency_problems(file: File) -> Iterator[str]:
    """Includes of the project's own headers that point the wrong way."""
    here = layer_of(file.path)
    for include in includes(file):
        there = layer_of(include.target) if include.quoted else None
        if there is not None and not _may_include(here, file.path, there, include.target):
            yield (f"{file.path}:{include.line} includes {include.target}: "
                   f"{here} may not know {there}")


def _may_include(here: str | None, path: str, there: str, target: str) -> bool:
    if here == "adapter" and there == "adapter":
        return _adapter_folder(path) == _adapter_folder(target)
    if here == "adapter" and there == "journal":
        return target in rules.JOURNAL_PORT_HEADERS
    return here == there or there in rules.MAY_INCLUDE.get(here, set())


def library_problems(file: File) -> Iterator[str]:
    """Third-party and operating system headers outside the folders that are made for them."""
    for include in includes(file):
        library = _library_of(include)
        if library == "system":
            allowed = any(_lies_in(file.path, prefix) for prefix in rules.SYSTEM_HEADERS_IN)
        elif library is not None:
            allowed = any(library in libraries and _lies_in(file.path, prefix)
                          for prefix, libraries in rules.LIBRARIES_OF)
            plain = any(_lies_in(file.path, prefix) for prefix in rules.PLAIN_HEADERS_IN)
            allowed = allowed and not (plain and file.path.endswith(".hpp"))
        else:
            continue
        if not allowed:
            yield f"{file.path}:{include.line} includes <{include.target}> ({library})"


def _library_of(include: Include) -> str | None:
    """None for standard C++ and the project's own headers."""
    for prefix, library in rules.LIBRARY_PREFIXES.items():
        if include.target.startswith(prefix):
            return library
    if include.quoted:
        return None
    standard = re.fullmatch(r"[a-z_0-9]+", include.target)
    return None if standard else "system"


def missing_include_problems(file: File) -> Iterator[str]:
    """Quoted includes that are not paths from the root of the project."""
    generated = ("migrations/migrations.hpp",)
    for include in includes(file):
        if not include.quoted or include.target in generated:
            continue
        if not (ROOT / include.target).exists():
            yield f"{file.path}:{include.line} includes {include.target}, which does not exist"


def own_header_problems(file: File) -> Iterator[str]:
    """A source whose own header is not its first include, so the header is never tried alone."""
    header = file.path.removesuffix(".cpp") + ".hpp"
    if file.path.endswith(".cpp") and (ROOT / header).exists():
        first = next(iter(includes(file)), None)
        if first is None or first.target != header:
            yield f"{file.path}: the first include is not {header}"


def pragma_problems(file: File) -> Iterator[str]:
    if file.path.endswith(".hpp") and "#pragma once" not in file.text.splitlines():
        yield f"{file.path}: no #pragma once"


def purpose_problems(file: File) -> Iterator[str]:
    """Code whose first line (after #!) does not begin to say what the file is."""
    lines = file.text.splitlines() or [""]
    first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
    starts = {"cpp": "// ", "hpp": "// ", "sql": "-- ", "py": '"""'}
    start = starts.get(file.name.rpartition(".")[2], "# ")
    if not first.startswith(start) or len(first) < len(start) + 10:
        yield f"{file.path}: line 1 is not a comment that says what the file is"


def line_problems(file: File) -> Iterator[str]:
    for number, line in enumerate(file.text.split("\n"), 1):
        if "\t" in line:
            yield f"{file.path}:{number} has a tab"
        if line != line.rstrip():
            yield f"{file.path}:{number} ends in white space"
        widest = rules.LINE_COLUMNS_MAX if file.is_cpp else rules.TEXT_COLUMNS_MAX
        if file.is_code and len(line) > widest:
            yield f"{file.path}:{number} is {len(line)} columns wide"


def file_length_problems(file: File) -> Iterator[str]:
    lines = file.text.count("\n")
    if lines > rules.FILE_LINES_MAX:
        yield f"{file.path} has {lines} lines"


def end_problems(file: File) -> Iterator[str]:
    if not file.text.endswith("\n") or file.text.endswith("\n\n"):
        yield f"{file.path} does not end in exactly one line break"


def function_length_problems(file: File) -> Iterator[str]:
    for name, line, length in functions(file):
        if length > rules.FUNCTION_LINES_MAX:
            yield f"{file.path}:{line} {name} is {length} lines long"


def functions(file: File) -> Iterator[tuple[str, int, int]]:
    """Name, first line and lines of each function body at namespace or class level.

    A brace opens a scope (namespace, class, enum), a function, or an initialiser, judged by the
    text since the last statement ended. Initialisers of members belong to a constructor's head.
    """
    text = blanked(file.text)
    text = re.sub(r"^[ \t]*#.*(?:\\\n.*)*", lambda m: re.sub(r"[^\n]", " ", m.group()), text,
                  flags=re.MULTILINE)
    stack: list[tuple[str, int]] = []
    head = 0
    for match in re.finditer(r"[{};]", text):
        at, sign = match.start(), match.group()
        inside_code = any(kind != "scope" for kind, _ in stack)
        if sign == "{":
            stack.append(("inner" if inside_code else _brace_kind(text[head:at]), head))
            if stack[-1][0] == "scope":
                head = at + 1
        elif sign == "}" and stack:
            kind, began = stack.pop()
            if kind == "function":
                first = began + len(text[began:]) - len(text[began:].lstrip())
                line = text.count("\n", 0, first) + 1
                name = re.search(r"([~\w:]+)\s*\(", text[first:at])
                yield (name.group(1) if name else "?", line,
                       text.count("\n", first, at) + 1)
            if kind in ("function", "scope"):
                head = at + 1
        elif sign == ";" and not inside_code:
            head = at + 1


def _brace_kind(head: str) -> str:
    head = re.sub(r"^\s*(?:public|private|protected)\s*:", "", head).strip()
    head = re.sub(r"^template\s*<[^{]*?>\s*(?=\w)", "", head, flags=re.DOTALL)
    if re.match(r"(?:\[\[.*?\]\]\s*)?(?:inline\s+)?(?:namespace|enum|extern\b)", head):
        return "scope"
    if re.match(r"(?:class|struct|union)\b", head) and "(" not in head:
        return "scope"
    if ")" not in head or head.endswith("="):
        return "initialiser"
    member_list = re.search(r"\)[^()]*?(?<!:):(?!:)", head)
    if member_list and re.search(r"[\w>]$", head):
        return "initialiser"
    return "function"


def name_problems(file: File) -> Iterator[str]:
    parts = {part for piece in file.path.split("/") for part in re.split(r"[._\-]", piece.lower())}
    for part in sorted(parts & rules.BANNED_NAME_PARTS):
        yield f"{file.path}: a file named '{part}' has no concept of its own"


# The words are put together here, so that this file does not hold what it looks for.
_LEFT_OVER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|HA" r"CK)\b|\bXX" r"X:")
_SLEEP = re.compile(r"\b(?:sleep" r"_for|sleep" r"_until|u" r"sleep|nano" r"sleep"
                    r"|time\.sl" r"eep|asyncio\.sl" r"eep)\b|(?<![\w.:])sl" r"eep\(")
_SKIP = re.compile(r"GTEST_" r"SKIP|\bDIS" r"ABLED_|pytest\.(?:mark\.)?(?:sk" r"ip|xf" r"ail)"
                   r"|unittest\.sk" r"ip")


def left_over_problems(file: File) -> Iterator[str]:
    yield from _matches(file, _LEFT_OVER, "has a note to finish later")


def sleep_problems(file: File) -> Iterator[str]:
    if file.path.startswith("tests/"):
        yield from _matches(file, _SLEEP, "sleeps instead of waiting for a condition")


def skip_problems(file: File) -> Iterator[str]:
    if file.path.startswith("tests/"):
        yield from _matches(file, _SKIP, "leaves a test out")


def _matches(file: File, pattern: re.Pattern, what: str) -> Iterator[str]:
    for number, line in enumerate(file.text.splitlines(), 1):
        match = pattern.search(line)
        if match:
            yield f"{file.path}:{number} {what}: {match.group()}"
