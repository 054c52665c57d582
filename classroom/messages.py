"""What comes back from the sandbox: JSON and raw numbers, never a pickle.

A message is one value: a magic number, two lengths, JSON, and the tensors
that the JSON refers to, in the safetensors format. Whatever does not have
this form is refused, see `Malformed`.
"""

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

HEAD = struct.Struct(">III")
MAGIC = 0xC0_10_12
JSON_LIMIT = 8 << 20  # bytes
TENSOR_LIMIT = 64 << 20  # bytes, of all tensors in one message
DEPTH = 14  # of lists in lists
TEXT = 10_000  # characters of a string
DTYPES = {
    getattr(torch, name)
    for name in "float16 bfloat16 float32 float64 int8 int16 int32 int64 "
    "uint8 uint16 uint32 uint64 bool".split()
}

Tensors = dict[str, Tensor]


class Malformed(Exception):
    """A message that nothing of ours has written."""


def frame(value: Any) -> bytes:
    """Return the message that holds a value.

    Of an object that is no plain data, only the name of its type is kept.
    """
    tensors: Tensors = {}
    text = json.dumps(encode(value, tensors)).encode()
    raw = safetensors.torch.save(tensors)
    return HEAD.pack(MAGIC, len(text), len(raw)) + text + raw


def receive(read: Callable[[int], bytes]) -> Any:
    """Read one message and return its value.

    `read(n)` returns n bytes or raises EOFError. Raises Malformed.
    """
    magic, length, size = HEAD.unpack(read(HEAD.size))
    if magic != MAGIC or length > JSON_LIMIT or size > 2 * TENSOR_LIMIT:
        raise Malformed("this is no message")
    text, raw = read(length), read(size)
    try:
        return decode(json.loads(text), safetensors.torch.load(raw))
    except Exception as reason:  # of a form that `frame` does not write
        raise Malformed(f"{type(reason).__name__}: {reason}") from None


def encode(value: Any, tensors: Tensors, depth: int = DEPTH) -> Any:
    """Turn a value into JSON; tensors are put into `tensors`."""
    other = {"other": type(value).__name__[:60]}
    match value:
        case None | bool():
            return value
        case int():
            return {"int": str(value)} if value.bit_length() < 1000 else other
        case float():
            return {"float": float(value).hex()}
        case str():
            return {"str": value[:TEXT]}
        case Tensor():
            key = keep(value, tensors)
            gradient = value.requires_grad
            return {"tensor": key, "gradient": gradient} if key else other
        case np.ndarray() | np.generic():
            try:
                key = keep(torch.from_numpy(np.array(value)), tensors)
            except (TypeError, ValueError):  # text, objects, foreign bytes
                return other
            scalar = isinstance(value, np.generic)
            return {"array": key, "scalar": scalar} if key else other
        case list() | tuple() if depth:
            kind = "list" if isinstance(value, list) else "tuple"
            return {kind: [encode(x, tensors, depth - 1) for x in value]}
        case dict() if depth:
            items = [item for pair in value.items() for item in pair]
            return {"dict": [encode(x, tensors, depth - 1) for x in items]}
    return {"ellipsis": 1} if value is ... else other


def keep(tensor: Tensor, tensors: Tensors) -> str:
    """Add a tensor to those that are sent; empty if it can't be."""
    sent = sum(x.nbytes for x in tensors.values())
    size = sent + tensor.numel() * tensor.dtype.itemsize
    plain = tensor.dtype in DTYPES and tensor.layout == torch.strided
    if not plain or size > TENSOR_LIMIT:
        return ""
    key = f"{len(tensors)}."
    tensors[key] = torch.empty(tensor.shape, dtype=tensor.dtype)
    tensors[key].copy_(tensor.detach())
    return key


def decode(tree: Any, tensors: Tensors, depth: int = DEPTH) -> Any:
    """Turn `encode`'s JSON back. Raises any exception for other JSON."""
    if tree is None or isinstance(tree, bool):
        return tree
    kind, value = next(iter(tree.items()))
    match kind:
        case "ellipsis":
            return ...
        case "int" if len(value) < 310:
            return int(value)
        case "float":
            return float.fromhex(value)
        case "str" if len(value) <= TEXT:
            return str(value)
        case "tensor":
            gradient = tree["gradient"] is True
            return tensors[value].requires_grad_(gradient)
        case "array":
            array = tensors[value].numpy()
            return array[()] if tree["scalar"] is True else array
        case "list" | "tuple" | "dict" if depth > 0 and type(value) is list:
            items = [decode(item, tensors, depth - 1) for item in value]
            if kind == "dict":
                return dict(zip(items[::2], items[1::2], strict=True))
            return items if kind == "list" else tuple(items)
        case "other" if type(value) is str:
            name = "".join(c for c in value[:60] if c.isalnum() or c == "_")
            return type(name or "object", (), {})()
    raise Malformed(f"there is no {kind!r} of this form")


def tensors_in(value: Any) -> list[Tensor]:
    """List the tensors in arguments, in an order that both sides share."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in tensors_in(item)]
    if isinstance(value, dict):
        return tensors_in([*value.values()])
    if type(value).__name__ == "SimpleNamespace":
        return tensors_in(vars(value))
    return []
