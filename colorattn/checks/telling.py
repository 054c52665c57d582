"""What all checks share: how they begin, and how they are told."""

import traceback
from collections.abc import Callable
from typing import Any

from torch import Tensor

Answer = Callable[..., Any]  # a learner's function: it may do anything


class NotStarted(Exception):
    """The function of an exercise returns nothing yet."""


def tell(check: Callable[[Answer], None], answer: Answer) -> None:
    """Print what a check says about an answer; never raises."""
    try:
        check(answer)
    except NotStarted as reason:
        print(f"Not started: {reason}")
    except AssertionError as reason:
        print(f"Not yet: {reason}")
    except Exception as error:  # of the learner's own code
        where = place(error, answer)
        print(f"Stopped{where}: {type(error).__name__}: {error}")
    else:
        print("Right.")


def place(error: Exception, answer: Answer) -> str:
    """Say in which line of the answer's cell an error arose, if in one."""
    code = getattr(answer, "__code__", None)
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if code and frame.filename == code.co_filename
    ]
    return f" in line {lines[-1]} of the cell" if lines else ""


def begun(value: Any) -> Any:
    """Return what an answer returned. Raises `NotStarted` for nothing."""
    if value is None or value is ...:
        raise NotStarted(
            "the function returns nothing yet. Write its body, end it with "
            "a return, and run both cells again."
        )
    return value


def returned(value: object, shape: tuple[int, ...]) -> Tensor:
    """Return what an answer returned, if it is a tensor of this shape."""
    value = begun(value)
    assert isinstance(value, Tensor), (
        f"return a tensor; yours is a {type(value).__name__}."
    )
    assert value.shape == shape, (
        f"return a tensor of shape {shape}; yours has {tuple(value.shape)}."
    )
    return value
