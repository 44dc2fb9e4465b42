"""Guards the count of `./dev test`: what crashes, hangs, is left out or never ran is not green."""
import json
import sys

import pytest

import tree

sys.path.insert(0, str(tree.ROOT / "dev.d"))

import levels  # noqa: E402
import run_tests  # noqa: E402

LEVEL = levels.Level("unit", "gtest", 20)


def case(name: str, *, result: str = "COMPLETED", status: str = "RUN",
         failed: bool = False) -> dict:
    found = {"name": name, "status": status, "result": result}
    return {**found, "failures": [{"failure": "why"}]} if failed else found


@pytest.fixture
def run_fake(tmp_path):
    """Runs a level whose executable is shell code; $made is a report, $report where it belongs."""
    def run(script: str, cases: list[dict] | None = None, level: levels.Level = LEVEL,
            text: str = "", without: str = "") -> levels.Count:
        program = tmp_path / "tests" / f"test_{level.name}"
        program.parent.mkdir()
        (tmp_path / "cases.json").write_text(
            json.dumps({"testsuites": [{"name": "Suite", "testsuite": cases or []}]}))
        program.write_text('#!/bin/bash\nfor a in "$@"; do case $a in --gtest_output=json:*) '
                           'report=${a#*json:};; esac; done\n'
                           f'made={tmp_path}/cases.json\n{script}')
        program.chmod(0o755)
        selection = levels.Selection(tmp_path, tmp_path, text, without=without)
        return levels.run(level, selection, {"PATH": "/bin:/usr/bin"})
    return run


def numbers(count: levels.Count) -> tuple[int, int, int]:
    return count.passed, count.failed, count.skipped


def test_passed_failed_and_skipped_tests_are_told_apart(run_fake):
    count = run_fake("cp $made $report; exit 1", [
        case("a"), case("b", failed=True), case("c", result="SKIPPED"),
        case("d", result="SUPPRESSED", status="NOTRUN")])
    assert numbers(count) == (1, 1, 2)
    assert "Suite.b" in count.failures


def test_a_crash_counts_as_a_failure_beside_what_had_passed(run_fake):
    count = run_fake("echo '[ RUN      ] S.a'; echo '[       OK ] S.a (0 ms)'\n"
                     "echo '[ RUN      ] S.b'; kill -SEGV $$")
    assert numbers(count) == (1, 1, 0)
    assert count.failures == ["unit: ended with SIGSEGV in or after S.b"]


def test_a_crash_after_the_report_counts_too(run_fake):
    assert numbers(run_fake("cp $made $report; kill -ABRT $$", [case("a")])) == (1, 1, 0)


def test_a_sanitizer_s_exit_code_counts_too(run_fake):
    assert numbers(run_fake("cp $made $report; exit 66", [case("a")])) == (1, 1, 0)


def test_an_exit_code_that_no_test_explains_counts_as_a_failure(run_fake):
    assert numbers(run_fake("cp $made $report; exit 1", [case("a")])) == (1, 1, 0)


def test_a_hang_is_ended_at_the_deadline_and_named(run_fake):
    count = run_fake("echo '[ RUN      ] S.stuck'; tail -f /dev/null & wait",
                     level=levels.Level("unit", "gtest", 1))
    assert numbers(count) == (0, 1, 0)
    assert count.failures == ["unit: did not end in time in or after S.stuck"]


def test_a_filter_that_chooses_nothing_in_one_level_is_no_failure(run_fake):
    assert numbers(run_fake("cp $made $report", [])) == (0, 0, 0)


def test_long_tests_run_only_when_asked_for(run_fake):
    count = run_fake('[[ " $* " == *" --gtest_filter=*money*-*.long_* "* ]] && cp $made $report',
                     [case("a")], text="money")
    assert numbers(count) == (1, 0, 0)


def test_what_cannot_run_in_a_build_is_left_out_by_name(tmp_path):
    program = tmp_path / "tests" / "test_unit"
    program.parent.mkdir()
    program.write_text("#!/bin/bash\necho \"$*\" >&2\n[[ $* == '--gtest_list_tests --gtest_filter=*/kafka' ]] && "
                       "printf 'Adapters/Journal.\\n  keeps/kafka  # GetParam() = kafka\\n  loses/kafka\\n'\n")
    program.chmod(0o755)
    selection = levels.Selection(tmp_path, tmp_path, without="*/kafka")
    assert levels.left_out(LEVEL, selection) == ["Adapters/Journal.keeps/kafka",
                                                 "Adapters/Journal.loses/kafka"]
    assert levels.left_out(LEVEL, levels.Selection(tmp_path, tmp_path)) == []


def test_what_is_left_out_is_not_run(run_fake):
    count = run_fake('[[ " $* " == *" --gtest_filter=*-*/kafka:*.long_* "* ]] && cp $made $report',
                     [case("a")], without="*/kafka")
    assert numbers(count) == (1, 0, 0)


def test_a_pytest_report_is_counted_alike(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text("<testsuites><testsuite><testcase name='a'/><testcase name='b'><failure/>"
                      "</testcase><testcase name='c'><error/></testcase><testcase name='d'>"
                      "<skipped/></testcase></testsuite></testsuites>")
    read, _ = levels.READERS["pytest"]
    assert numbers(read(report)) == (1, 2, 1)


@pytest.mark.parametrize(("count", "code", "last"), [
    (levels.Count(passed=3), 0, "3 passed, 0 failed, 0 skipped"),
    (levels.Count(passed=3, failed=1), 1, "3 passed, 1 failed, 0 skipped"),
    (levels.Count(passed=3, skipped=1), 1, "3 passed, 0 failed, 1 skipped"),
    (levels.Count(), 1, "0 passed, 1 failed, 0 skipped"),
])
def test_the_last_line_and_the_exit_code_say_the_same(count, code, last, capsys):
    assert run_tests.report(count, 1.0) == code
    assert capsys.readouterr().out.splitlines()[-1] == last
