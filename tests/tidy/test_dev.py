"""Guards the dev script: it parses, explains each command, and asks only for packages once."""
import re
import subprocess

import pytest

import tree

SHELL = ["dev", ".ci/run", "compose/alive.sh",
         *(file.path for file in tree.files() if file.path.startswith("dev.d/")
           and file.path.endswith(".sh"))]
DEV = (tree.ROOT / "dev").read_text()


def bash(script: str, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(["bash", "-c", script, "bash", *arguments], cwd=tree.ROOT, text=True,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("path", SHELL)
def test_a_shell_script_parses(path):
    done = bash('bash -n "$1"', path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", ["dev", ".ci/run", "compose/alive.sh"])
def test_a_command_can_be_executed(path):
    assert (tree.ROOT / path).stat().st_mode & 0o111
    assert (tree.ROOT / path).read_text().startswith("#!/usr/bin/env bash\n")


def test_dev_alone_explains_every_command():
    done = bash("./dev")
    assert done.returncode == 0
    commands = set(re.findall(r"^([a-z]+)\) ", DEV, re.MULTILINE))
    assert commands >= {"run", "test", "build", "stack", "lint", "format", "sanitize", "fuzz", "fresh"}
    explained = set(re.findall(r"\./dev ([a-z]+)", done.stdout))
    assert commands <= explained | {"help"}


def test_an_unknown_command_fails():
    assert bash("./dev nonsense").returncode != 0


@pytest.mark.parametrize("release", ["bookworm", "trixie"])
def test_running_needs_neither_java_nor_a_database_server(release):
    done = bash(f"source dev.d/packages.sh; release_of_this_machine() {{ echo {release}; }}; "
                "packages_for run; echo; packages_for test")
    run, test = (block.split() for block in done.stdout.split("\n\n"))
    assert not [name for name in run if re.search("jre|maven|^postgresql|gtest", name)]
    assert {"maven", "postgresql", "libgtest-dev"} <= set(test)
    assert len(run) == len(set(run))


def test_a_package_that_is_not_there_is_seen_as_missing():
    done = bash("source dev.d/packages.sh; missing_packages bash outlay-no-such-package dpkg")
    assert done.stdout.split() == ["outlay-no-such-package"]
