"""Certificates that people bring along, made with openssl."""

from pathlib import Path

from world import WORK, run

AUTHORITY = ("basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign,cRLSign")


def root(name: str, *extensions: str, days: int = 30) -> Path:
    """A folder with root-cert.pem and root-key.pem."""
    folder = WORK / "authorities" / name
    folder.mkdir(parents=True)
    words = [w for e in (*AUTHORITY, *extensions) for w in ("-addext", e)]
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", days, "-subj", "/O=Example/CN=Root",
        "-keyout", folder / "root-key.pem", "-out", folder / "root-cert.pem", *words)
    return _private(folder)


def intermediate(at: Path, cluster: str, subject: str | None = None) -> Path:
    """A folder in at, as istiod's four files, signed by the root there."""
    own = at / cluster
    own.mkdir()
    words = [w for e in (*AUTHORITY, "subjectAltName=DNS:istiod.istio-system.svc") for w in ("-addext", e)]
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 20, "-CA", at / "root-cert.pem", "-CAkey", at / "root-key.pem",
        "-subj", subject or f"/O=Istio/CN=Intermediate CA/L={cluster}", "-keyout", own / "ca-key.pem", "-out", own / "ca-cert.pem", *words)
    (own / "root-cert.pem").write_text((at / "root-cert.pem").read_text())
    (own / "cert-chain.pem").write_text((own / "ca-cert.pem").read_text() + (at / "root-cert.pem").read_text())
    _private(at)
    return own


def _private(folder: Path) -> Path:
    folder.chmod(0o700)
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return folder
