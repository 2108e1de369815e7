"""ONNX and npy files written by hand: the tests of the programs want no Python package."""
import struct

FLOAT, INT64 = 1, 7


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def dimension(d):
    return field(1, d) if isinstance(d, int) else field(2, d) if d else b""


def value_info(name, dims, kind=FLOAT):
    """dims: sizes, names of open dimensions, "" for nameless ones; None: not even the rank is known."""
    shape = b"" if dims is None else field(2, b"".join(field(1, dimension(d)) for d in dims))
    return field(1, name) + field(2, field(1, field(1, kind) + shape))


def node(kind, inputs, outputs, **integers):
    attributes = b"".join(field(5, field(1, k) + field(3, v) + field(20, 2)) for k, v in integers.items())
    return b"".join(field(1, i) for i in inputs) + b"".join(field(2, o) for o in outputs) + field(4, kind) + attributes


def tensor(name, dims, numbers):
    kind, letter = (INT64, "q") if isinstance(numbers[0], int) else (FLOAT, "f")
    raw = struct.pack(f"<{len(numbers)}{letter}", *numbers)
    return b"".join(field(1, d) for d in dims) + field(2, kind) + field(8, name) + field(9, raw)


def model(nodes, inputs, outputs, constants=()):
    graph = (b"".join(field(1, n) for n in nodes) + field(2, "net") + b"".join(field(5, c) for c in constants) +
             b"".join(field(11, i) for i in inputs) + b"".join(field(12, o) for o in outputs))
    return field(1, 8) + field(7, graph) + field(8, field(2, 17))


def npy(dims, numbers, kind="<f4", fortran=False):
    letter = {"f4": "f", "f8": "d", "i8": "q"}[kind[1:]]
    shape = "(" + "".join(f"{d}, " for d in dims) + ")"
    header = f"{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': {shape}, }}".ljust(117) + "\n"
    return (b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() +
            struct.pack(f"{kind[0]}{len(numbers)}{letter}", *numbers))


def read_npy(data):
    """The extents and the numbers of an array of floats."""
    end = 10 + struct.unpack("<H", data[8:10])[0]
    header = eval(data[10:end])
    return list(header["shape"]), list(struct.unpack(f"<{(len(data) - end) // 4}f", data[end:]))
