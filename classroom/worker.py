"""Runs learners' functions in the sandbox; started by `sandbox.Sandbox`.

This process imports PyTorch and what the exercises need, once. Each hand-in
gets a copy of it, in namespaces of its own; the copy reads jobs from a socket,
forks a process for each, and replies on the socket. What the marker sends is
pickled; what goes back to it never is: see `messages`.
"""

import ast
import ctypes
import fcntl
import gc
import io
import linecache
import os
import pickle
import resource
import signal
import socket
import struct
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import Any

sys.path[:0] = os.environ.pop("MARKING_PATH").split(os.pathsep)

import torch  # noqa: E402
from torch import nn  # noqa: E402

from classroom import messages  # noqa: E402

torch.set_num_threads(1)
MARKER = socket.socket(fileno=int(os.environ.pop("MARKING_SOCKET")))
DEFINING = ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef
DEFINING += ast.Assign, ast.AnnAssign
LIMITS = {"FSIZE": 16 << 20, "NPROC": 64, "NOFILE": 64, "CORE": 0}
LIBC = ctypes.CDLL(None, use_errno=True)
# New namespaces for users, processes, mounts, network, IPC and host name.
NAMESPACES = 0x1000_0000 | 0x2000_0000 | 0x2_0000
NAMESPACES |= 0x4000_0000 | 0x800_0000 | 0x400_0000
HIDDEN = "/tmp", "/dev/shm", "/dev/pts", "/proc"  # behind folders in memory
SET_FLAGS, UP = 0x8914, 0x41  # of a network interface
NO_CAPABILITIES = struct.pack("Ii", 0x2008_0522, 0), bytes(24)


def main() -> None:
    """Import what is needed; then work, or make copies that do."""
    parameter = torch.zeros(1, requires_grad=True)
    torch.optim.SGD([parameter], lr=1.0)  # PyTorch imports much for the first
    copied, imports = receive()
    for lines in imports:
        exec(lines, {})
    gc.freeze()  # so that copies share these objects
    if copied:
        size()  # a copy has no `/proc`
    reply({"up": True})
    if not copied:
        work()
    while copied and (files := socket.recv_fds(MARKER, 1, 2)[1]):
        between = os.fork()  # its child is the first in the new namespaces
        if between == 0:
            copy(*files)
        os.waitpid(between, 0)
        for file in files:
            os.close(file)


def copy(marker: int, out: int) -> None:
    """Make a worker for one hand-in, and send the marker its pidfd.

    If the system forbids the namespaces, send the reason. Never returns.
    """
    try:
        separate()
        first = os.fork()
        if first:
            socket.send_fds(MARKER, [b"!"], [os.pidfd_open(first)])
            return
        os.setsid()  # else kill(0) would reach the process that is copied
        for file, own in (marker, MARKER.fileno()), (out, 1), (out, 2):
            os.dup2(file, own, inheritable=own < 3)
        os.closerange(3, MARKER.fileno())
        os.closerange(MARKER.fileno() + 1, 1 << 20)
        call("capset", *NO_CAPABILITIES)
        reply({"up": True})
        work()
    except OSError as reason:
        MARKER.sendall(str(reason).encode())
    finally:
        os._exit(0)


def separate() -> None:
    """Enter namespaces of our own. Raises OSError if they are forbidden.

    What a hand-in can write to is new, and no other process is to be seen.
    """
    user, group = os.getuid(), os.getgid()
    call("unshare", NAMESPACES)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket() as own:  # the loopback, as bubblewrap does
        fcntl.ioctl(own, SET_FLAGS, struct.pack("16sH22x", b"lo", UP))
    processors = Path("/proc/cpuinfo").read_text()
    for path in HIDDEN:  # without set-user-ID and devices
        kind = b"tmpfs"
        call("mount", kind, path.encode(), kind, 2 | 4, b"size=64m")
    Path("/proc/cpuinfo").write_text(processors)  # PyTorch reads it
    os.chdir("/tmp")  # the new one


def call(name: str, *arguments: int | bytes) -> None:
    """Call a function of the C library. Raises OSError if it fails."""
    if getattr(LIBC, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def work() -> None:
    """Fork a process for each job, and say how it ended."""
    while request := receive():
        kind, job = request
        if kind != "job":  # for an exercise that has ended by itself
            continue
        pid = os.fork()
        if pid == 0:
            run(job)
        ended, status = os.wait()
        while ended != pid:  # an orphan of an exercise
            ended, status = os.wait()
        reply({"over": status})


@cache
def size() -> int:
    """Return how many bytes of address space are in use before an answer."""
    pages = Path("/proc/self/statm").read_text().split()[0]
    return int(pages) * resource.getpagesize()


def run(job: dict[str, Any]) -> None:
    """Run one exercise and leave this process."""
    try:
        limit(job["seconds"], job["memory"])
        answer = define(job)
        if answer is not None:
            reply({"ready": True})
            serve(answer, job["name"])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(0)


def limit(seconds: int, memory: int) -> None:
    """Bound what this process may use: CPU time, and memory beyond now's."""
    limits = {**LIMITS, "CPU": seconds}
    if sys.platform == "linux":
        limits["AS"] = size() + memory
    for name, most in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def define(job: dict[str, Any]) -> Any:
    """Run the cells of a hand-in and return its function, or None."""
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(job["imports"], space)
    for n, source in enumerate(job["other_cells"]):
        try:
            tree = ast.parse(source)
            tree.body = [x for x in tree.body if isinstance(x, DEFINING)]
            exec(compile(tree, f"cell {n}", "exec"), space)
        except Exception:  # another exercise's, which is marked on its own
            continue
    name, source = job["name"], job["source"]
    lines = source.splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)
    try:
        exec(compile(source, name, "exec"), space)
        return space[job["function"]]
    except Exception as error:
        reply(failure(error, name))
        return None


def serve(answer: Any, name: str) -> None:
    """Call the learner's function as often as the marker asks for it."""
    known: list[Any] = []  # modules and optimizers: they stay between calls
    while request := receive():
        kind, payload = request
        if kind == "end":
            return
        if kind == "register":
            known += pickle.loads(payload)
            continue
        args, kwargs = Unpickler(payload, known).load()
        given = messages.tensors_in([args, kwargs])
        before = [tensor.detach().clone() for tensor in given]
        try:
            result = answer(*args, **kwargs)
            changed = [
                (n, new.data)
                for n, (new, old) in enumerate(zip(given, before, strict=True))
                if new.shape == old.shape and not torch.equal(new, old)
            ]
            states = [state(item) for item in known]
            reply({"result": result, "changed": changed, "states": states})
        except Exception as error:
            reply(failure(error, name))


class Unpickler(pickle.Unpickler):
    """Reads arguments; what is not sent is referred to by its number."""

    def __init__(self, payload: bytes, known: list[Any]):
        super().__init__(io.BytesIO(payload))
        self.known = known

    def persistent_load(self, number: int) -> Any:
        """Return a registered object, or a function that the marker runs."""
        if number < 0:
            return lambda *args, **kwargs: call_back(number, args, kwargs)
        return self.known[number - 1]


def call_back(number: int, args: Any, kwargs: Any) -> Any:
    """Let the marker call one of its functions."""
    reply({"calls": number, "args": args, "kwargs": kwargs})
    kind, value = receive()
    if kind == "raised":
        raise value
    return value


def state(item: Any) -> list[Any]:
    """List a module's parameters and buffers, each with its gradient."""
    if not isinstance(item, nn.Module):
        return []
    return [(x.data, x.grad) for x in [*item.parameters(), *item.buffers()]]


def failure(error: Exception, name: str) -> dict[str, Any]:
    """Describe an error of the learner's code, with the line in its cell."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == name]
    if isinstance(error, SyntaxError) and error.filename == name:
        lines = [error.lineno]
    kind, text = type(error).__name__[:60], str(error)[:300]
    return {"raised": kind, "text": text, "line": [None, *lines][-1]}


def receive() -> Any:
    """Read what the marker sends next; None when it has gone."""
    head = MARKER.recv(8, socket.MSG_WAITALL)
    if len(head) < 8:
        return None
    (size,) = struct.unpack(">Q", head)
    return pickle.loads(MARKER.recv(size, socket.MSG_WAITALL))


def reply(message: dict[str, Any]) -> None:
    """Answer the marker."""
    MARKER.sendall(messages.frame(message))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    MARKER.set_inheritable(False)
    main()
