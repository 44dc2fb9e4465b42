"""Guards the guards: each check finds the fault it is made for, and passes the same without it."""
import pytest

import checks
from test_includes import find_circle
from tree import File

LONG_BODY = "    step();\n" * 70

FAULTS = [
    (checks.dependency_problems, "domain/a.hpp", '#include "journal/journal.hpp"\n'),
    (checks.dependency_problems, "domain/values/a.hpp", '#include "domain/expense/state.hpp"\n'),
    (checks.dependency_problems, "events/a.cpp", '#include "platform/sql.hpp"\n'),
    (checks.dependency_problems, "journal/a.cpp", '#include "platform/kafka/journal.hpp"\n'),
    (checks.dependency_problems, "journal/a.cpp", '#include "api/http/problem.hpp"\n'),
    (checks.dependency_problems, "api/a.cpp", '#include "workers/projector.hpp"\n'),
    (checks.dependency_problems, "workers/a.cpp", '#include "api/http/problem.hpp"\n'),
    (checks.dependency_problems, "platform/sql.hpp", '#include "events/codec.hpp"\n'),
    (checks.dependency_problems, "platform/kafka/a.cpp", '#include "journal/submit.hpp"\n'),
    (checks.dependency_problems, "platform/kafka/a.cpp", '#include "platform/sqlite/file.hpp"\n'),
    (checks.dependency_problems, "api/a.cpp", '#include "migrations/migrations.hpp"\n'),
    (checks.dependency_problems, "app/a.cpp", '#include "tests/unit/a.hpp"\n'),
    (checks.library_problems, "domain/a.cpp", "#include <boost/uuid.hpp>\n"),
    (checks.library_problems, "journal/a.cpp", "#include <sodium.h>\n"),
    (checks.library_problems, "api/http/a.cpp", "#include <boost/beast.hpp>\n"),
    (checks.library_problems, "platform/kafka/a.cpp", "#include <pqxx/pqxx>\n"),
    (checks.library_problems, "platform/json/a.hpp", "#include <simdjson.h>\n"),
    (checks.library_problems, "journal/a.cpp", "#include <unistd.h>\n"),
    (checks.missing_include_problems, "app/a.cpp", '#include "app/not_there.hpp"\n'),
    (checks.own_header_problems, "domain/values/money.cpp",
     '#include "domain/values/ids.hpp"\n#include "domain/values/money.hpp"\n'),
    (checks.pragma_problems, "domain/a.hpp", "struct A {};\n"),
    (checks.purpose_problems, "domain/a.hpp", "#pragma once\n"),
    (checks.purpose_problems, "tests/a.py", "import os\n"),
    (checks.line_problems, "domain/a.hpp", "\tint a;\n"),
    (checks.line_problems, "domain/a.hpp", "int a; \n"),
    (checks.line_problems, "domain/a.hpp", "x" * 101 + "\n"),
    (checks.file_length_problems, "domain/a.hpp", "\n" * 501),
    (checks.end_problems, "domain/a.hpp", "int a;"),
    (checks.function_length_problems, "domain/a.cpp", "int f() {\n" + LONG_BODY + "}\n"),
    (checks.function_length_problems, "domain/a.cpp",
     "A::A(int x)\n    : a_{x}, b_(x), c_{f({1})} {\n" + LONG_BODY + "}\n"),
    (checks.function_length_problems, "domain/a.cpp",
     "namespace n {\nclass C {\n    int f() const noexcept {\n" + LONG_BODY + "    }\n};\n}\n"),
    (checks.name_problems, "domain/string_utils.hpp", ""),
    (checks.name_problems, "api/common/a.hpp", ""),
    (checks.left_over_problems, "domain/a.hpp", "// TO" "DO later\n"),
    (checks.sleep_problems, "tests/unit/a.cpp", "std::this_thread::sleep" "_for(1s);\n"),
    (checks.sleep_problems, "tests/end_to_end/test_a.py", "time.sl" "eep(1)\n"),
    (checks.skip_problems, "tests/unit/a.cpp", "GTEST_" "SKIP();\n"),
    (checks.skip_problems, "tests/unit/a.cpp", "TEST(A, DIS" "ABLED_b) {}\n"),
    (checks.skip_problems, "tests/end_to_end/test_a.py", "@pytest.mark.sk" "ip\n"),
]

FINE = [
    (checks.dependency_problems, "domain/a.hpp", '#include "domain/values/money.hpp"\n'),
    (checks.dependency_problems, "journal/a.cpp", '#include "platform/sql.hpp"\n'),
    (checks.dependency_problems, "api/a.cpp", '#include "platform/json/value.hpp"\n'),
    (checks.dependency_problems, "platform/kafka/a.cpp", '#include "journal/journal.hpp"\n'),
    (checks.dependency_problems, "app/a.cpp", '#include "platform/kafka/journal.hpp"\n'),
    (checks.library_problems, "domain/a.cpp", "#include <vector>\n"),
    (checks.library_problems, "platform/json/a.cpp", "#include <simdjson.h>\n"),
    (checks.library_problems, "api/server/a.cpp", "#include <boost/beast.hpp>\n"),
    (checks.line_problems, "domain/a.hpp", "x" * 100 + "\n"),
    (checks.function_length_problems, "domain/a.cpp",
     "int f() {\n" + "    step();\n" * 68 + "}\nint g() {\n" + "    step();\n" * 68 + "}\n"),
    (checks.function_length_problems, "domain/a.cpp",
     "const Row table[] = {\n" + "    {1, f(2)},\n" * 100 + "};\n"),
    (checks.function_length_problems, "domain/a.cpp",
     'auto text = R"(\n' + "void f() {\n" * 100 + ')";\n'),
    (checks.skip_problems, "tests/unit/a.cpp", "TEST(A, skips_blank_lines) {}\n"),
]


@pytest.mark.parametrize(("check", "path", "text"), FAULTS)
def test_a_fault_is_found(check, path, text):
    assert list(check(File(path, text)))


@pytest.mark.parametrize(("check", "path", "text"), FINE)
def test_what_is_fine_passes(check, path, text):
    assert list(check(File(path, text))) == []


def test_a_circle_is_found():
    assert find_circle({"a": ["b"], "b": ["c"], "c": ["b"]}) == ["b", "c", "b"]
    assert find_circle({"a": ["b", "c"], "b": ["c"]}) is None
