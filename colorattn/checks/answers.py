"""Tools for writing a check: read an answer, compare it, report on it."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]  # a learner's function: it may do anything
Check = Callable[[Answer], str | None]  # returns one more thing to know


class NotStarted(Exception):
    """The function of an exercise returns nothing yet."""


def tell(check: Check, answer: Answer) -> None:
    """Print the result of a check; never raises."""
    try:
        more = check(answer)
    except NotStarted as reason:
        print(reason)
    except AssertionError as reason:
        print(f"Not quite: {reason}")
    except Exception as error:  # from the learner's own code
        name, where = type(error).__name__, line_of(error, answer)
        print(f"Your code raised {name}{where}: {error}")
    else:
        print(f"Correct. {more}" if more else "Correct.")


def pick(check: Check, answer: Answer, solution: Answer) -> Answer:
    """Return the answer if it passes its check, else the solution.

    Prints which of the two, because the cells that follow run it.
    """
    name = solution.__name__.removesuffix("_solution")
    try:
        check(answer)
    except Exception:  # from the check, or from the learner's own code
        print(f"Running the solution until your {name} is correct.")
        return solution
    print(f"Running your {name}.")
    return answer


def line_of(error: Exception, answer: Answer) -> str:
    """Name the line of the answer's cell that raised, if it was one."""
    code = getattr(answer, "__code__", None)
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if code and frame.filename == code.co_filename
    ]
    return f" in line {lines[-1]} of the cell" if lines else ""


def started(value: Any) -> Any:
    """Return what an answer returned. Raises `NotStarted` if it's nothing."""
    if value is None or value is ...:
        raise NotStarted(
            "Nothing returned yet. Write the body of the function, end it "
            "with a return statement, and run both cells again."
        )
    return value


def tensor(value: object, shape: tuple[int, ...]) -> Tensor:
    """Return the tensor of this shape that an answer returned."""
    value = started(value)
    assert isinstance(value, Tensor), (
        f"return a tensor; yours is a {type(value).__name__}."
    )
    assert value.shape == shape, (
        f"return a tensor of shape {shape}; yours has {tuple(value.shape)}."
    )
    return value


def number(value: object) -> float:
    """Return the single number that an answer returned."""
    value = started(value)
    if isinstance(value, Tensor):
        assert value.numel() == 1, (
            "return one number; yours is a tensor of shape "
            f"{tuple(value.shape)}."
        )
        value = value.item()
    assert isinstance(value, Real), (
        f"return one number; yours is a {type(value).__name__}."
    )
    return float(value)


def integer(value: object) -> int:
    """Return the integer that an answer returned."""
    value = started(value)
    assert isinstance(value, Integral), (
        f"return an integer; yours is a {type(value).__name__}."
    )
    return int(value)


def numbers(
    value: Any, n: int, names: str = "", each: Callable[[object], Any] = number
) -> list[Any]:
    """Return the n numbers that an answer returned, in any sequence."""
    value = started(value)
    value = value.tolist() if hasattr(value, "tolist") else value
    assert isinstance(value, Sequence) and len(value) == n, (
        f"return {n} numbers{names}; yours is {value!r}."
    )
    return [each(item) for item in value]


def close(found: Any, expected: Any) -> bool:
    """Compare two numbers, lists or tensors, allowing for rounding."""
    a, b = (torch.as_tensor(x, dtype=torch.float64) for x in (found, expected))
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-4, atol=1e-4)


def refuse(found: Any, slips: Mapping[str, Any]) -> None:
    """Refuse an answer with the message of the slip that it made, if any.

    `slips` maps each message to what the slip returns.
    """
    for message, slip in slips.items():
        assert not close(found, slip), message


def expect(found: Any, right: Any, message: str) -> None:
    """Accept what is close to the right result; show both otherwise."""
    assert close(found, right), (
        f"{message} Expected {shown(right)}; yours is {shown(found)}."
    )


def also(found: Any, right: Any, case: str, advice: str = "") -> None:
    """Check another case, which a nearly right answer gets wrong."""
    if advice:
        case = f"{case}: {advice}"
    expect(found, right, f"right so far, but wrong for {case}.")


def shown(value: Any) -> str:
    """Write a number, list or tensor with four digits at most."""
    if isinstance(value, Tensor):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
