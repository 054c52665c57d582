"""The sandbox: learners' programs run in it, and only data comes back.

Bubblewrap starts a process in namespaces of its own: no network, no home, no
chapters and no class folder; `/tmp` is in memory, all else is read-only. The
process imports PyTorch and runs no answer: each hand-in gets a copy of it, a
worker, which enters further namespaces, and of which nothing is left.
Without bubblewrap (`--sandbox none`) a worker is an ordinary child process,
with the rights of the person who marks.
"""

import contextlib
import io
import os
import pickle
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import torch
from torch import nn

from classroom import messages
from classroom.exercises import ROOT, Exercise

STARTING = 120  # seconds: a busy machine imports PyTorch slowly
ENDING = 15  # seconds: and it tidies up slowly
PRINTED = 20 << 20  # bytes at most
SHOWN = "/course"  # where packages and programs are in the sandbox
PROGRAMS = ["colorattn"]
PROGRAMS += [f"classroom/{x}.py" for x in ("__init__", "messages", "worker")]
SYSTEM = "/usr /lib /lib64 /bin /etc/ld.so.cache /etc/alternatives".split()
SPACES = "--unshare-all --unshare-user --die-with-parent --new-session".split()
MADE = (
    "--uid 1000 --gid 1000 --cap-drop ALL --hostname sandbox "
    "--proc /proc --dev /dev --size 67108864 --tmpfs /tmp "
    "--size 67108864 --tmpfs /dev/shm --chdir /tmp"
).split()
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "PATH": os.defpath,
    "PYTHONDONTWRITEBYTECODE": "1",
}
MISSING = """\
nothing was run. Answers are programs by others, and bubblewrap, which is \
their sandbox, is missing. On Debian or Ubuntu: sudo apt install bubblewrap. \
On Fedora: sudo dnf install bubblewrap. On Windows: in WSL. On a Mac: in a \
Linux machine. To run them with your own rights to files and network: \
--sandbox none"""
FORBIDDEN = """\
nothing was run. bubblewrap is there, but this system forbids it ({}). On \
Ubuntu 24.04 and later AppArmor does: give bwrap a profile that allows user \
namespaces (userns) in /etc/apparmor.d/bwrap, and reload AppArmor. To run \
answers with your own rights to files and network: --sandbox none"""


class NoSandbox(Exception):
    """There is no sandbox on this machine; says what to do."""


class Stopped(Exception):
    """The learner's program ended without an answer; says how."""


class Tampered(Stopped):
    """What came back was nothing that a program of ours would send."""


@dataclass(frozen=True)
class Limits:
    """What each exercise may use."""

    seconds: int = 10  # of CPU time, which a busy machine does not shorten
    clock: int = 60  # seconds by the clock, for those that wait
    memory: int = 2 << 30  # bytes


class Process:
    """A process that has been started for workers, and its socket."""

    def __init__(self, kind: str):
        self.folder = tempfile.TemporaryDirectory(
            "-classroom", ignore_cleanup_errors=True
        )
        self.socket, theirs = socket.socketpair()
        command, environment = command_of(
            kind, self.folder.name, theirs.fileno()
        )
        self.started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=self.folder.name,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        self.out = self.started.stdout

    def running(self) -> bool:
        """Whether it has not ended."""
        return self.started.poll() is None

    def kill(self) -> None:
        """End it, and all that it has started."""
        os.killpg(self.started.pid, signal.SIGKILL)

    def clean_up(self) -> None:
        """Wait for its end, and remove its folder."""
        self.started.wait()
        self.folder.cleanup()


class Copy:
    """A copy of a process, in namespaces of its own, and its socket.

    Raises OSError, with the reason, if the system forbids that.
    """

    def __init__(self, source: socket.socket):
        self.socket, theirs = socket.socketpair()
        out, inside = os.pipe()
        self.out = open(out, "rb")
        source.settimeout(STARTING)
        try:
            socket.send_fds(source, [b"!"], [theirs.fileno(), inside])
            reason, found, *_ = socket.recv_fds(source, 1000, 1)
        finally:
            theirs.close()
            os.close(inside)
        if not found:
            raise OSError(reason.decode())
        (self.pidfd,) = found

    def running(self) -> bool:
        """Whether it has not ended."""
        return not select.select([self.pidfd], [], [], 0)[0]

    def kill(self) -> None:
        """End it, and with it all that is in its namespaces."""
        signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def clean_up(self) -> None:
        """Wait for its end."""
        select.select([self.pidfd], [], [])
        os.close(self.pidfd)


class Sandbox:
    """Makes the workers: copies of one process, which has imported PyTorch.

    Where the system forbids namespaces within namespaces, and without
    bubblewrap, a process is started for each worker instead.
    """

    def __init__(self, kind: str, exercises: Iterable[Exercise]):
        self.kind = kind
        self.imports = [*dict.fromkeys(x.imports for x in exercises)]
        self.copied = kind != "none"
        self.source: Worker | None = None
        self.lock = threading.Lock()

    def worker(self, limits: Limits) -> "Worker":
        """Make a worker for one hand-in. Raises Stopped if none starts."""
        copy = None
        with self.lock:
            if self.copied and self.source is None:
                self.source = self.start(limits)
            if self.copied:
                try:
                    copy = Copy(self.source.socket)
                except OSError:
                    self.copied = False
        return Worker(copy, limits) if copy else self.start(limits)

    def start(self, limits: Limits) -> "Worker":
        """Start a process that works, or that is copied.

        It ends when the thread that has called this ends.
        """
        setting = self.copied, self.imports
        return Worker(Process(self.kind), limits, setting)

    def close(self) -> None:
        """End the process that is copied."""
        if self.source is not None:
            self.source.close()


class Worker:
    """A process in the sandbox; it runs the exercises of one learner.

    Raises Stopped if it doesn't start.
    """

    def __init__(
        self, process: Process | Copy, limits: Limits, setting: Any = None
    ):
        self.process, self.limits = process, limits
        self.socket = process.socket
        self.printed, self.last_words = 0, b""
        self.why = ""  # it was stopped
        self.inside = False  # an exercise: a process of its own runs
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        try:
            with self.at_most(STARTING):
                if setting is not None:
                    self.send(*setting)
                self.receive("up")
        except Stopped:
            self.close()
            words = self.last_words.decode(errors="replace").strip()
            raise Stopped(f"the sandbox did not start: {words}") from None

    @property
    def alive(self) -> bool:
        """Whether it can run another exercise."""
        return not self.why and self.process.running()

    @contextlib.contextmanager
    def running(
        self, exercise: Exercise, source: str, other_cells: list[str]
    ) -> Iterator["Answer"]:
        """Run a hand-in's cells; yield its function while they are loaded.

        Raises Stopped if they don't define it.
        """
        job = {"source": source, "other_cells": other_cells}
        job |= {"imports": exercise.imports, "function": exercise.function}
        job |= {"name": f"exercise {exercise.number}", **vars(self.limits)}
        self.printed, self.inside = 0, True
        try:
            with self.at_most(self.limits.clock):
                self.send("job", job)
                self.receive("ready")
                yield Answer(self)
        finally:
            with self.at_most(ENDING), contextlib.suppress(Stopped):
                while self.inside and self.alive:
                    self.send("end", None)
                    self.receive("over")
            if self.inside:
                self.stop("It did not end.")

    @contextlib.contextmanager
    def at_most(self, seconds: int) -> Iterator[None]:
        """Stop the worker if what is inside takes longer.

        Counts seconds in which this machine ran: a laptop may be closed.
        """
        told = f"It did not answer for {seconds} seconds. Is there a loop "
        told += "that never ends, or does it wait for something?"
        done = threading.Event()

        def watch() -> None:
            if not any(done.wait(1) for _ in range(seconds)):
                self.stop(told)

        threading.Thread(target=watch, daemon=True).start()
        try:
            yield
        finally:
            done.set()

    def send(self, kind: str, payload: Any) -> None:
        """Send the worker a message. Raises Stopped if it takes none."""
        data = pickle.dumps((kind, payload))
        try:
            self.socket.sendall(struct.pack(">Q", len(data)) + data)
        except OSError:
            raise Stopped(self.ending()) from None

    def receive(self, *kinds: str) -> dict[str, Any]:
        """Return the reply of such a kind. Raises Stopped for any other."""
        try:
            message = dict(messages.receive(self.read))
        except EOFError:
            raise Stopped(self.ending()) from None
        except (messages.Malformed, TypeError, ValueError) as reason:
            raise self.tampered(reason) from None
        self.inside = self.inside and "over" not in message
        if any(kind in message for kind in kinds):
            return message
        if "raised" in message:
            raise Stopped(raised(message))
        if "over" in message:
            raise Stopped(ended(message["over"], self.limits))
        raise self.tampered("another record")

    def tampered(self, reason: object) -> "Tampered":
        """Stop the worker; return what to raise."""
        self.stop("It sent what is no answer.")
        return Tampered(f"What came back was no answer: {reason}.")

    def read(self, n: int) -> bytes:
        """Read n bytes. Raises EOFError when the worker has ended."""
        parts = bytearray()
        while len(parts) < n:
            try:
                more = self.socket.recv(min(n - len(parts), 1 << 20))
            except OSError:
                more = b""
            if not more:
                raise EOFError
            parts += more
        return bytes(parts)

    def listen(self) -> None:
        """Read what is printed, so that nothing blocks; bound its length."""
        with self.process.out as out:
            while printed := out.read1(1 << 16):
                self.printed += len(printed)
                self.last_words = (self.last_words + printed)[-2000:]
                if self.printed > PRINTED:
                    size = f"{PRINTED >> 20} MB"
                    self.stop(f"It printed more than {size}. In a loop?")

    def stop(self, why: str) -> None:
        """End the worker and all that it has started."""
        self.why = self.why or why
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        with contextlib.suppress(OSError):  # a fugitive may hold its end
            self.socket.shutdown(socket.SHUT_RDWR)

    def ending(self) -> str:
        """Say why the worker has ended."""
        self.stop("The program ended: it ran out of memory, or left Python.")
        return self.why

    def close(self) -> None:
        """End the worker, and remove what is left of it."""
        self.stop("closed")
        self.listener.join(timeout=2)
        self.process.clean_up()
        self.socket.close()


class Answer:
    """Looks like the learner's function; what it does is in the sandbox.

    What a call changes in its arguments is changed here as well: tensors in
    place, and a module's parameters, gradients and buffers. A function among
    the arguments runs here when the learner's code calls it.
    """

    def __init__(self, worker: Worker):
        self.worker = worker
        self.known: list[Any] = []  # modules and optimizers, sent once
        self.functions: list[Callable[..., Any]] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the learner's function returns. Raises Stopped."""
        kinds = nn.Module, torch.optim.Optimizer
        new = [x for x in args if isinstance(x, kinds) and not self.number(x)]
        if new:
            self.known += new
            self.worker.send("register", pickle.dumps(new))
        payload = io.BytesIO()
        Pickler(payload, self).dump((args, kwargs))
        self.worker.send("call", payload.getvalue())
        message = self.worker.receive("result", "calls")
        try:
            while "calls" in message:
                self.call_back(**message)
                message = self.worker.receive("result", "calls")
            self.update(args, kwargs, message)
        except Stopped:
            raise
        except Exception as reason:  # not what our worker writes
            raise self.worker.tampered(reason) from None
        return message["result"]

    def number(self, item: Any) -> int | None:
        """Return the number of an object that is not sent.

        Registered ones count from 1, functions down from -1.
        """
        if isinstance(item, FunctionType) and "<lambda>" in item.__qualname__:
            self.functions.append(item)
            return -len(self.functions)
        found = (n for n, known in enumerate(self.known, 1) if known is item)
        return next(found, None)

    def call_back(self, calls: int, args: Any, kwargs: Any) -> None:
        """Call one of the arguments, and send what it returns or raises."""
        try:
            done = "returned", self.functions[-calls - 1](*args, **kwargs)
        except Exception as error:  # by what the learner's code gave
            done = "raised", error
        self.worker.send(*done)

    def update(self, args: Any, kwargs: Any, message: dict[str, Any]) -> None:
        """Change the arguments as the learner's function changed them."""
        given = messages.tensors_in([args, kwargs])
        for n, data in message["changed"]:
            given[n].data.copy_(data)
        for module, rows in zip(self.known, message["states"], strict=True):
            if not isinstance(module, nn.Module):
                continue
            owned = [*module.parameters(), *module.buffers()]
            for tensor, (data, gradient) in zip(owned, rows, strict=True):
                tensor.data.copy_(data)
                tensor.grad = gradient


class Pickler(pickle.Pickler):
    """Writes arguments; what is not sent is referred to by its number."""

    def __init__(self, out: io.BytesIO, answer: Answer):
        super().__init__(out)
        self.persistent_id = answer.number


def raised(message: dict[str, Any]) -> str:
    """Say that a learner's code raised an error, as `checks.tell` does."""
    line = message.get("line")
    where = f" in line {line} of the cell" if isinstance(line, int) else ""
    kind, text = (str(message.get(k))[:300] for k in ("raised", "text"))
    return f"Your code raised {kind}{where}: {text}"


def ended(status: Any, limits: Limits) -> str:
    """Say how a learner's process ended before the check was over."""
    status = status if isinstance(status, int) else 0
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number in (signal.SIGXCPU, signal.SIGKILL):
        return (
            f"It computed for more than {limits.seconds} seconds. Is there a "
            "loop that never ends?"
        )
    if number in set(signal.Signals):
        return f"Python crashed ({signal.Signals(number).name})."
    return "The program left Python (exit) before the check was over."


def probe() -> None:
    """Start a program in the sandbox. Raises NoSandbox if there is none."""
    if shutil.which("bwrap") is None:
        raise NoSandbox(MISSING)
    command = "bwrap --unshare-all --unshare-user --ro-bind / / true".split()
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise NoSandbox(FORBIDDEN.format(done.stderr.strip()))


def command_of(
    sandbox: str, folder: str, pipe: int
) -> tuple[list[str], dict[str, str]]:
    """Return the command that starts a process, and its environment."""
    wall, packages, course = [], sysconfig.get_path("purelib"), str(ROOT)
    if sandbox == "bwrap":
        wall = [str(shutil.which("bwrap")), *SPACES, *MADE]
        for path in SYSTEM:
            wall += ["--ro-bind-try", path, path]
        shown = {sys.base_prefix: sys.base_prefix}
        shown |= {packages: f"{SHOWN}/packages"}
        for name in PROGRAMS:
            shown[f"{course}/{name}"] = f"{SHOWN}/{name}"
        for path, inside in shown.items():
            wall += ["--ro-bind", path, inside]
        wall += ["--remount-ro", "/dev", "--remount-ro", "/"]
        folder, packages, course = "/tmp", f"{SHOWN}/packages", SHOWN
    python = os.path.realpath(sys.executable)
    environment = ENVIRONMENT | {"HOME": folder, "TMPDIR": folder}
    environment["MARKING_PATH"] = os.pathsep.join([packages, course])
    environment["MARKING_SOCKET"] = str(pipe)
    command = [*wall, python, "-I", f"{course}/classroom/worker.py"]
    return command, environment
