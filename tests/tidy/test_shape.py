"""Guards the size and form of files, so that a reader can hold each of them in mind."""
import pytest

import checks
import tree

CHECKS_OF_CPP = (checks.pragma_problems, checks.function_length_problems)
CHECKS_OF_CODE = (checks.file_length_problems, checks.purpose_problems, checks.end_problems)
CHECKS_OF_TEXT = (checks.line_problems, checks.name_problems, checks.left_over_problems)
CHECKS_OF_TESTS = (checks.sleep_problems, checks.skip_problems)


def assert_clean(check, files) -> None:
    problems = [problem for file in files for problem in check(file)]
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.mark.parametrize("check", CHECKS_OF_CPP)
def test_cpp(check):
    assert_clean(check, tree.cpp_files())


@pytest.mark.parametrize("check", CHECKS_OF_CODE)
def test_code(check):
    assert_clean(check, tree.code_files())


@pytest.mark.parametrize("check", CHECKS_OF_TEXT)
def test_text(check):
    assert_clean(check, tree.files())


@pytest.mark.parametrize("check", CHECKS_OF_TESTS)
def test_tests(check):
    assert_clean(check, tree.code_files())
