#!/usr/bin/env python3
"""meshctl against API servers made to hurt: every mode ends with the right exit code and words, within the limits.

The servers are of api_server.py: what a mode does not answer itself is answered as by an empty cluster.
"""
import base64
import gzip
import hashlib
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from api_server import VERSION, Server, answer, collection, drip, empty_cluster, kubeconfig, status
from harness import BAD_INPUT, FAILED, SANITIZED, TIMED_OUT, UNREACHABLE, Hostile, Row, main

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers"))
from chart_server import certificates  # noqa: E402

SHORT = "4s"  # --timeout of those that never end by themselves
MOSTLY_WAITING = 8  # runs at once
ESCAPES = "red\x1b[31m bell\x07 back\u202e wide\u200b line\u2028end\x9b1m"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


# ---- what modes are made of -------------------------------------------------------------------

def on(path, act):
    """A mode that does `act` for requests of one path (a prefix when it ends with *)."""
    def mode(request, conn):
        hit = request.path.startswith(path[:-1]) if path.endswith("*") else request.path == path
        return (act(request, conn) if callable(act) else act) if hit else None
    return mode


def everywhere(act):
    return on("/*", act)


def listing(resource, act):
    def mode(request, conn):
        return (act(request, conn) if callable(act) else act) if request.list_of(resource) else None
    return mode


def hold(request, conn):
    """Says nothing and keeps the connection."""
    server.wait_gone(conn)
    return True


def body(data, code=200, headers=""):
    return answer(code, data, headers)


def stream(head, part, count, pause_s=0.0, tail=b""):
    """`part` again and again, without this process holding it all."""
    def act(_, conn):
        conn.send(head)
        big = part * max(1, 65536 // len(part))
        for _ in range(max(1, count // max(1, 65536 // len(part)))):
            conn.send(big)
            if pause_s:
                time.sleep(pause_s)
        conn.send(tail)
        return True
    return act


def endless(head, part, pause_s=0.0):
    return stream(head, part, 1 << 40, pause_s)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def lines(*texts):
    return b"".join(chunk(text if isinstance(text, bytes) else json.dumps(text).encode() + b"\n") for text in texts)


# ---- an istiod that is looked for, so that pods, logs and events are read ----------------------

def pod(name="istiod-1", **state):
    return {"kind": "Pod", "apiVersion": "v1",
            "metadata": {"name": name, "namespace": "istio-system", "labels": {"app": "istiod"}, "uid": "p1"},
            "spec": {"containers": [{"name": "discovery", "image": "pilot:1.24.2"}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}],
                       "containerStatuses": [{"name": "discovery", "ready": False, "restartCount": 7, **state}]}}


def crashing(message):
    return pod(state={"waiting": {"reason": "CrashLoopBackOff", "message": message}})


def deployment(name="istiod", namespace="istio-system", **labels):
    return {"kind": "Deployment", "apiVersion": "apps/v1",
            "metadata": {"name": name, "namespace": namespace, "labels": {"app": "istiod", "istio.io/rev": "default", **labels}},
            "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "istiod"}},
                     "template": {"spec": {"containers": [{"name": "discovery", "image": "pilot:1.24.2"}]}}},
            "status": {"replicas": 1}}


def objects(**by_resource):
    """A mode that lists these objects of a resource."""
    def mode(request, conn):
        for resource, items in by_resource.items():
            if request.list_of(resource):
                return answer(200, collection("v1", items(request) if callable(items) else items))
        return None
    return mode


def both(*modes):
    def mode(request, conn):
        for one in modes:
            done = one(request, conn)
            if done is not None:
                return done
        return None
    return mode


def pages(token, items):
    """A list whose pages never end; `token` and `items` are functions of the page's number."""
    asked = {}

    def act(request, _):
        n = asked[request.cluster] = asked.get(request.cluster, 0) + 1
        return answer(200, collection("v1", items(n), **{"continue": token(n)}))
    return act


def pages_of_much():
    """Pages that are within all limits, but not together."""
    asked = {}

    def act(request, conn):
        n = asked[request.cluster] = asked.get(request.cluster, 0) + 1
        more = ",".join(["{}"] * 10000).encode()
        page = [b'{"metadata":{"continue":"t%d"},"items":[' % n] + [more + b","] * 25 + [b"{}]}"]
        conn.send(HEAD + b"Content-Length: %d\r\n\r\n" % sum(map(len, page)) + b"".join(page))
        return b""
    return act


def old_discovery(groups, group):
    """As before aggregated discovery: `groups` group versions, each of which `group` (a function) answers."""
    listed = {"kind": "APIGroupList", "groups": [{"name": f"g{n}.example.com", "versions": [{"groupVersion": f"g{n}.example.com/v1"}]}
                                                 for n in range(groups)]}
    return both(on("/apis", answer(200, listed)), on("/apis/g*", group))


def resource_list(names):
    return {"kind": "APIResourceList", "groupVersion": "g.example.com/v1",
            "resources": [{"name": name, "kind": name, "namespaced": True} for name in names]}


def redirect(to, code=302):
    return everywhere(lambda request, _: answer(code, b"", f"Location: {to}\r\n"))


def version_with(**more):
    return on("/version", answer(200, {**VERSION, **more}))


def refusal(code, headers="", message="no", reason="Forbidden"):
    return everywhere(lambda *_: answer(code, status(code, reason, message), headers))


def deep(opening, closing, count=200000):
    return opening * count + b"1" + closing * count


SECRET = {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "s", "namespace": "istio-system"}, "type": "Opaque"}


def release(chart_bytes, name="istiod", namespace="istio-system"):
    """A Helm release record whose unpacked JSON is `chart_bytes` (an iterable of bytes)."""
    packer = __import__("zlib").compressobj(9, wbits=31)
    packed = b"".join(packer.compress(part) for part in chart_bytes) + packer.flush()
    inner = base64.b64encode(packed)
    return {"kind": "Secret", "apiVersion": "v1", "type": "helm.sh/release.v1",
            "metadata": {"name": f"sh.helm.release.v1.{name}.v1", "namespace": namespace,
                         "labels": {"owner": "helm", "name": name, "status": "deployed", "version": "1"}},
            "data": {"release": base64.b64encode(inner).decode()}}


def release_bomb(part, mib):
    data = release([b'{"name":"istiod","namespace":"istio-system","version":1,"info":{"status":"deployed"},"chart":{"x":[']
                   + [part * ((1 << 20) // len(part))] * mib + [b'0]},"manifest":""}'])
    secret = answer(200, data)
    listed = answer(200, collection("v1", [data]))

    def mode(request, conn):
        if request.list_of("secrets") and "owner" in request.query:
            return listed
        if "sh.helm.release" in request.path and request.method == "GET":
            return secret
        return None
    return mode


# ---- port-forwarding ---------------------------------------------------------------------------

def frame(data, opcode=2, fin=True, mask=False, length=None):
    """A frame of a server; `length`: what it says of itself."""
    n = len(data) if length is None else length
    size = bytes([n]) if n < 126 else b"\x7e" + struct.pack(">H", n) if n < 65536 else b"\x7f" + struct.pack(">Q", n)
    head = bytes([opcode | (0x80 if fin else 0), size[0] | (0x80 if mask else 0)]) + size[1:]
    return head + (b"\1\2\3\4" + bytes(b ^ (i % 4 + 1) for i, b in enumerate(data)) if mask else data)


PORTS = frame(b"\0\x98\x3a") + frame(b"\1\x98\x3a")  # what a runtime says first, of both channels


def accepted(request, **more):
    key = base64.b64encode(hashlib.sha1((request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": key,
              "Sec-WebSocket-Protocol": request.headers.get("sec-websocket-protocol", "").split(",")[0], **more}
    return "HTTP/1.1 101 Switching\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items() if v is not None) + "\r\n"


def ready_pod(name, labels, containers, namespace="istio-system"):
    return {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace, "labels": labels, "uid": name},
            "spec": {"containers": [{"name": c, "image": "x"} for c in containers]},
            "status": {"phase": "Running", "podIP": "10.0.0.1", "conditions": [{"type": "Ready", "status": "True"}],
                       "containerStatuses": [{"name": c, "ready": True} for c in containers]}}


def ready_deployment():
    value = deployment()
    value["metadata"]["generation"] = 1
    value["status"] = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1,
                       "conditions": [{"type": "Available", "status": "True"}]}
    return value


ISTIOD = objects(deployments=[ready_deployment()], pods=[ready_pod("istiod-1", {"app": "istiod", "istio": "pilot"}, ["discovery"])])


def forwarding(act):
    """A cluster with an istiod whose port-forwarding does `act`: bytes after the handshake, or a function of request and Conn."""
    def mode(request, conn):
        if not request.path.endswith("/portforward"):
            return ISTIOD(request, conn)
        if callable(act):
            return act(request, conn) or True
        conn.send(accepted(request).encode() + act)
        server.wait_gone(conn, 5)
        return True
    return mode


def flood(part):
    def act(request, conn):
        conn.send(accepted(request).encode() + PORTS)
        while True:
            conn.send(part * 50)
    return act


def shake(**more):
    return lambda request, conn: conn.send(accepted(request, **more).encode()) or server.wait_gone(conn, 5)


def said(data, channel=0):
    return PORTS + frame(bytes([channel]) + data)


FORWARDS = {
    "no upgrade": lambda r, c: c.send(answer(200, b"{}")),
    "an upgrade refused": lambda r, c: c.send(answer(403, status(403, "Forbidden", "no " + ESCAPES))),
    "an upgrade redirected": lambda r, c: c.send(answer(302, b"", "Location: https://127.0.0.1:1/\r\n")),
    "a bad accept": shake(**{"Sec-WebSocket-Accept": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}),
    "no accept": shake(**{"Sec-WebSocket-Accept": None}),
    "another protocol": shake(**{"Sec-WebSocket-Protocol": "v9.evil" + "x" * 1000}),
    "an extension": shake(**{"Sec-WebSocket-Extensions": "permessage-deflate"}),
    "a handshake without end": lambda r, c: endless(b"HTTP/1.1 101 S\r\n", b"X: y\r\n")(r, c),
    "a slow handshake": lambda r, c: drip(c, accepted(r).encode(), 0.1),
    "masked frames": frame(b"\0\x98\x3a", mask=True),
    "a huge frame": frame(b"", length=1 << 62),
    "a frame with the highest bit": frame(b"", length=(1 << 63) + 5),
    "a frame of 31 MB that never comes": frame(b"", length=31 << 20),
    "fragments without end": flood(frame(b"x", opcode=0, fin=False)),
    "empty fragments without end": lambda r, c: flood(frame(b"", opcode=0, fin=False))(r, c),
    "pings without end": flood(frame(b"ping", opcode=9)),
    "pongs without end": flood(frame(b"", opcode=10)),
    "empty frames without end": flood(frame(b"", opcode=2)),
    "a long ping": PORTS + frame(b"x" * 126, opcode=9),
    "reserved bits": PORTS + b"\xf2\x01x",
    "an unknown opcode": PORTS + frame(b"x", opcode=5),
    "text frames": frame(b"\0\x98\x3a", opcode=1),
    "invalid UTF-8 as text": PORTS + frame(b"\xff\xfe", opcode=1),
    "closed with a code": PORTS + frame(struct.pack(">H", 1011) + ESCAPES.encode(), opcode=8),
    "closed with a bad code": PORTS + frame(struct.pack(">H", 7), opcode=8),
    "closed with one byte": PORTS + frame(b"x", opcode=8),
    "closed at once after the handshake": lambda r, c: c.send(accepted(r).encode()),
    "data on an unknown channel": PORTS + frame(b"\x07data") * 100,
    "data without the port": frame(b"\0HTTP/1.1 200 OK\r\n\r\n"),
    "the wrong port": frame(b"\0\1\0") + frame(b"\1\1\0"),
    "half a port": frame(b"\0\1"),
    "words on the error channel": said(b"cannot: " + ESCAPES.encode(), 1),
    "garbage on the error channel": said(bytes(range(256)), 1),
    "an error channel without end": flood(frame(b"\1" + b"x" * 10000)),
    "data without end": flood(frame(b"\0" + b"x" * 10000)),
    "no HTTP in it": said(b"SSH-2.0-x\r\n"),
    "an answer that is no JSON": said(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{x}"),
    "an answer that is deep": said(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"[" * 60000),
    "metrics of garbage": said(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + (b"pilot_xds{a=\"\x1b[31m" + b"\\" * 100)[:50] * 18),
    "a body without end in it": lambda r, c: (c.send(accepted(r).encode() + PORTS + frame(b"\0HTTP/1.1 200 OK\r\n\r\n")), [c.send(frame(b"\0" + b"[[]," * 2000)) for _ in range(1 << 30)]),
}


# ---- watches ------------------------------------------------------------------------------------

TOKEN = "istio-reader-service-account-istio-remote-secret-token"
TOKENLESS = {"kind": "Secret", "apiVersion": "v1", "type": "kubernetes.io/service-account-token",
             "metadata": {"name": TOKEN, "namespace": "istio-system", "resourceVersion": "5", "uid": "t",
                          "annotations": {"kubernetes.io/service-account.name": "istio-reader-service-account"}}}
REMOTE_SECRET = ["remote-secret", "--server", "west=https://10.0.0.1:6443", "--server", "east=https://10.0.0.2:6443"]


def watching(act):
    """A cluster that is asked for a token and never has one; its watches do `act`: bytes, or a function of request and Conn."""
    made = {}

    def mode(request, conn):
        if TOKEN in request.path and request.method in ("PATCH", "PUT") or request.path.endswith("/secrets") and request.method == "POST":
            made[request.cluster] = json.loads(request.body)
            made[request.cluster]["metadata"].update(TOKENLESS["metadata"])
        if request.path.endswith("/serviceaccounts/istio-reader-service-account"):
            return answer(200, {"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": "istio-reader-service-account", "namespace": "istio-system", "uid": "a"}})
        if request.path.endswith("/secrets/" + TOKEN) and request.method == "GET" and request.cluster in made:
            return answer(200, made[request.cluster])
        if "watch=true" in request.query:
            if callable(act):
                return act(request, conn)
            conn.send(CHUNKED + act)
            server.wait_gone(conn, 5)
            return True
        if request.list_of("secrets") and "metadata.name" in request.query:
            return answer(200, collection("v1", [made[request.cluster]] if request.cluster in made else []))
        return None
    return mode


def event(kind, **metadata):
    return {"type": kind, "object": {**TOKENLESS, "metadata": {**TOKENLESS["metadata"], **metadata}}}


def changing(size):
    """An event of that size as soon as a watch begins, always."""
    count = [0]

    def act(request, conn):
        count[0] += 1
        conn.send(CHUNKED + lines(event("MODIFIED", resourceVersion=str(count[0]), labels={"x": "y" * size})))
        server.wait_gone(conn, 5)
        return True
    return act


WATCHES = {
    "a watch that says nothing": b"",
    "a watch of garbage": chunk(b"garbage\n" * 1000),
    "a watch of JSON that is none": chunk(b"7\nnull\n[]\n{}\n"),
    "a watch of errors": lines({"type": "ERROR", "object": status(410, "Expired", "too old " + ESCAPES)}),
    "a watch of bookmarks without end": lambda r, c: endless(CHUNKED, lines({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "9"}}}))(r, c),
    "a watch of one line without end": lambda r, c: endless(CHUNKED, chunk(b"x" * 60000))(r, c),
    "a watch of empty lines without end": lambda r, c: endless(CHUNKED, chunk(b"\n" * 60000))(r, c),
    "a watch of events without end": lambda r, c: endless(CHUNKED, lines(event("MODIFIED")))(r, c),
    "a change at once, always": changing(10),
    "a large change at once, always": changing(1 << 20),
    "a watch that is cut at once": lambda r, c: True,
    "a watch that is refused": lambda r, c: answer(403, status(403, "Forbidden", "no")),
    "a watch of values without end": lambda r, c: stream(CHUNKED, chunk(b"[{}," + b"{}," * 20000), 700, tail=chunk(b"0]\n"))(r, c),
    "a watch of other types": lines({"type": 7, "object": []}, {"type": "MODIFIED", "object": {"metadata": {"resourceVersion": {}}}}),
    "deleted and there again": lines(event("DELETED")),
}

# ---- TLS ----------------------------------------------------------------------------------------


def openssl_date(folder, name, start, end, *subject):
    """A certificate of the authority that is valid between two times."""
    (folder / "ca.conf").write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nrand_serial=yes\nnew_certs_dir=.\ndefault_md=sha256\n"
                                    "policy=p\nx509_extensions=e\nunique_subject=no\n[p]\ncommonName=supplied\n[e]\n"
                                    "basicConstraints=critical,CA:FALSE\nsubjectAltName=%s\n" % (subject or ("IP:127.0.0.1",))[0])
    (folder / "index.txt").touch()
    subprocess.run(["openssl", "req", "-new", "-key", "server.key", "-subj", "/CN=x", "-out", "x.csr"], check=True, capture_output=True, cwd=folder)
    subprocess.run(["openssl", "ca", "-batch", "-config", "ca.conf", "-in", "x.csr", "-out", f"{name}.pem", "-notext", "-keyfile", "ca.key",
                    "-cert", "ca.pem", "-startdate", start, "-enddate", end], check=True, capture_output=True, cwd=folder)


def tls_modes(folder):
    """Name: (what is made of an accepted socket, what is said)."""
    openssl_date(folder, "old", "20200101000000Z", "20210101000000Z")
    openssl_date(folder, "early", "20990101000000Z", "21000101000000Z")
    openssl_date(folder, "other", "20200101000000Z", "21000101000000Z", "DNS:example.com")
    openssl_date(folder, "right", "20200101000000Z", "21000101000000Z")
    (folder / "chain.pem").write_text((folder / "right.pem").read_text() + (folder / "ca.pem").read_text() * 15000)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "own.key", "-out", "own.pem", "-subj", "/CN=own",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True, cwd=folder)

    def tls(certificate, key="server.key", set_up=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / f"{certificate}.pem", folder / key)
        if set_up:
            set_up(context)
        return lambda sock: context.wrap_socket(sock, server_side=True)

    def old_tls(context):
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1

    def raw(*parts, forever=b""):
        def wrap(sock):
            for part in parts:
                sock.sendall(part)
            while forever:
                sock.sendall(forever)
            while sock.recv(65536):
                pass
            raise OSError
        return wrap

    def cut(sock):
        sock.recv(10)
        raise OSError

    return {
        "TLS: nothing": (raw(), "no answer in"),
        "TLS: HTTP": (raw(b"HTTP/1.1 400 Bad\r\n\r\n"), "does not speak TLS"),
        "TLS: garbage": (raw(bytes(range(256)) * 10), "TLS with"),
        "TLS: an alert": (raw(b"\x15\x03\x03\x00\x02\x02\x28"), "no TLS parameters in common"),
        "TLS: warnings without end": (raw(forever=b"\x15\x03\x03\x00\x02\x01\x5a" * 1000), "TLS with"),
        "TLS: empty records without end": (raw(forever=b"\x16\x03\x03\x00\x00" * 1000), "TLS with"),
        "TLS: a handshake of 16 MB": (raw(b"\x16\x03\x03\x40\x00\x02\xff\xff\xff" + b"\0" * 16380, forever=b"\x16\x03\x03\x40\x00" + b"\0" * 16384), "TLS with"),
        "TLS: cut": (cut, ""),
        "TLS: expired": (tls("old"), "has expired"),
        "TLS: not yet valid": (tls("early"), "not valid yet"),
        "TLS: another name": (tls("other"), "for other"),
        "TLS: another authority": (tls("own", "own.key"), "unknown authority"),
        "TLS: 1.0": (tls("right", set_up=old_tls), "no TLS version from 1.2 on"),
        "TLS: a chain of 10 MB": (tls("chain"), "TLS with"),
        "TLS: a client's certificate wanted": (tls("right", set_up=lambda c: (setattr(c, "verify_mode", ssl.CERT_REQUIRED), c.load_verify_locations(folder / "ca.pem"))), "asks for a client certificate"),
        "TLS: HTTP/2 wanted": (tls("right", set_up=lambda c: c.set_alpn_protocols(["h2"])), ""),
    }


# ---- the modes ----------------------------------------------------------------------------------
# Name: (mode, command, exit code, what is said, options of the row).

STATUS, CHECK, GRAPH, VERIFY, PLAN = ["status"], ["check"], ["graph"], ["verify"], ["plan"]
NOT_JSON = "the answer cannot be read: JSON: "
MODES = {
    # time
    "silence": (everywhere(hold), STATUS, UNREACHABLE, "", {"term_s": 0.7}),
    "slow headers": (everywhere(lambda r, c: drip(c, HEAD + b"X: " + b"y" * 4000, 0.2) or True), STATUS, UNREACHABLE, "", {"term_s": 0.7}),
    "slow body": (everywhere(lambda r, c: drip(c, answer(200, b" " * 4000), 0.1) or True), STATUS, UNREACHABLE, "", {"term_s": 0.7}),
    "interim answers without end": (everywhere(endless(b"", b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n")), STATUS, UNREACHABLE, "", {"term_s": 1}),
    "interim answers, slowly": (everywhere(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05)), STATUS, UNREACHABLE, "", {"term_s": 0.7}),
    "empty chunks without end": (everywhere(endless(CHUNKED, b"1\r\n \r\n")), STATUS, UNREACHABLE, "larger than", {"term_s": 0.5}),
    "a chunk size without end": (everywhere(endless(CHUNKED, b"0")), STATUS, UNREACHABLE, "", {}),
    "a chunk extension without end": (everywhere(endless(CHUNKED + b"5;", b"x")), STATUS, UNREACHABLE, "", {"term_s": 1}),
    "trailers without end": (everywhere(endless(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-Trailer: y\r\n")), STATUS, UNREACHABLE, "header is larger than", {}),
    "a body without end": (everywhere(endless(HEAD + b"\r\n", b" " * 1024)), STATUS, UNREACHABLE, "larger than", {}),
    "too many requests, for ever": (refusal(429, "Retry-After: 1000000000\r\n", "slow down", "TooManyRequests"), STATUS, UNREACHABLE, "slow down", {"term_s": 0.7}),
    "unavailable, for ever": (refusal(503, "Retry-After: 99999999999999999999\r\n", "away", "ServiceUnavailable"), STATUS, UNREACHABLE, "away", {"term_s": 0.7}),
    "unavailable, without a time": (refusal(503, "Retry-After: -1\r\n", "away", "ServiceUnavailable"), STATUS, UNREACHABLE, "away", {}),
    # HTTP
    "no HTTP": (everywhere(lambda r, c: c.send(b"SSH-2.0-OpenSSH_9.2\r\n") or True), STATUS, UNREACHABLE, "", {}),
    "HTTP/2 preface": (everywhere(lambda r, c: c.send(b"HTTP/2 200\r\ncontent-length: 2\r\n\r\n{}") or True), STATUS, UNREACHABLE, "", {}),
    "switching protocols unasked": (everywhere(lambda r, c: c.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + b"\0" * 100) or True), STATUS, UNREACHABLE, "", {}),
    "HTTP/0.9": (everywhere(lambda r, c: c.send(b"{}") or True), STATUS, UNREACHABLE, "", {}),
    "status 0": (everywhere(lambda r, c: c.send(b"HTTP/1.1 000 \r\nContent-Length: 2\r\n\r\n{}") or True), STATUS, UNREACHABLE, "", {}),
    "status 999": (everywhere(lambda r, c: c.send(b"HTTP/1.1 999 x\r\nContent-Length: 2\r\n\r\n{}") or True), STATUS, UNREACHABLE, "", {}),
    "no content": (everywhere(lambda r, c: c.send(b"HTTP/1.1 204 None\r\n\r\n") or True), STATUS, UNREACHABLE, NOT_JSON, {}),
    "reset": (everywhere(lambda r, c: c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)) or True), STATUS, UNREACHABLE, "", {}),
    "closed at once": (everywhere(lambda r, c: True), STATUS, UNREACHABLE, "connection lost", {}),
    "cut body": (everywhere(lambda r, c: c.send(HEAD + b"Content-Length: 100\r\n\r\n{") or True), STATUS, UNREACHABLE, "", {}),
    "a bad chunk size": (everywhere(lambda r, c: c.send(CHUNKED + b"zz\r\n{}\r\n") or True), STATUS, UNREACHABLE, "", {}),
    "a negative chunk size": (everywhere(lambda r, c: c.send(CHUNKED + b"-5\r\n{}\r\n") or True), STATUS, UNREACHABLE, "", {}),
    "a huge chunk size": (everywhere(lambda r, c: c.send(CHUNKED + b"7fffffffffffffff\r\n{}\r\n") or True), STATUS, UNREACHABLE, "", {}),
    "a huge Content-Length": (everywhere(lambda r, c: c.send(HEAD + b"Content-Length: 9223372036854775807\r\n\r\n{}") or True), STATUS, UNREACHABLE, "", {}),
    "a Content-Length that overflows": (everywhere(lambda r, c: c.send(HEAD + b"Content-Length: 99999999999999999999\r\n\r\n{}") or True), STATUS, UNREACHABLE, "", {}),
    "a negative Content-Length": (everywhere(lambda r, c: c.send(HEAD + b"Content-Length: -1\r\n\r\n{}") or True), STATUS, UNREACHABLE, "", {}),
    "two Content-Lengths": (everywhere(lambda r, c: c.send(HEAD + b"Content-Length: 2\r\nContent-Length: 200\r\n\r\n{}") or True), STATUS, UNREACHABLE, "", {}),
    "gzip unasked": (everywhere(body(gzip.compress(b"{}"), headers="Content-Encoding: gzip\r\n")), STATUS, UNREACHABLE, NOT_JSON, {}),
    "a long header line": (everywhere(lambda r, c: c.send(HEAD + b"X: " + b"y" * 110000 + b"\r\nContent-Length: 2\r\n\r\n{}") or True), STATUS, UNREACHABLE, "a header line", {}),
    "many headers": (everywhere(lambda r, c: c.send(HEAD + b"X: y\r\n" * 100000 + b"\r\n{}") or True), STATUS, UNREACHABLE, "header is larger than 262144 bytes", {}),
    "a header without colon": (everywhere(lambda r, c: c.send(HEAD + b"nonsense\r\n: empty\r\nContent-Length: 2\r\n\r\n{}") or True), STATUS, UNREACHABLE, "header", {}),
    "NUL in a header": (everywhere(lambda r, c: c.send(HEAD + b"X: a\0b\r\nContent-Length: 2\r\n\r\n{}") or True), STATUS, UNREACHABLE, "", {}),
    "header lines in a warning": (on("/version", answer(200, VERSION, "Warning: 299 - \"" + ESCAPES.encode().decode("latin-1").replace("\n", "") + "\"\r\n")), STATUS, FAILED, "red", {}),
    "many warnings": (on("/version", answer(200, VERSION, "".join(f'Warning: 299 - "w{n}"\r\n' for n in range(5000)))), STATUS, FAILED, "w1", {}),
    # redirects
    "a redirect to a file": (redirect("file:///etc/passwd"), STATUS, UNREACHABLE, "302", {"unsaid": ("root:",)}),
    "a redirect to http": (redirect("http://127.0.0.1:1/"), STATUS, UNREACHABLE, "302", {}),
    "a redirect to itself": (redirect("/version"), STATUS, UNREACHABLE, "302", {}),
    "a redirect to nowhere": (redirect(""), STATUS, UNREACHABLE, "302", {}),
    # refusals
    "unauthorized": (refusal(401, message="Unauthorized", reason="Unauthorized"), STATUS, UNREACHABLE, "does not accept the credentials", {}),
    "forbidden": (refusal(403, message="no, " + ESCAPES), STATUS, UNREACHABLE, "no, red", {}),
    "a refusal of 100 MB": (everywhere(stream(b"HTTP/1.1 403 No\r\n\r\n", b"x" * 1024, 100000)), STATUS, UNREACHABLE, "HTTP 403: xxx", {}),
    "a Status without a message": (everywhere(answer(500, {"kind": "Status"})), STATUS, UNREACHABLE, "HTTP 500 without an explanation", {}),
    "a Status of other types": (everywhere(answer(500, {"kind": "Status", "message": {"a": []}, "reason": 7, "code": "x", "details": [1]})), STATUS, UNREACHABLE, "500", {}),
    "a Status that is deep": (everywhere(answer(500, b'{"kind":"Status","details":' + deep(b"[", b"]", 100000) + b"}")), STATUS, UNREACHABLE, "500", {}),
    # JSON
    "invalid JSON": (everywhere(body(b'{"a":')), STATUS, UNREACHABLE, NOT_JSON, {}),
    "deep JSON": (everywhere(body(deep(b'{"a":', b"}"))), STATUS, UNREACHABLE, "", {}),
    "deep JSON within the limit": (on("/version", body(b'{"gitVersion":"v1.30.2","x":' + deep(b"[", b"]", 900) + b"}")), STATUS, FAILED, "", {}),
    "a wide /version": (on("/version", stream(HEAD + b"\r\n[", b"{},", 20 << 20)), STATUS, UNREACHABLE, "larger than 65536 bytes", {}),
    "a wide list": (listing("secrets", stream(HEAD + b"\r\n{\"items\":[", b"{},", 3 << 20, tail=b"{}]}")), STATUS, UNREACHABLE, "too many values", {"term_s": 0.4}),
    "a wide object": (on("/api/v1/namespaces/kube-system", stream(HEAD + b"\r\n{\"a\":[", b"[],", 5 << 20, tail=b"0]}")), STATUS, FAILED, "", {}),
    "a wide discovery": (on("/apis", stream(HEAD + b"\r\n{\"kind\":\"APIGroupDiscoveryList\",\"items\":[", b"{},", 5 << 20, tail=b"{}]}")), STATUS, UNREACHABLE, "", {}),
    "one long string": (listing("pods", stream(HEAD + b"\r\n{\"items\":[],\"a\":\"", b"x" * 1024, 60 << 10, tail=b"\"}")), STATUS, (FAILED, UNREACHABLE), "", {}),
    "one long number": (on("/version", body(b"9" * 60000)), STATUS, UNREACHABLE, "", {}),
    "long integers": (on("/version", body(b'{"gitVersion":"v1.30.2","a":[' + b"99999999999999999999," * 2000 + b"0]}")), STATUS, FAILED, "", {}),
    "duplicate keys": (on("/version", body(b'{"gitVersion":"v1.30.2","gitVersion":"v1.2"}')), STATUS, UNREACHABLE, "duplicate", {}),
    "NUL": (on("/version", body(b'{"gitVersion":"v1.30.2\0"}')), STATUS, UNREACHABLE, "NUL", {}),
    "an escaped NUL": (version_with(gitVersion="v1.30.2\0x"), STATUS, FAILED, "", {}),
    "invalid UTF-8": (on("/version", body(b'{"gitVersion":"v1.30.2\xff\xfe"}')), STATUS, UNREACHABLE, NOT_JSON, {}),
    "UTF-16": (everywhere(body('{"a":1}'.encode("utf-16"))), STATUS, UNREACHABLE, NOT_JSON, {}),
    "HTML": (everywhere(body(b"<html><body>log in</body></html>")), STATUS, UNREACHABLE, NOT_JSON, {}),
    "a number": (everywhere(body(b"7")), STATUS, UNREACHABLE, "", {}),
    "null": (everywhere(body(b"null")), STATUS, UNREACHABLE, "", {}),
    "escapes in the version": (version_with(gitVersion="v1.30.2" + ESCAPES), STATUS, FAILED, "v1.30.2", {}),
    "a version of 60 KB": (version_with(gitVersion="v1." + "9" * 60000), STATUS, FAILED, "", {}),
    "another object": (on("/api/v1/namespaces/istio-system/secrets/cacerts", answer(200, {**SECRET, "metadata": {"name": "other" + ESCAPES}})), CHECK, UNREACHABLE, "about another object", {}),
    # objects of wrong shapes
    "items null": (listing("pods", answer(200, {"kind": "List", "items": None})), STATUS, FAILED, "", {}),
    "items an object": (listing("pods", answer(200, {"items": {"a": 1}})), STATUS, FAILED, "", {}),
    "items of all types": (everywhere(lambda r, c: answer(200, collection("v1", [None, 1, "x", [], {}, True])) if empty_cluster(r)[1].get("kind") == "List" and "namespaces" != r.path[-10:] else None), STATUS, FAILED, "", {}),
    "metadata of wrong types": (objects(deployments=[{"metadata": {"name": 7, "labels": [], "annotations": "x", "namespace": {}}, "spec": 3, "status": None}],
                                        pods=[{"metadata": [], "status": {"containerStatuses": {"a": 1}, "conditions": 5}}],
                                        services=[{"metadata": {"name": None}, "spec": {"ports": "x", "selector": []}}],
                                        namespaces=[{"metadata": {"name": "kube-system", "uid": 7}}, {"metadata": {"labels": 5}}]), STATUS, (FAILED, UNREACHABLE), "", {}),
    "escapes in objects": (objects(deployments=[deployment()], pods=[crashing(ESCAPES)],
                                   namespaces=lambda r: [*empty_cluster(r)[1]["items"], {"metadata": {"name": "n" + ESCAPES, "labels": {"istio-injection": ESCAPES}}}],
                                   services=[{"metadata": {"name": "s" + ESCAPES, "namespace": "istio-ingress", "labels": {"istio": "eastwestgateway", "topology.istio.io/network": ESCAPES}},
                                              "spec": {"type": "LoadBalancer", "ports": [{"port": 15443, "name": ESCAPES}]},
                                              "status": {"loadBalancer": {"ingress": [{"hostname": ESCAPES}]}}}]), CHECK, FAILED, "", {}),
    "escapes in a graph": (objects(deployments=[deployment()], pods=[crashing(ESCAPES)]), GRAPH, FAILED, "", {}),
    "escapes in a report": (objects(deployments=[deployment()], pods=[crashing(ESCAPES)]), ["report"], 0, "", {}),
    "100,000 pods": (listing("pods", stream(HEAD + b"\r\n{\"items\":[", json.dumps(pod()).encode() + b",", 100000, tail=b"{}]}")), STATUS, UNREACHABLE, "", {"term_s": 0.5}),
    "100,000 namespaces": (listing("namespaces", stream(HEAD + b"\r\n{\"items\":[", b'{"metadata":{"name":"n"}},', 100000, tail=b'{"metadata":{"name":"kube-system","uid":"u"}}]}')), STATUS, (FAILED, UNREACHABLE), "", {}),
    # operations
    "the same page for ever": (listing("pods", pages(lambda n: "t", lambda n: [pod()])), STATUS, UNREACHABLE, "the list does not end", {}),
    "empty pages for ever": (listing("pods", pages(lambda n: f"t{n}", lambda n: [])), STATUS, UNREACHABLE, "the list does not end", {}),
    "full pages for ever": (listing("pods", pages(lambda n: f"t{n}", lambda n: time.sleep(0.05) or [pod(f"p{n}-{k}") for k in range(20)])), STATUS, UNREACHABLE, ("came in time",), {"term_s": 0.7}),
    "few pages of much": (listing("pods", pages_of_much()), STATUS, UNREACHABLE, "list Pod", {}),
    "pages that expire": (listing("pods", lambda r, c: answer(410, status(410, "Expired", "gone"))), STATUS, UNREACHABLE, "gone", {}),
    "2,000 groups of 1 MB": (old_discovery(2000, lambda r, c: body(b'{"kind":"APIResourceList","groupVersion":"g/v1","resources":[],"x":"' + b"x" * (1 << 20) + b'"}')), STATUS, UNREACHABLE, "", {"term_s": 0.7}),
    "2,000 groups of many kinds": (old_discovery(2000, answer(200, resource_list([f"k{n}" for n in range(500)]))), STATUS, (FAILED, UNREACHABLE), "", {}),
    "2,000 groups that are away": (old_discovery(2000, answer(503, status(503, "ServiceUnavailable", "away"))), STATUS, (FAILED, UNREACHABLE), "", {}),
    "100,000 groups": (old_discovery(100000, answer(404, status(404, "NotFound", "no"))), STATUS, (FAILED, UNREACHABLE), "", {}),
    "kinds with paths in their names": (on("/apis", answer(200, {"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "../../x"}, "versions": [{"version": "v1?a=b", "resources": [{"resource": "../secrets", "responseKind": {"kind": "Deployment"}, "scope": "Namespaced"}]}]}]})), STATUS, FAILED, "", {}),
    # Helm's records
    "a release of small values": (both(objects(deployments=[deployment(**{"app.kubernetes.io/managed-by": "Helm"})]), release_bomb(b"{},", 60)), STATUS, FAILED, "", {}),
    "a release of one string": (both(objects(deployments=[deployment()]), release_bomb(b'"' + b"x" * 1000 + b'",', 60)), PLAN, (FAILED, UNREACHABLE, 2), "", {}),
    "a release that is no gzip": (listing("secrets", answer(200, collection("v1", [{**release([b"{}"]), "data": {"release": base64.b64encode(base64.b64encode(b"\x1f\x8b\x08garbage")).decode()}}]))), STATUS, FAILED, "", {}),
    "a release that is no base64": (listing("secrets", answer(200, collection("v1", [{**release([b"{}"]), "data": {"release": "%%%"}}]))), STATUS, FAILED, "", {}),
}


class Servers(Hostile):
    @classmethod
    def setUpClass(cls):
        global server
        cls.temporary = tempfile.TemporaryDirectory()
        cls.certificates = Path(cls.temporary.name)
        certificates(cls.certificates)
        cls.ca = base64.b64encode((cls.certificates / "ca.pem").read_bytes()).decode()
        cls.modes = {}
        cls.server = server = Server(cls.modes, cls.tls())
        cls.addClassCleanup(cls.server.stop)
        cls.addClassCleanup(cls.temporary.cleanup)

    @classmethod
    def tls(cls, **settings):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.certificates / "server.pem", cls.certificates / "server.key")
        context.num_tickets = 0

        def wrap(sock):
            return context.wrap_socket(sock, server_side=True)
        return wrap

    def row(self, name, mode, command, code, said, options):
        options = dict(options)
        cluster_fields, to, address = options.pop("cluster", None), options.pop("server", self.server), options.pop("address", None)
        key = name.replace(" ", "-").replace(",", "").replace("/", "")
        self.modes[key] = mode

        def words(folder):
            for cluster in ("west", "east"):
                url = address or to.url(key, cluster, "https")
                (folder / cluster).touch(0o600)
                (folder / cluster).write_text(kubeconfig(url, **(cluster_fields or {"certificate-authority-data": self.ca})))
            return [*command, "--west", folder / "west", "--east", folder / "east", "--timeout", SHORT]
        return Row(name, words, code, said, **{"max_wall_s": 25, **options})

    def test_unchecked_certificates(self):
        """A warning each run, once a cluster, in every form."""
        def once(done):
            for cluster in ("west", "east"):
                lines = [line for line in (done.err + done.out).splitlines() if "insecure-skip-tls-verify" in line and cluster in line]
                self.assertEqual(len(lines), 1, lines)
        rows = [self.row("unchecked " + " ".join(command), None, command, code, (), {"cluster": {"insecure-skip-tls-verify": True}, "again": once})
                for command, code in ((STATUS, FAILED), ([*STATUS, "-q"], FAILED), ([*STATUS, "-o", "json"], FAILED), (GRAPH, FAILED),
                                      ([*CHECK, "-o", "jsonl"], FAILED), (VERIFY, FAILED), (["report"], 0), (["down", "--confirm", "mesh"], 0))]
        self.check_rows(rows, MOSTLY_WAITING)

    def test_long_tokens(self):
        """One as long as can be sent, and one that is not."""
        rows = [self.row(f"a token of {size} bytes", None, STATUS, code, said, {"cluster": {"certificate-authority-data": self.ca, "user": {"token": "x" * size}}})
                for size, code, said in ((29000, FAILED, "v1.30.2"), (200000, UNREACHABLE, "that can be sent"))]
        self.check_rows(rows, MOSTLY_WAITING)

    def test_addresses(self):
        """No password is shown or sent, and what is no address is not asked for."""
        password = "hunter2secret"
        rows = []
        for number, (server_url, code, said) in enumerate((
                (f"https://u:{password}@127.0.0.1:1", BAD_INPUT, "a user or a password"), (f"http://{password}@127.0.0.1:1/x", BAD_INPUT, "a user or a password"),
                (f"u:{password}@127.0.0.1", BAD_INPUT, "a user or a password"), ("https://", BAD_INPUT, "names no host"), ("https:///version", BAD_INPUT, "names no host"),
                ("https://127.1", BAD_INPUT, "neither an address nor a name"), ("https://2130706433", BAD_INPUT, "neither an address nor a name"),
                (f"https://x/?token={password}", BAD_INPUT, "a query"), ("https://x:99999", BAD_INPUT, "port"))):
            row = self.row(f"server {number}", None, STATUS, code, said, {"unsaid": (password,), "address": server_url})
            rows.append(row)
        for number, (given, said) in enumerate((
                (f"https://u:{password}@10.0.0.1", "a user or a password"), (f"u:{password}@10.0.0.1", "is not https"), ("https://127.1", "neither an address"),
                ("https://0x7f.1:6443", "neither an address"), ("https://2130706433", "neither an address"), ("https://[::ffff:127.0.0.1]", "of the machine itself"),
                ("https://localhost.", "of the machine itself"), ("https://", "names no host"), (f"http://u:{password}@10.0.0.1", "is not https"))):
            rows.append(self.row(f"--server {number}", None, ["plan", "--server", f"west={given}", "--server", "east=https://10.0.0.2"], BAD_INPUT, said, {"unsaid": (password,)}))
        self.check_rows(rows, MOSTLY_WAITING)

    def test_stuck_in_a_library(self):
        """No limit is looked at in there; the main thread ends it."""
        if SANITIZED:
            self.skipTest("a sanitizer has to be loaded first")
        env = {"LD_PRELOAD": os.environ["STUCK"]}
        said = ("past its time limit", "west: GET https://127.0.0.1")
        [row] = [self.row("a library that never comes back", None, STATUS, TIMED_OUT, said, {"env": env, "term_s": 1})]
        self.check_rows([row])

    def test_forwarding(self):
        rows = [self.row(name, forwarding(act), STATUS, (FAILED, UNREACHABLE), "", {"term_s": 0.8} if "without end" in name else {}) for name, act in FORWARDS.items()]
        self.check_rows(rows, MOSTLY_WAITING)
        asked = {mode for mode, request in self.server.seen if request.path.endswith("/portforward")}
        self.assertEqual(len(asked), len(FORWARDS), "a mode was not asked for")

    def test_watches(self):
        rows = [self.row(name, watching(act), REMOTE_SECRET, TIMED_OUT, "token", {"term_s": 2} if "without end" in name else {})
                for name, act in WATCHES.items()]
        self.check_rows(rows, MOSTLY_WAITING)
        asked = {mode for mode, request in self.server.seen if "watch=true" in request.query}
        self.assertEqual(len(asked), len(WATCHES), "a mode was not asked for")

    def test_tls(self):
        rows = []
        for name, (wrap, said) in tls_modes(self.certificates).items():
            other = Server({}, wrap)
            self.addCleanup(other.stop)
            right = name == "TLS: HTTP/2 wanted"
            rows.append(self.row(name, None, STATUS, FAILED if right else UNREACHABLE, said,
                                 {"server": other, **({"term_s": 0.7} if "without end" in name or "nothing" in name else {})}))
        self.check_rows(rows, MOSTLY_WAITING)

    def test_modes(self):
        self.check_rows([self.row(name, *mode) for name, mode in MODES.items()], MOSTLY_WAITING)


if __name__ == "__main__":
    main()
