"""Customers who go where readiness is and never send anything twice, as a load balancer without
retries would lead them; whatever is not done is a failed request.
"""
import http.client
import json
import select
import threading
import time
from collections import Counter

from client import expense
from nodes import Node, answers_ready

LOOK_S = 0.1  # between two looks at readiness
TIMEOUT_S = 30


class Balancer:
    """Looks at the readiness of each api again and again."""

    def __init__(self, apis: list[Node]):
        self._ready = {api: answers_ready(api.admin_port) for api in apis}
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._look, args=(api,), daemon=True) for api in apis]
        for thread in self._threads:
            thread.start()

    def _look(self, api: Node) -> None:
        while not self._ended.wait(LOOK_S):
            self._ready[api] = answers_ready(api.admin_port)

    def ready(self) -> list[Node]:
        return [api for api, is_ready in list(self._ready.items()) if is_ready]

    def close(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()


class Customer(threading.Thread):
    """Records, changes and reads expenses in one workspace; keeps its connections as long as it may."""

    def __init__(self, balancer: Balancer, ports: dict[Node, int], workspace: str, key: str):
        super().__init__(daemon=True)
        self.statuses: Counter = Counter()
        self.failures: list[str] = []
        self.served: Counter = Counter()  # by node
        self.recorded: list[str] = []
        self.slowest_s = 0.0
        self.ended = threading.Event()
        self._balancer, self._ports = balancer, ports
        self._path = f"/v1/workspaces/{workspace}/expenses"
        self._fields = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._connections: dict[Node, http.client.HTTPConnection] = {}

    def run(self) -> None:
        turn = 0
        while not self.ended.is_set():
            ready = self._balancer.ready()
            if not ready:
                self.failures.append("no node is ready")
                return
            turn += 1
            self._round(ready[turn % len(ready)], turn)
        for connection in self._connections.values():
            connection.close()

    def _round(self, node: Node, turn: int) -> None:
        made = self._ask(node, "POST", self._path, expense(turn), (201, 202))
        if made is None or made["object"] != "expense":
            return
        self.recorded.append(made["id"])
        self._ask(node, "GET", f"{self._path}/{made['id']}", None, (200,))

    def _connection_to(self, node: Node) -> http.client.HTTPConnection:
        """The one that is open, unless the node has closed it."""
        connection = self._connections.setdefault(
            node, http.client.HTTPConnection("127.0.0.1", self._ports[node], timeout=TIMEOUT_S))
        if connection.sock is not None and select.select([connection.sock], [], [], 0)[0]:
            connection.close()
        return connection

    def _ask(self, node: Node, method: str, path: str, body: dict | None, done: tuple[int, ...]) -> dict | None:
        connection = self._connection_to(node)
        began = time.monotonic()
        try:
            connection.request(method, path, json.dumps(body) if body else None, self._fields)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self.failures.append(f"{method} at {node.name}: {problem!r}")
            connection.close()
            return None
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        self.served[node] += 1
        self.statuses[method, answer.status] += 1
        if answer.status not in done:
            self.failures.append(f"{method} at {node.name}: {answer.status} {text[:300]!r}")
            return None
        return json.loads(text)
