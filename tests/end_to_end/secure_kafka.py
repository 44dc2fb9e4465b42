"""A broker that asks who is there: by certificate at one listener, by name and password at another."""
from pathlib import Path

from authority import Authority
from processes import free_ports
from services import KafkaBroker, add_kafka_user

USER, PASSWORD = "outlay", "correct-horse-battery"
PLAIN_PASSWORD = "another-horse"
LOGIN = "org.apache.kafka.common.security"


class SecureKafka(KafkaBroker):
    """Its certificate is for localhost, not for 127.0.0.1. The plain listener is for the test's own tools."""

    def __init__(self, directory: Path, authority: Authority):
        self.plain, controller, self.tls_port, self.login_port = free_ports(4)
        shown = authority.issue("DNS:localhost")
        store = authority.folder / "broker.pem"
        store.write_bytes(shown.key.read_bytes() + shown.certificate.read_bytes())
        listeners = {"TLS": f"localhost:{self.tls_port}", "LOGIN": f"localhost:{self.login_port}"}
        named = ",".join(f"{name}://{address}" for name, address in listeners.items())
        super().__init__(directory, settings={
            "listeners": f"PLAINTEXT://127.0.0.1:{self.plain},CONTROLLER://127.0.0.1:{controller},{named}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.plain},{named}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SSL,LOGIN:SASL_SSL",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "ssl.keystore.type": "PEM", "ssl.keystore.location": str(store),
            "ssl.truststore.type": "PEM", "ssl.truststore.location": str(authority.certificate),
            "listener.name.tls.ssl.client.auth": "required",
            "listener.name.login.sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN",
            "listener.name.login.scram-sha-512.sasl.jaas.config": f"{LOGIN}.scram.ScramLoginModule required;",
            "listener.name.login.plain.sasl.jaas.config":
                f'{LOGIN}.plain.PlainLoginModule required user_{USER}="{PLAIN_PASSWORD}";'})

    @property
    def tls_address(self) -> str:
        """Where clients show a certificate."""
        return f"localhost:{self.tls_port}"

    @property
    def login_address(self) -> str:
        """Where clients log in, over TLS."""
        return f"localhost:{self.login_port}"

    def prepare(self) -> None:
        super().prepare()
        (self.directory / "port").write_text(str(self.plain))

    def add_user(self) -> None:
        add_kafka_user(self.address, USER, PASSWORD)
