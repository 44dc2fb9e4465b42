"""What a process tells at /metrics, as the tests read it."""
from collections.abc import Iterable

import httpx
import nodes
from prometheus_client.parser import text_string_to_metric_families


def scrape(node: nodes.Node, accept: str | None = None) -> httpx.Response:
    answer = httpx.get(f"http://127.0.0.1:{node.admin_port}/metrics",
                       headers={"Accept": accept} if accept else {})
    assert answer.status_code == 200, answer.text
    return answer


class Measured:
    """The samples of some processes, as they were."""

    def __init__(self, some: Iterable[nodes.Node]):
        self.samples = [sample for node in some
                        for family in text_string_to_metric_families(scrape(node).text)
                        for sample in family.samples]

    @property
    def names(self) -> set[str]:
        return {sample.name for sample in self.samples}

    def values(self, name: str, **labels: str) -> list[float]:
        """Of every series with this name and at least these labels."""
        return [sample.value for sample in self.samples
                if sample.name == name and labels.items() <= sample.labels.items()]

    def total(self, name: str, **labels: str) -> float:
        return sum(self.values(name, **labels))

    def largest(self, name: str, **labels: str) -> float:
        return max(self.values(name, **labels), default=0)
