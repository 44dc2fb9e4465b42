"""What the binary tells of its commands: completion that runs in bash, and a manual page without a fault."""
import json
import os
import re
import subprocess

import pytest

SHELLS = ["bash", "zsh", "fish"]


def printed(binary, *arguments: str) -> str:
    done = subprocess.run([str(binary), *arguments], text=True, capture_output=True, timeout=30, check=False,
                          env={"PATH": os.environ["PATH"], "OUTLAY_MISTAKE": "1"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def complete(binary, folder, line: str) -> list[str]:
    """What bash offers at the end of this line."""
    script = f"""
        source <({binary} completion bash)
        COMP_LINE={line!r}; COMP_WORDS=(); COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
        for word in ${{COMP_LINE//=/ = }}; do COMP_WORDS+=("$word"); done
        if [[ $COMP_LINE == *' ' ]]; then COMP_WORDS+=(''); fi
        COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        _outlay; printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-uc", script], text=True, capture_output=True, timeout=30, check=False,
                          cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return sorted(word for word in done.stdout.splitlines() if word)


@pytest.fixture(scope="module")
def commands(binary) -> dict[str, list[str]]:
    """Every command with its flags, as --help tells them."""
    found = {}

    def walk(path: list[str]) -> None:
        text = printed(binary, *path, "--help")
        flags, _, below = text.partition("\nCommands:\n")
        found[" ".join(path)] = re.findall(r"^  (?:-\w, )?(--[a-z-]+)", flags, re.M)
        for name in re.findall(r"^  ([a-z-]+)$", below, re.M):
            walk([*path, name])

    walk([])
    assert "journal export" in found and "--unsealed" in found["journal export"]
    return found


@pytest.mark.parametrize("line, wanted", [
    ("outlay jour", ["journal"]), ("outlay journal ver", ["verify"]),
    ("outlay migrate ", ["--config", "--data", "--help", "--log-level", "--log-text", "--owner-key-file",
                         "--postgres-url", "--postgres-url-file", "--root-secret", "--root-secret-file", "-h",
                         "status", "up", "verify"]),
    ("outlay serve --log-l", ["--log-level"]), ("outlay serve --listen ", []),
    ("outlay serve --data ", ["house"]), ("outlay serve --data=ho", ["house"]),
    ("outlay smoke --key-file ow", ["owner.key"]), ("outlay journal import mo", ["moved here.gz"]),
    ("outlay journal import --dr", ["--dry-run"])])
def test_bash_completes(binary, tmp_path, line, wanted):
    (tmp_path / "house").mkdir()
    (tmp_path / "owner.key").touch()
    (tmp_path / "moved here.gz").touch()
    assert complete(binary, tmp_path, line) == wanted


def test_every_command_and_flag_is_in_every_script_and_in_the_manual(binary, commands):
    manual = printed(binary, "man").replace("\\-", "-")
    for shell in SHELLS:
        script = printed(binary, "completion", shell)
        for path, flags in commands.items():
            assert f" {path}" in script or not path, (shell, path)
            for flag in flags:
                assert flag.removeprefix("--") in script, (shell, path, flag)
    for path, flags in commands.items():
        if path:
            section = manual.partition(f'.SS "outlay {path}"\n')[2].partition("\n.S")[0]
            assert section and [flag for flag in flags if flag not in section] == ["--help"], path
    settings = json.loads(printed(binary, "config", "list", "--json"))
    assert all(one["variable"] in manual for one in settings)


def test_bash_takes_its_script_as_it_is(binary):
    script = printed(binary, "completion", "bash")
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_manual_page_has_no_fault(binary):
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-P-c"], input=printed(binary, "man"), text=True,
                          capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    text = re.sub(".\b", "", done.stdout)
    assert "OUTLAY(1)" in text and "outlay journal export" in text
    assert "outlay journal export --data ./data -o moved.gz" in re.sub(r"[\u2010\u2212]", "-", text)
