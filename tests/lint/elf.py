"""An ELF file's sections: 64-bit little-endian, as the program's is."""

import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    name: str
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    align: int


def text_at(elf: bytes, at: int) -> str:
    return elf[at:elf.index(b"\0", at)].decode()


def sections(elf: bytes) -> list[Section]:
    table, = struct.unpack_from("<Q", elf, 0x28)
    size, count, names_at = struct.unpack_from("<3H", elf, 0x3A)
    rows = [struct.unpack_from("<2I4Q2I2Q", elf, table + i * size) for i in range(count)]
    names = rows[names_at][4]
    return [Section(text_at(elf, names + name), kind, flags, address, offset, length, link, align)
            for name, kind, flags, address, offset, length, link, _, align, _ in rows]
