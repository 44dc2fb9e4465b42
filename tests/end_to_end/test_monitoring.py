"""Rules and dashboards ask only for what is measured, and every alert leads to a page that exists.

The rules themselves are tried by promtool: each alert fires on what it is for and on nothing else.
"""
import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from client import Workspace
from scrape import Measured

ROOT = Path(__file__).resolve().parents[2]
PROMTOOL = ROOT / "build" / "promtool" / "promtool"
RULES = ROOT / "compose" / "prometheus" / "rules.yml"
RULE_TESTS = ROOT / "compose" / "prometheus" / "rules_test.yml"
DASHBOARDS = sorted((ROOT / "compose" / "grafana" / "dashboards").glob("*.json"))
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
NAME = re.compile(r"\b(?:outlay_|http_server_|process_)[a-z0-9_]+")
RECORDED = re.compile(r"\boutlay:[a-z0-9_:]+")


def rules() -> list[dict]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def alerts() -> list[dict]:
    return [rule for rule in rules() if "alert" in rule]


def queries_of(dashboard: dict) -> list[str]:
    panels = [inner for panel in dashboard["panels"] for inner in (panel, *panel.get("panels", []))]
    targets = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    variables = [entry["query"]["query"] for entry in dashboard["templating"]["list"]
                 if entry["type"] == "query"]
    return targets + variables


def every_query() -> list[str]:
    found = [rule["expr"] for rule in rules()]
    for path in DASHBOARDS:
        found += queries_of(json.loads(path.read_text()))
    return found


def anchors(document: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", document, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", title.lower()).replace(" ", "-") for title in titles}


def halt_causes() -> set[str]:
    source = (ROOT / "journal" / "admission.cpp").read_text()
    return set(re.findall(r'CauseText\{\s*HaltCause::\w+,\s*"(\w+)"', source))


def promtool(*arguments: str) -> None:
    assert PROMTOOL.exists(), f"{PROMTOOL} is missing; run the tests with ./dev test"
    done = subprocess.run([str(PROMTOOL), *arguments], text=True, check=False, capture_output=True,
                          timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_accepts_the_rules_and_the_configuration(tmp_path):
    promtool("check", "rules", str(RULES))
    promtool("test", "rules", str(RULE_TESTS))
    # The rules lie elsewhere in a container.
    configuration = (ROOT / "compose" / "prometheus" / "prometheus.yml").read_text()
    here = tmp_path / "prometheus.yml"
    here.write_text(configuration.replace("/etc/prometheus/rules.yml", str(RULES)))
    promtool("check", "config", str(here))


def test_every_alert_is_tried_and_some_of_them_are_seen_to_fire():
    tried = [case for test in yaml.safe_load(RULE_TESTS.read_text())["tests"]
             for case in test["alert_rule_test"]]
    firing = {case["alertname"] for case in tried if case.get("exp_alerts")}
    assert firing == {alert["alert"] for alert in alerts()}


def test_every_alert_leads_to_its_page():
    found = anchors(OPERATIONS)
    for alert in alerts():
        document, _, anchor = alert["annotations"]["runbook"].partition("#")
        assert document == "docs/operations.md" and anchor == alert["alert"].lower()
        assert anchor in found, f"docs/operations.md has no page for {alert['alert']}"


def test_every_cause_of_a_halt_has_its_page():
    causes = halt_causes()
    assert len(causes) == 7
    assert {f"halt-{cause}" for cause in causes} <= anchors(OPERATIONS)


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_is_whole(path):
    dashboard = json.loads(path.read_text())
    assert dashboard["uid"] and dashboard["title"] and queries_of(dashboard)
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["type"] == "row" or (panel["description"] and panel["targets"]), panel["title"]
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
    boxes = [(panel["gridPos"], panel["title"]) for panel in panels]
    for at, (one, title) in enumerate(boxes):
        for other, also in boxes[at + 1:]:
            apart = (one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
                     or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"])
            assert apart, f"{title} covers {also}"


def test_every_query_asks_for_what_is_measured(shared_embedded, shared_scale_out):
    assert len(DASHBOARDS) >= 2
    told = set()
    for outlay in (shared_embedded, shared_scale_out):
        outlay.start()
        Workspace.make(outlay.client()).record()
        told |= Measured(outlay.nodes).names
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    for query in every_query():
        assert set(NAME.findall(query)) <= told, query
        assert set(RECORDED.findall(query)) <= recorded, query
        assert NAME.search(query) or RECORDED.search(query) or query.startswith("up"), query
