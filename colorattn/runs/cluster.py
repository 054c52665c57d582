"""Give the runs of a sweep to a Dask cluster, through joblib's backend for it.

It needs `pip install colorattn[cluster]`. Workers need the same folder of
runs and the same versions, and `--nthreads 1`.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import distributed
from distributed.client import FutureCancelledError
from distributed.scheduler import KilledWorker
from joblib import parallel_config
from joblib._dask import DaskDistributedBackend

from colorattn.files import notify

PATIENCE = 10  # seconds to find a scheduler


class Reporting(DaskDistributedBackend):
    """Joblib's backend, which also reports a run that the cluster lost.

    Joblib itself would wait for it for ever, or take the error for its rows.
    """

    def effective_n_jobs(self, n_jobs: int) -> int:
        """Return the workers' cores; joblib would run one job at a time here.

        Neither is a limit: a sweep hands over all its runs at once.
        """
        return max(2, super().effective_n_jobs(n_jobs))

    def submit(
        self, func: Callable[[], Any], callback: Callable[[Any], Any]
    ) -> Future[Any]:
        """Hand over a task; call back whatever becomes of it."""
        promise = super().submit(func, callback)

        def report(done: Future[Any]) -> None:
            if failed := done.exception():
                callback(failed)

        promise.add_done_callback(report)
        return promise

    def retrieve_result_callback(self, out: Any) -> Any:
        """Return the result of a task, or raise what ended it."""
        if isinstance(out, BaseException):
            raise out
        return super().retrieve_result_callback(out)


@contextmanager
def cluster(scheduler: str, folder: Path) -> Iterator[None]:
    """Let joblib run its tasks on the cluster of a scheduler.

    Raises OSError where no scheduler answers, and ValueError where workers do
    not see `folder` or where the cluster fails on the way.
    """
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with distributed.Client(scheduler, timeout=PATIENCE) as client:
        if not client.ncores():
            notify(f"Waiting for the first worker of {scheduler}.")
            client.wait_for_workers(1)
        seen = client.run(folder.is_dir)
        if blind := [worker for worker, found in seen.items() if not found]:
            raise ValueError(
                f"the worker {blind[0]} has no folder {folder}: give a folder "
                "that all machines share, as --out."
            )
        with parallel_config(Reporting(client=client)):
            try:
                yield
            except KilledWorker as lost:
                raise ValueError(
                    f"a run lost its worker {lost.allowed_failures + 1} times "
                    "over. If workers are taken away often, start the "
                    "scheduler with a higher limit "
                    "(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=100); if "
                    "not, see in their logs why they end. The same command "
                    "continues."
                ) from lost
            except FutureCancelledError as lost:
                raise ValueError(
                    f"the scheduler {scheduler} is gone. All finished epochs "
                    f"are in {folder}: start a scheduler and workers, and the "
                    "same command continues."
                ) from lost
