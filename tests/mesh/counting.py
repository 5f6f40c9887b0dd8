"""A proxy before each API server that counts the requests of all of them in one order, and at one of them makes
what can happen to a run: it is killed before the request gets out, killed when the server has done what the request
asked for and nobody knows it yet, its connection is cut then, or it is interrupted.

It speaks HTTP/1.1 over TLS with the API server's own certificate; who asks is a token's matter, which goes through.
"""

import contextlib
import os
import signal
import socket
import ssl
import struct
import threading
import time
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

IDLE_SECONDS = 30  # a kept connection is used again within; the server's own limit is longer
QUIET_SECONDS = 20
TWICE_SECONDS = 0.01
LINE = 1 << 16


class Fault(Enum):
    KILL_BEFORE = "killed before the request was sent"
    KILL_AFTER = "killed before the answer was there"
    CUT = "connection cut before the answer was there"
    INTERRUPT = "interrupted"
    LEAVE = "interrupted twice"


@dataclass
class Request:
    server: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path} of {self.server}"


@dataclass
class Counter:
    """The one order. A fault is for one run: arm() before it, with what ends it."""

    fault: Fault | None = None
    at: int = 0
    seen: list[Request] = field(default_factory=list)
    struck: Request | None = None
    struck_at: float = 0
    _victim: int = 0
    _under_way: int = 0
    _dead: bool = False

    def __post_init__(self):
        self._changed = threading.Condition()

    def arm(self, fault: Fault | None = None, at: int = 0) -> None:
        """A new run begins: counting begins at 1."""
        with self._changed:
            self.fault, self.at, self.seen, self.struck, self._victim, self._dead = fault, at, [], None, 0, False

    def aim(self, pid: int) -> None:
        """The run has begun as this process."""
        with self._changed:
            self._victim = pid
            self._changed.notify_all()

    def enter(self, request: Request) -> Fault | None:
        """One more; what is to happen to it. Of a dead process nothing is sent on: BrokenPipeError."""
        with self._changed:
            if self._dead:
                raise BrokenPipeError
            self._under_way += 1
            self.seen.append(request)
            if self.fault is None or len(self.seen) != self.at:
                return None
            self.struck = request
            return self.fault

    def leave(self) -> None:
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def strike(self, sig: int) -> None:
        """Returns when a killed process is dead."""
        with self._changed:
            self._changed.wait_for(lambda: self._victim, QUIET_SECONDS)
            self._dead = sig == signal.SIGKILL
            self.struck_at = time.monotonic()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._victim, sig)
        while self._dead and _lives(self._victim):
            time.sleep(0.001)

    def quiet(self) -> None:
        """Returns when nothing that was sent on has yet to be answered."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._under_way, QUIET_SECONDS):
                raise AssertionError(f"{self._under_way} requests are still under way")


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Proxy:
    """Before one API server."""

    def __init__(self, name: str, server: tuple[str, int], pki: Path, counter: Counter):
        self.name, self._server, self._counter = name, server, counter
        self._ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ours.load_cert_chain(pki / "apiserver.crt", pki / "apiserver.key")
        self._ours.set_alpn_protocols(["http/1.1"])
        self._theirs = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        self._theirs.set_alpn_protocols(["http/1.1"])
        self._kept: list[tuple[float, "Wire"]] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        with self._lock:
            for _, wire in self._kept:
                wire.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = self._listener.accept()
                threading.Thread(target=self._attend, args=(plain,), daemon=True).start()

    def _attend(self, plain: socket.socket) -> None:
        """One connection of a run."""
        with contextlib.suppress(OSError, EOFError), plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.closing(Wire(self._ours.wrap_socket(plain, server_side=True))) as wire:
                while head := wire.head():
                    method, path, _ = head.first.split(" ", 2)
                    self._serve(wire, Request(self.name, method, path), head.raw + wire.body(head))

    def _serve(self, wire: "Wire", request: Request, text: bytes) -> None:
        fault = self._counter.enter(request)
        counted = True
        server = None
        try:
            if fault is Fault.KILL_BEFORE:
                self._counter.strike(signal.SIGKILL)
                raise BrokenPipeError
            if fault in (Fault.INTERRUPT, Fault.LEAVE):
                self._counter.strike(signal.SIGINT)
            if fault is Fault.LEAVE:
                time.sleep(TWICE_SECONDS)
                self._counter.strike(signal.SIGINT)
            server = self._take()
            server.send(text)
            answer = server.head()
            if not answer:
                raise EOFError
            streams = "watch=" in request.path or "follow=" in request.path
            whole = answer.raw + (b"" if streams else server.body(answer, request.method))
            if fault is Fault.KILL_AFTER:
                self._counter.strike(signal.SIGKILL)
            if fault in (Fault.KILL_AFTER, Fault.CUT):
                wire.reset()
                raise BrokenPipeError
            if streams:
                self._counter.leave()
                counted = False
                wire.send(whole)
                for block in server.blocks(answer):
                    wire.send(block)
            else:
                wire.send(whole)
            self._keep(server)
            server = None
        finally:
            if server:
                server.close()
            if counted:
                self._counter.leave()

    def _take(self) -> "Wire":
        with self._lock:
            while self._kept:
                since, wire = self._kept.pop()
                if time.monotonic() - since < IDLE_SECONDS:
                    return wire
                wire.close()
        plain = socket.create_connection(self._server, timeout=60)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Wire(self._theirs.wrap_socket(plain, server_hostname=self._server[0]))

    def _keep(self, wire: "Wire") -> None:
        with self._lock:
            self._kept.append((time.monotonic(), wire))


@dataclass
class Head:
    first: str
    raw: bytes
    fields: dict[str, str]


class Wire:
    """Messages of HTTP/1.1 on one connection, as the bytes that they are."""

    def __init__(self, sock: ssl.SSLSocket):
        self._sock = sock
        self._in = sock.makefile("rb", LINE)

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def close(self) -> None:
        self._in.close()
        self._sock.close()

    def reset(self) -> None:
        """Ends it in a way that is no end of a message."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def head(self) -> Head | None:
        """None: the other side has closed the connection."""
        lines = []
        while (line := self._in.readline(LINE)) not in (b"\r\n", b""):
            lines.append(line)
        if not lines:
            return None
        pairs = (text.decode("latin-1").partition(":") for text in lines[1:])
        return Head(lines[0].decode("latin-1").strip(), b"".join(lines) + line, {n.lower(): v.strip() for n, _, v in pairs})

    def body(self, head: Head, method: str = "") -> bytes:
        if method == "HEAD" or head.first.split(" ")[1] in ("204", "304"):
            return b""
        return b"".join(self.blocks(head))

    def blocks(self, head: Head):
        """The bytes of a body, as they come."""
        if head.fields.get("transfer-encoding", "") != "chunked":
            yield self._exactly(int(head.fields.get("content-length", "0")))
            return
        size = -1
        while size:
            line = self._in.readline(LINE)
            size = int(line.split(b";")[0] or b"0", 16)
            yield line + self._exactly(size + 2)

    def _exactly(self, count: int) -> bytes:
        data = self._in.read(count)
        if len(data) != count:
            raise EOFError
        return data
