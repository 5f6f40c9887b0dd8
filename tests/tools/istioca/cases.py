#!/usr/bin/env python3
"""Makes the signing CAs of tests/golden/ca/cases.json anew, with throw-away keys, by the openssl
program, and has istiod's own code judge each.

    tests/tools/build istioca
    tests/tools/istioca/cases.py

All that is meant to be valid is so until 2120.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
FILE = TESTS / "golden" / "ca" / "cases.json"

CONFIG = """
[ca]
default_ca = a
[a]
database = {dir}/index.txt
unique_subject = no
serial = {dir}/serial
new_certs_dir = {dir}
policy = p
crlnumber = {dir}/crlnumber
default_md = sha256
default_crl_days = 30000
[p]
organizationName = optional
commonName = optional
localityName = optional
[e]
subjectKeyIdentifier = hash
{extensions}
"""

CA = "basicConstraints = critical,CA:TRUE"
USAGE = "keyUsage = critical,digitalSignature,nonRepudiation,keyEncipherment,keyCertSign"
CRL_USAGE = "keyUsage = critical,digitalSignature,keyCertSign,cRLSign"
SAN = "subjectAltName = DNS:istiod.istio-system.svc"
GOOD = ("20200101000000Z", "21200101000000Z")
PAST = ("20200101000000Z", "20210101000000Z")
FUTURE = ("21000101000000Z", "21200101000000Z")

EC = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")


class Maker:
    def __init__(self, folder: Path):
        self.dir = folder
        self.count = 0

    def openssl(self, *args) -> None:
        done = subprocess.run(["openssl", *map(str, args)], capture_output=True, text=True, timeout=120)
        if done.returncode:
            sys.exit(f"openssl {' '.join(map(str, args))}\n{done.stderr}")

    def path(self, kind: str) -> Path:
        self.count += 1
        return self.dir / f"{self.count}-{kind}.pem"

    def key(self, *how) -> Path:
        path = self.path("key")
        self.openssl("genpkey", *(how or EC), "-out", path)
        return path

    def config(self, *extensions) -> Path:
        (self.dir / "index.txt").write_text("")
        (self.dir / "crlnumber").write_text("01\n")
        path = self.dir / "ca.cnf"
        path.write_text(CONFIG.format(dir=self.dir, extensions="\n".join(extensions)))
        return path

    def cert(self, subject, key, issuer=None, extensions=(CA, USAGE), valid=GOOD, more=()):
        """A certificate for `key` signed by issuer = (certificate, key), or by itself."""
        request, path = self.path("csr"), self.path("cert")
        (self.dir / "serial").write_text(f"{self.count:04x}\n")
        self.openssl("req", "-new", "-key", key, "-subj", subject, "-out", request)
        signer = ("-cert", issuer[0], "-keyfile", issuer[1]) if issuer else ("-selfsign", "-keyfile", key)
        self.openssl("ca", "-batch", "-notext", "-config", self.config(*extensions), "-extensions", "e",
                     "-in", request, "-out", path, "-startdate", valid[0], "-enddate", valid[1],
                     "-preserveDN", *signer, *more)
        return path

    def negative(self, subject, key, issuer=None, extensions=(CA, USAGE)):
        """As cert, with a serial number that `openssl ca` does not give."""
        request, path = self.path("csr"), self.path("cert")
        self.openssl("req", "-new", "-key", key, "-subj", subject, "-out", request)
        signer = ("-CA", issuer[0], "-CAkey", issuer[1]) if issuer else ("-signkey", key)
        self.openssl("x509", "-req", "-in", request, "-out", path, "-days", "30000", "-set_serial", "-5",
                     "-extfile", self.config(*extensions), "-extensions", "e", *signer)
        return path

    def crl(self, issuer) -> str:
        path = self.path("crl")
        self.openssl("ca", "-gencrl", "-config", self.config(), "-cert", issuer[0], "-keyfile", issuer[1],
                     "-out", path)
        return path.read_text()


def text(*paths) -> str:
    return "".join(p.read_text() for p in paths)


def istio(cert, key, chain, root, **more) -> dict:
    """Files of Istio's form; a value is a path, some, a text, or None for a file that is not there."""
    files = {"ca-cert.pem": cert, "ca-key.pem": key, "cert-chain.pem": chain, "root-cert.pem": root}
    files.update({name.replace("_", "-") + ".pem": value for name, value in more.items()})
    return read(files)


def tls(cert, key, root, **more) -> dict:
    return read({"tls.crt": cert, "tls.key": key, "ca.crt": root} | more)


def read(files: dict) -> dict:
    out = {}
    for name, value in files.items():
        if isinstance(value, Path):
            out[name] = value.read_text()
        elif isinstance(value, tuple):
            out[name] = text(*value)
        elif value is not None:
            out[name] = value
    return out


def cases(m: Maker):
    root_key, key, other_key = m.key(), m.key(), m.key()
    root = m.cert("/O=Istio/CN=Root CA", root_key)
    other_root = m.cert("/O=Istio/CN=Root CA", other_key)
    by_root = (root, root_key)
    path0 = ("basicConstraints = critical,CA:TRUE,pathlen:0", USAGE, SAN)
    cert = m.cert("/O=Istio/CN=Intermediate CA/L=west", key, by_root, path0)

    yield "as Istio's script makes it", istio(cert, key, (cert, root), root)
    yield "chain without the root", istio(cert, key, cert, root)
    yield "chain with the root first", istio(cert, key, (root, cert), root)
    yield "chain of the root alone", istio(cert, key, root, root)
    yield "empty chain", istio(cert, key, "", root)
    yield "chain that is no PEM", istio(cert, key, "junk\n", root)
    yield "root signs itself", istio(root, root_key, root, root)
    yield "root signs itself, empty chain", istio(root, root_key, "", root)
    yield "two roots", istio(cert, key, (cert, root), (other_root, root))
    yield "junk beside the root", istio(cert, key, (cert, root), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + root.read_text())
    yield "subject with a city", istio(m.cert("/L=San Francisco", key, by_root, path0), key, (m.dir / f"{m.count}-cert.pem", root), root)

    for missing in ("ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"):
        files = istio(cert, key, (cert, root), root)
        del files[missing]
        yield f"without {missing}", files
        yield f"{missing} empty", files | {missing: ""}
    yield "root-cert.pem alone", istio(None, None, None, root)
    yield "no file at all", {}
    yield "other files alone", {"note.txt": "x"}

    yield "tls form", tls(cert, key, root)
    yield "tls form, whole chain in tls.crt", tls((cert, root), key, root)
    yield "tls form, self-signed", tls(root, root_key, root)
    yield "tls form without ca.crt", tls(cert, key, None)
    yield "tls form without tls.key", tls(cert, None, root)
    yield "tls form without tls.crt", tls(None, key, root)
    yield "tls form beside Istio's", tls(cert, key, root) | istio(root, root_key, root, root)
    yield "stray tls.crt beside Istio's", {"tls.crt": cert.read_text()} | istio(cert, key, (cert, root), root)
    yield "tls form with a CRL that is none", tls(cert, key, root) | {"ca-crl.pem": "junk\n"}

    yield "key of another", istio(cert, other_key, (cert, root), root)
    yield "key that is no PEM", istio(cert, "junk\n", (cert, root), root)
    parameters = m.path("parameters")
    m.openssl("ecparam", "-name", "prime256v1", "-out", parameters)
    yield "key behind EC PARAMETERS", istio(cert, (parameters, key), (cert, root), root)
    sec1, encrypted = m.path("sec1"), m.path("encrypted")
    m.openssl("ec", "-in", key, "-out", sec1)
    m.openssl("pkey", "-in", key, "-aes256", "-passout", "pass:x", "-out", encrypted)
    yield "key in SEC 1 form", istio(cert, sec1, (cert, root), root)
    yield "key encrypted", istio(cert, encrypted, (cert, root), root)
    yield "certificate where the key belongs", istio(cert, cert, (cert, root), root)
    yield "key where the certificate belongs", istio(key, key, (cert, root), root)
    yield "certificate of the other kind of block", istio(cert.read_text().replace(" CERTIFICATE", " X509 CERTIFICATE"), key, (cert, root), root)

    yield "other root of the same name", istio(cert, key, (cert, root), other_root)
    yield "root expired", istio(m.cert("/CN=i", key, (old := m.cert("/CN=old", root_key, valid=PAST), root_key)), key, (m.dir / f"{m.count}-cert.pem", old), old)
    for name, valid in (("expired", PAST), ("of the future", FUTURE)):
        late = m.cert("/CN=late", key, by_root, valid=valid)
        yield f"certificate {name}", istio(late, key, (late, root), root)
        first = m.cert("/CN=first", other_key, by_root, valid=valid)
        yield f"chain begins with one that is {name}", istio(cert, key, (first, cert, root), root)
    tomorrow = m.cert("/CN=tomorrow", root_key, valid=FUTURE)
    below = m.cert("/CN=i", key, (tomorrow, root_key), path0)
    yield "root of the future", istio(below, key, (below, tomorrow), tomorrow)

    def signer(name, *extensions, **more):
        made = m.cert("/CN=signer", key, by_root, extensions, **more)
        return name, istio(made, key, (made, root), root)

    def rooted(name, *extensions, **more):
        base = m.cert("/CN=base", root_key, None, extensions, **more)
        made = m.cert("/CN=signer", key, (base, root_key), path0)
        return name, istio(made, key, (made, base), base)

    yield signer("signer without basicConstraints", USAGE)
    yield signer("signer that is no CA", "basicConstraints = critical,CA:FALSE")
    yield signer("signer without keyCertSign", CA, "keyUsage = critical,digitalSignature")
    yield signer("signer without a key usage", CA)
    yield signer("signer for clients alone", CA, USAGE, "extendedKeyUsage = clientAuth")
    yield signer("signer for servers alone", CA, USAGE, "extendedKeyUsage = serverAuth")
    yield signer("signer for both", CA, USAGE, "extendedKeyUsage = serverAuth,clientAuth")
    yield signer("signer for anything", CA, USAGE, "extendedKeyUsage = anyExtendedKeyUsage")
    yield signer("signer with an unknown critical extension", CA, USAGE, "1.2.3.4 = critical,ASN1:NULL")
    yield signer("signer with an unknown extension", CA, USAGE, "1.2.3.4 = ASN1:NULL")
    yield signer("signer permits the trust domain", CA, USAGE, "nameConstraints = critical,permitted;URI:cluster.local")
    yield signer("signer permits another domain", CA, USAGE, "nameConstraints = critical,permitted;URI:example.org")
    yield signer("signed with SHA-1", CA, USAGE, more=("-md", "sha1"))
    yield signer("signed with SHA-224", CA, USAGE, more=("-md", "sha224"))
    yield signer("signed with SHA-384", CA, USAGE, more=("-md", "sha384"))
    negative = m.negative("/CN=signer", key, by_root)
    yield "negative serial number", istio(negative, key, (negative, root), root)

    yield rooted("root without a key usage", CA)
    yield rooted("root without keyCertSign", CA, "keyUsage = critical,digitalSignature")
    yield rooted("root that is no CA", "basicConstraints = critical,CA:FALSE")
    yield rooted("root of path length 0", "basicConstraints = critical,CA:TRUE,pathlen:0")
    yield rooted("root of path length 1", "basicConstraints = critical,CA:TRUE,pathlen:1")
    yield rooted("root permits istiod and the trust domain", CA, "nameConstraints = critical,permitted;DNS:istio-system.svc,permitted;URI:cluster.local")
    yield rooted("root permits no name of istiod", CA, "nameConstraints = critical,permitted;DNS:example.org")
    yield rooted("root permits no trust domain", CA, "nameConstraints = critical,permitted;URI:example.org")
    yield rooted("root excludes the trust domain", CA, "nameConstraints = critical,excluded;URI:cluster.local")
    yield rooted("root excludes another domain", CA, "nameConstraints = critical,excluded;URI:example.org")
    yield rooted("root permits a parent of the trust domain", CA, "nameConstraints = critical,permitted;URI:local")
    yield rooted("root permits e-mail alone", CA, "nameConstraints = critical,permitted;email:example.org")
    yield rooted("root with critical constraints of directory names", CA, "nameConstraints = critical,permitted;dirName:d", "[d]", "O = Istio")
    yield rooted("root with constraints of directory names", CA, "nameConstraints = permitted;dirName:d", "[d]", "CN = signer")
    yield rooted("root for clients alone", CA, "extendedKeyUsage = clientAuth")
    yield rooted("root signed with SHA-1", CA, more=("-md", "sha1"))
    base = m.negative("/CN=base", root_key)
    made = m.cert("/CN=signer", key, (base, root_key), path0)
    yield "root with a negative serial number", istio(made, key, (made, base), base)

    kinds = {
        "RSA 2048": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
        "RSA 1024": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"),
        "RSA 512": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:512"),
        "RSA-PSS": ("-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"),
        "P-384": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
        "secp256k1": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"),
        "Ed25519": ("-algorithm", "ED25519"),
        "Ed448": ("-algorithm", "ED448"),
    }
    for name, how in kinds.items():
        made = m.key(*how)
        digest = ("-md", "null") if name.startswith("Ed") else ()
        if name != "RSA 512":  # too small to hold what the signature needs
            base = m.cert("/CN=base", made, more=digest)
            below = m.cert("/CN=signer", key, (base, made), path0, more=digest)
            yield f"root with a key of {name}", istio(below, key, (below, base), base)
        signed = m.cert("/CN=signer", made, by_root, path0)
        yield f"signer with a key of {name}", istio(signed, made, (signed, root), root)
    rsa = m.key(*kinds["RSA 2048"])
    base = m.cert("/CN=base", rsa)
    for salt in ("-1", "-2", "20"):
        pss = m.cert("/CN=signer", key, (base, rsa), path0, more=("-sigopt", "rsa_padding_mode:pss", "-sigopt", f"rsa_pss_saltlen:{salt}"))
        yield f"RSA-PSS signature, salt {salt}", istio(pss, key, (pss, base), base)
    pkcs1 = m.path("pkcs1")
    m.openssl("rsa", "-in", rsa, "-traditional", "-out", pkcs1)
    yield "key in PKCS#1 form", istio(base, pkcs1, base, base)

    between = m.cert("/CN=between", other_key, by_root)
    deep = m.cert("/CN=deep", key, (between, other_key), path0)
    yield "longer chain", istio(deep, key, (deep, between, root), root)
    yield "longer chain with a gap", istio(deep, key, (deep, root), root)
    yield "root that is not self-signed", istio(deep, key, (deep, between), between)
    narrow = m.cert("/CN=between", other_key, by_root, ("basicConstraints = critical,CA:TRUE,pathlen:0", USAGE))
    below = m.cert("/CN=deep", key, (narrow, other_key), path0)
    yield "longer chain than a path length allows", istio(below, key, (below, narrow, root), root)

    crl_root = m.cert("/CN=crl root", root_key, None, (CA, CRL_USAGE))
    crl_cert = m.cert("/CN=crl signer", key, (crl_root, root_key), (CA, CRL_USAGE))
    root_crl, cert_crl = m.crl((crl_root, root_key)), m.crl((crl_cert, key))
    whole = (crl_cert, crl_root)
    yield "CRLs of the whole chain", istio(crl_cert, key, whole, crl_root, ca_crl=root_crl + cert_crl)
    yield "CRL of the root alone", istio(crl_cert, key, whole, crl_root, ca_crl=root_crl)
    yield "CRL of the signer alone, that is the chain", istio(crl_cert, key, crl_cert, crl_root, ca_crl=cert_crl)
    yield "CRL that is none", istio(crl_cert, key, whole, crl_root, ca_crl="junk\n")
    yield "CRL that does not parse", istio(crl_cert, key, whole, crl_root, ca_crl="-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n")
    yield "empty CRL file", istio(crl_cert, key, whole, crl_root, ca_crl="")
    yield "CRL without cRLSign", istio(cert, key, (cert, root), root, ca_crl=m.crl(by_root) + m.crl((cert, key)))
    yield "CRLs, and junk in the chain", istio(crl_cert, key, text(*whole) + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", crl_root, ca_crl=root_crl + cert_crl)

    for name, files in (
        ("own root", {"ca-cert.pem": root, "ca-key.pem": root_key}),
        ("own root expired", {"ca-cert.pem": m.cert("/O=cluster.local", root_key, valid=PAST), "ca-key.pem": root_key}),
        ("own root with another key", {"ca-cert.pem": root, "ca-key.pem": key}),
        ("own root without its key", {"ca-cert.pem": root}),
        ("own root that is no CA", {"ca-cert.pem": m.cert("/O=x", root_key, None, ("basicConstraints = CA:FALSE",)), "ca-key.pem": root_key}),
    ):
        yield name, read(files), True


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for name, files, *own in cases(Maker(Path(folder))):
            rows.append({"name": name, "files": files} | ({"own": True} if own else {}))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(rows))
    program = sys.argv[1] if len(sys.argv) > 1 else subprocess.run(
        [TESTS / "tools" / "build", "--bin", "istioca"], check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()
    subprocess.run([program, FILE], check=True, timeout=600)


if __name__ == "__main__":
    main()
