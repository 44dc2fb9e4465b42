"""A certificate authority of a test, which signs what servers show and what clients show them."""
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Identity:
    """A certificate and its key, as PEM files."""
    certificate: Path
    key: Path


class Authority:
    """Its own certificate is `certificate`; what it issues lies beside it."""

    def __init__(self, folder: Path, name: str = "Outlay tests"):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.certificate, self._key = folder / "ca.crt", folder / "ca.key"
        self._issued = 0
        openssl("req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-subj", f"/CN={name}", "-days", "2", "-keyout", self._key, "-out", self.certificate)

    def issue(self, *names: str) -> Identity:
        """For these subject alternative names, such as DNS:localhost or IP:127.0.0.1."""
        self._issued += 1
        base = self.folder / f"issued-{self._issued}"
        made = Identity(base.with_suffix(".crt"), base.with_suffix(".key"))
        request, extensions = base.with_suffix(".csr"), base.with_suffix(".ext")
        extensions.write_text(f"subjectAltName={','.join(names)}\nextendedKeyUsage=serverAuth,clientAuth\n")
        openssl("req", "-new", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-subj", f"/CN={names[0].partition(':')[2]}", "-keyout", made.key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key,
                "-set_serial", str(self._issued), "-days", "2", "-extfile", extensions, "-out", made.certificate)
        return made

    def key_store(self, identity: Identity, password: str) -> Path:
        """The identity as Java servers read it, in one PKCS#12 file."""
        store = identity.key.with_suffix(".p12")
        openssl("pkcs12", "-export", "-inkey", identity.key, "-in", identity.certificate,
                "-certfile", self.certificate, "-passout", f"pass:{password}", "-out", store)
        return store


def openssl(*arguments) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
