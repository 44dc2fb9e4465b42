"""The project's files as the style tests see them, and the include graph of the C++ sources."""
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", "build", "data", "__pycache__", ".pytest_cache", ".cache", ".vscode", ".idea"}
CODE_ENDINGS = (".cpp", ".hpp", ".py", ".sh", ".cmake")
CODE_NAMES = {"dev", "run", "CMakeLists.txt", "Dockerfile"}
TEXT_ENDINGS = CODE_ENDINGS + (".sql", ".md", ".yaml", ".yml", ".json", ".xml", ".txt", ".supp")


@dataclass(frozen=True)
class File:
    """One text file; the path is relative to the root of the project, with slashes."""
    path: str
    text: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_cpp(self) -> bool:
        return self.path.endswith((".cpp", ".hpp"))

    @property
    def is_code(self) -> bool:
        return self.path.endswith(CODE_ENDINGS) or self.name in CODE_NAMES


@dataclass(frozen=True)
class Include:
    line: int
    target: str
    quoted: bool


@lru_cache
def files() -> tuple[File, ...]:
    """Every text file of the project, in order of path."""
    found = []
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = sorted(set(subfolders) - NOT_OURS)
        for name in sorted(names):
            path = Path(folder, name)
            if name.endswith(TEXT_ENDINGS) or name in CODE_NAMES:
                found.append(File(path.relative_to(ROOT).as_posix(), path.read_text()))
    return tuple(found)


def cpp_files() -> list[File]:
    return [file for file in files() if file.is_cpp]


def code_files() -> list[File]:
    return [file for file in files() if file.is_code]


def includes(file: File) -> list[Include]:
    pattern = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
    found = []
    for number, line in enumerate(file.text.splitlines(), 1):
        match = pattern.match(line)
        if match:
            found.append(Include(number, match.group(1) or match.group(2), bool(match.group(1))))
    return found


def blanked(text: str) -> str:
    """C++ text with comments and literals replaced by spaces; lines and columns stay."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"'
        r'|"(?:\\.|[^"\\\n])*"|(?<![0-9a-zA-Z_])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
