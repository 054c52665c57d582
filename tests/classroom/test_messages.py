"""What comes back from the sandbox is plain data, or it is refused."""

import io
import json
import random

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st

from classroom import messages

NUMBERS = st.floats(allow_nan=False) | st.integers() | st.text(max_size=9)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def received(content):
    """Read a message from bytes as the marker reads from the sandbox."""
    stream = io.BytesIO(content)

    def read(n):
        part = stream.read(n)
        if len(part) < n:
            raise EOFError
        return part

    return messages.receive(read)


def through(value):
    return received(messages.frame(value))


def message(text, raw=None):
    """Frame what `frame` would not write."""
    text = text if isinstance(text, bytes) else json.dumps(text).encode()
    if raw is None:
        raw = safetensors.torch.save({"0.": torch.zeros(2)})
    return messages.HEAD.pack(messages.MAGIC, len(text), len(raw)) + text + raw


@given(VALUES)
def test_plain_data_comes_back_as_it_was(value):
    assert through(value) == value


@pytest.mark.parametrize("dtype", sorted(messages.DTYPES, key=str), ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (3, 0, 2)])
def test_a_tensor_comes_back_as_it_was(dtype, shape):
    tensor = (7 * torch.rand(shape)).to(dtype)
    if tensor.ndim == 2:
        tensor = tensor.t()  # its rows are not contiguous
    found = through(tensor)
    assert found.dtype == dtype
    assert torch.equal(found, tensor)


@pytest.mark.parametrize("needed", [True, False])
def test_whether_a_tensor_has_a_gradient_comes_back(needed):
    found = through(torch.ones(2, requires_grad=needed))
    assert found.requires_grad is needed


@pytest.mark.parametrize(
    "array",
    [np.arange(6.0).reshape(2, 3), np.float32(2), np.zeros((0, 2), int)],
)
def test_an_array_comes_back_as_it_was(array):
    found = through(array)
    assert type(found) is type(array) and found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


class Evil:
    def __reduce__(self):
        raise AssertionError("it was pickled")


@pytest.mark.parametrize(
    "value",
    [
        Evil(),
        print,
        {1, 2},
        2**2000,
        torch.zeros(2).to_sparse(),
        torch.zeros(1).expand(1 << 40),
        np.array(["a"]),
        np.array([None]),
        np.zeros(2, ">f4"),
        object,
    ],
    ids=lambda value: type(value).__name__,
)
def test_of_anything_else_only_the_type_s_name_comes_back(value):
    found = through([value])[0]
    assert type(found).__name__ == type(value).__name__
    assert type(found).__module__ == "classroom.messages"


def test_a_list_in_itself_ends():
    value = []
    value.append(value)
    assert isinstance(through(value), list)


MALFORMED = [
    {},
    7,
    "text",
    [],
    {"int": "x"},
    {"int": "9" * 400},
    {"int": 5},
    {"float": "no"},
    {"str": 5},
    {"str": "x" * 20_000},
    {"tensor": "1.", "gradient": False},
    {"tensor": ["0."], "gradient": False},
    {"tensor": "0."},
    {"array": "0."},
    {"array": "1.", "scalar": False},
    {"array": None, "scalar": False},
    {"list": "ab"},
    {"list": {"a": 1}},
    {"dict": [1, 2, 3]},
    {"dict": [{"list": []}, None]},
    {"other": 3},
    {"pickle": "cos\nsystem"},
]


@pytest.mark.parametrize("tree", MALFORMED, ids=repr)
def test_json_that_is_never_written_is_refused(tree):
    with pytest.raises(messages.Malformed):
        received(message(tree))


def test_nested_too_deep_is_refused():
    tree = None
    for _ in range(messages.DEPTH + 1):
        tree = {"list": [tree]}
    with pytest.raises(messages.Malformed):
        received(message(tree))


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 200 OK\r\n",
        messages.HEAD.pack(messages.MAGIC, messages.JSON_LIMIT + 1, 0),
        messages.HEAD.pack(messages.MAGIC, 4, (1 << 32) - 1),
        message(b"nope"),
        message(b"null", b""),
        message(b"null", b"\xff" * 64),
        message(b"null", b"\x00" * 64),
        message(b"[" * 50_000),
    ],
    ids=lambda content: repr(content[:30]),
)
def test_bytes_that_are_never_written_are_refused(content):
    with pytest.raises(messages.Malformed):
        received(content)


def test_a_thousand_damaged_messages_are_refused_or_plain():
    good = messages.frame([torch.ones(3), {"a": 1.5}, "b"])
    dice = random.Random(0)
    refused = 0
    for _ in range(1_000):
        content = bytearray(good)
        for _ in range(dice.randrange(1, 9)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        try:
            value = received(bytes(content))
        except (messages.Malformed, EOFError):
            refused += 1
        else:
            plain = list | tuple | dict | str | None
            named = type(value).__module__ == "classroom.messages"
            assert isinstance(value, plain) or named
    assert refused > 500
