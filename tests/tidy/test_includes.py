"""Guards the shape of the house: dependencies point one way, libraries stay in their adapters."""
import pytest

import checks
import rules
import tree


def assert_clean(check) -> None:
    problems = [problem for file in tree.cpp_files() for problem in check(file)]
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


def test_every_source_lies_in_a_known_layer():
    strangers = [file.path for file in tree.cpp_files()
                 if checks.layer_of(file.path) is None and not file.path.startswith("cmake/")]
    assert strangers == []


def test_dependencies_point_one_way():
    assert_clean(checks.dependency_problems)


def test_libraries_are_seen_only_by_their_adapters():
    assert_clean(checks.library_problems)


def test_every_include_exists():
    assert_clean(checks.missing_include_problems)


def test_a_source_includes_its_own_header_first():
    assert_clean(checks.own_header_problems)


def test_headers_do_not_include_each_other_in_a_circle():
    graph = {file.path: [include.target for include in tree.includes(file) if include.quoted]
             for file in tree.cpp_files()}
    circle = find_circle(graph)
    assert circle is None, " -> ".join(circle or [])


def find_circle(graph: dict[str, list[str]]) -> list[str] | None:
    done: set[str] = set()

    def visit(node: str, way: list[str]) -> list[str] | None:
        if node in way:
            return [*way[way.index(node):], node]
        if node not in done:
            for target in graph.get(node, []):
                found = visit(target, [*way, node])
                if found:
                    return found
            done.add(node)
        return None

    return next(filter(None, (visit(node, []) for node in sorted(graph))), None)


def test_the_table_of_layers_has_no_circle():
    graph = {layer: sorted(allowed) for layer, allowed in rules.MAY_INCLUDE.items()}
    assert find_circle(graph) is None
