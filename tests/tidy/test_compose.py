"""Guards the files for container engines, which cannot be run here, by what they refer to."""
import re
import xml.etree.ElementTree as xml

import pytest
import yaml

import tree

FOLDER = tree.ROOT / "compose"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if "build" in service}
MONITORING = {"prometheus", "grafana"}
DOCKERFILE = (FOLDER / "Dockerfile").read_text()


def names_that_the_binary_reads() -> set[str]:
    sources = [file.text for file in tree.cpp_files() if not file.path.startswith("tests/")]
    return set(re.findall(r"\bOUTLAY_[A-Z0-9_]+\b", "\n".join(sources)))


def test_it_has_every_part_of_the_scale_out_form():
    assert OURS == {"migrate", "topics", "api", "worker"}
    assert set(SERVICES) - OURS == {"kafka", "postgres"} | MONITORING
    assert SERVICES["worker"]["deploy"]["replicas"] == 2


def test_what_is_built_exists():
    for name in OURS:
        build = SERVICES[name]["build"]
        assert (FOLDER / build["context"] / build["dockerfile"]).resolve().is_file(), name


def test_only_settings_that_the_binary_reads_are_set():
    known = names_that_the_binary_reads()
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= known, name


def test_who_is_waited_for_exists_and_can_be_waited_for():
    for name, service in SERVICES.items():
        waits = service.get("depends_on", {})
        for other in waits:
            assert other in SERVICES, f"{name} waits for {other}"
        for other, wait in waits.items() if isinstance(waits, dict) else ():
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], f"{name} waits for {other}'s health"


def test_every_volume_is_declared_and_every_mounted_file_exists():
    for name, service in SERVICES.items():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            there = (FOLDER / source).exists() if source.startswith(".") \
                else source in COMPOSE["volumes"]
            assert there, f"{name} mounts {source}"


def test_only_the_api_and_the_monitoring_are_published_and_only_on_loopback():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"api": ["127.0.0.1:8080:8080"], "prometheus": ["127.0.0.1:9090:9090"],
                         "grafana": ["127.0.0.1:3000:3000"]}


def test_monitoring_is_started_only_if_asked_for_and_finds_what_it_reads():
    assert {name for name, service in SERVICES.items() if service.get("profiles")} == MONITORING
    assert all(SERVICES[name]["profiles"] == ["monitoring"] for name in MONITORING)
    scraped = yaml.safe_load((FOLDER / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    (search,) = scraped[0]["dns_sd_configs"]
    assert set(search["names"]) == {"api", "worker"}
    for name in search["names"]:
        assert f"0.0.0.0:{search['port']}" in SERVICES[name]["command"]
    provisioned = FOLDER / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioned / "datasources" / "prometheus.yml").read_text())["datasources"]
    assert source["url"] == "http://prometheus:9090"
    (provider,) = yaml.safe_load((provisioned / "dashboards" / "outlay.yml").read_text())["providers"]
    mounts = dict(mount.split(":")[1::-1] for mount in SERVICES["grafana"]["volumes"])
    assert mounts[provider["options"]["path"]] == "./grafana/dashboards"


def test_the_broker_is_the_one_that_the_tests_run_against():
    pom = xml.parse(FOLDER / "kafka" / "pom.xml")
    space = {"m": "http://maven.apache.org/POM/4.0.0"}
    versions = {item.findtext("m:artifactId", namespaces=space):
                item.findtext("m:version", namespaces=space)
                for item in pom.iterfind(".//m:dependency", space)}
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{versions['kafka_2.13']}"


def test_the_image_is_built_in_stages_and_does_not_run_as_root():
    stages = re.findall(r"^FROM (\S+)(?: AS (\w+))?$", DOCKERFILE, re.MULTILINE)
    assert len(stages) == 2 and stages[0][1] == "build"
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM "):]
    assert re.search(r"^USER outlay$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert set(re.findall(r"--from=(\w+)", last)) == {"build"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_no_command_hides_the_image_s_health_port(name):
    command = [str(part) for part in SERVICES[name]["command"]]
    one_shot = SERVICES[name].get("healthcheck", {}).get("disable", False)
    assert one_shot or command[command.index("--admin") + 1].endswith(":8081")
