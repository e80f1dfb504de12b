"""Certificates for TLS, made by openssl: an authority of the test's own, and what it signs."""

import os
import subprocess

DAYS = "2"
OPENSSL_SECONDS = 60


def _make(path, subject, *options):
    """A new certificate and its key: (certificate, key)."""
    key = f"{path}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", DAYS, "-keyout", key,
                    "-out", path, "-subj", f"/CN={subject}", *options],
                   check=True, capture_output=True, timeout=OPENSSL_SECONDS)
    return path, key


def self_made(directory, host):
    """Of a server that nobody vouches for."""
    return _make(os.path.join(directory, "self_made.pem"), host, "-addext",
                 f"subjectAltName=IP:{host}")


class Authority:
    """Vouches for servers.  Two with the same name are as unknown to each other as any two."""

    def __init__(self, directory, name="authority"):
        os.makedirs(os.path.join(directory, name))
        self._directory = os.path.join(directory, name)
        self.certificate, self._key = _make(self._path("authority"), name)

    def issue(self, subject, *alternatives):
        """For the common name `subject`; alternatives as in "DNS:pbx.example.test"."""
        names = ["-addext", "subjectAltName=" + ",".join(alternatives)] if alternatives else []
        return _make(self._path(subject), subject, "-CA", self.certificate, "-CAkey", self._key,
                     "-addext", "basicConstraints=critical,CA:FALSE", *names)

    def _path(self, name):
        return os.path.join(self._directory, f"{name}.pem")
