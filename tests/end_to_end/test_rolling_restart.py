"""Every role is restarted under load, one process after the other, and no request fails (F-07).

The customers follow readiness, send nothing twice and keep their connections open, as a load balancer
without retries does.
"""
from collections import Counter

import pytest
from client import Client, Workspace
from installations import ScaleOut
from ready_load import Balancer, Customer
from waiting import wait_until

CUSTOMERS = 4
ROUND = 20  # requests that each node serves between two restarts


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


class Load:
    """Customers at all apis of an installation."""

    def __init__(self, outlay: ScaleOut):
        self.workspace = Workspace.make(Client(outlay.url, outlay.owner_key))
        self.apis = [node for node in outlay.nodes if node not in outlay.workers]
        ports = dict(zip(self.apis, map(port_of, outlay.urls)))
        self.balancer = Balancer(self.apis)
        self.customers = [Customer(self.balancer, ports, self.workspace.id, outlay.owner_key)
                          for _ in range(CUSTOMERS)]
        for customer in self.customers:
            customer.start()

    def served(self) -> Counter:
        return sum((customer.served for customer in self.customers), Counter())

    def failures(self) -> list[str]:
        return [failure for customer in self.customers for failure in customer.failures]

    def goes_on(self) -> None:
        """Every api serves some more."""
        before = self.served()
        wait_until(lambda: self.failures() or all(self.served()[api] - before[api] >= ROUND for api in self.apis),
                   "requests at every node")

    def stop(self) -> None:
        for customer in self.customers:
            customer.ended.set()
        for customer in self.customers:
            customer.join(60)
        self.balancer.close()


@pytest.mark.parametrize("named", [True, False], ids=["named workers", "workers without a name"])
def test_a_rolling_restart_of_every_role_fails_no_request(scale_out, named):
    outlay = scale_out(workers=0, environment={"OUTLAY_DRAIN_DELAY": "1"})
    outlay.add_api()
    outlay.add_workers(2, named=named)
    outlay.start()
    load = Load(outlay)
    try:
        for node in outlay.nodes:
            load.goes_on()
            assert node.stop(30) and node.process.exit_code() == 0, node.name
            node.start()
        load.goes_on()
    finally:
        load.stop()
    statuses = sum((customer.statuses for customer in load.customers), Counter())
    print(dict(statuses), "slowest", max(customer.slowest_s for customer in load.customers))
    assert load.failures() == []
    accepted = sum(count for (method, _), count in statuses.items() if method == "POST")
    wait_until(lambda: len(load.workspace.all("/expenses", limit=100)) == accepted,
               "every accepted expense, once")
