"""Writing OCI images by hand: reproducible layers of plain files, a configuration, a manifest."""

import hashlib
import json
import platform
import tarfile
import tempfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Layer:
    """Files, links and directories under their paths in the image. All are root's unless said."""

    def __init__(self):
        self._entries: dict[str, tuple[tarfile.TarInfo, bytes | Path | None]] = {}

    def directory(self, path: str, mode: int = 0o755, owner: int = 0) -> "Layer":
        return self._add(path, None, tarfile.DIRTYPE, mode, owner)

    def text(self, path: str, content: str) -> "Layer":
        return self._add(path, content.encode(), tarfile.REGTYPE, 0o644)

    def link(self, path: str, target: str) -> "Layer":
        self._add(path, None, tarfile.SYMTYPE, 0o777)
        self._entries[path][0].linkname = target
        return self

    def file(self, path: str, source: str | Path, mode: int = 0o755) -> "Layer":
        return self._add(path, Path(source), tarfile.REGTYPE, mode)

    def write(self, out) -> None:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for _, (info, content) in sorted(self._entries.items()):
                if isinstance(content, Path):
                    with content.open("rb") as source:
                        tar.addfile(info, source)
                else:
                    tar.addfile(info, BytesIO(content) if content is not None else None)

    def _add(
        self, path: str, content: bytes | Path | None, kind: bytes, mode: int, owner: int = 0
    ) -> "Layer":
        for parent in Path(path).parents[:-1]:
            if str(parent) not in self._entries:
                self.directory(str(parent))
        info = tarfile.TarInfo(path)
        info.type, info.mode, info.uid, info.gid = kind, mode, owner, owner
        info.size = (
            len(content) if isinstance(content, bytes) else content.stat().st_size if content else 0
        )
        self._entries[path] = (info, content)
        return self


@dataclass(frozen=True)
class Image:
    """What runs, on which layers, under which names."""

    names: tuple[str, ...]
    layers: tuple[Layer, ...]
    entrypoint: str
    env: tuple[str, ...] = ()
    user: str = ""


@dataclass
class Store:
    """A directory that the registry serves: blobs by digest, and the names that stand for
    manifests.
    """

    home: Path
    references: dict[str, str] = field(default_factory=dict)
    _written: dict[int, dict] = field(default_factory=dict)

    def add(self, image: Image) -> None:
        layers = [self._layer(layer) for layer in image.layers]
        config = self._blob(
            {
                "architecture": ARCHITECTURE,
                "os": "linux",
                "created": "2026-01-01T00:00:00Z",
                "config": {
                    "Env": [PATH, *image.env],
                    "Entrypoint": [image.entrypoint],
                    "WorkingDir": "/",
                    "User": image.user,
                },
                "rootfs": {"type": "layers", "diff_ids": [layer["digest"] for layer in layers]},
            }
        )
        manifest = self._blob(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": {"mediaType": CONFIG, **config},
                "layers": layers,
            }
        )
        self.references |= {name: manifest["digest"] for name in image.names}

    def _layer(self, layer: Layer) -> dict:
        """Layers are not packed, so that the digest of the file is that of its content, and
        neither side works for it.
        """
        if id(layer) not in self._written:
            with tempfile.NamedTemporaryFile(dir=self.home, delete=False) as out:
                layer.write(out)
                out.seek(0)
                digest = hashlib.file_digest(out, "sha256").hexdigest()
            path = Path(out.name)
            self._written[id(layer)] = {
                "mediaType": LAYER,
                "digest": f"sha256:{digest}",
                "size": path.stat().st_size,
            }
            path.rename(self._path(digest))
        return self._written[id(layer)]

    def _blob(self, value: dict) -> dict:
        text = json.dumps(value).encode()
        digest = hashlib.sha256(text).hexdigest()
        self._path(digest).write_bytes(text)
        return {"digest": f"sha256:{digest}", "size": len(text)}

    def _path(self, digest: str) -> Path:
        path = self.home / "blobs" / "sha256" / digest
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
