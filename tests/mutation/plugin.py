"""How pytest runs the tests for a planted mistake; see `make mutate`."""

import compileall
import json
from collections import Counter
from pathlib import Path

from jaxtyping import install_import_hook
from joblib.externals.loky import get_reusable_executor

# As pytest's own option does elsewhere; it refuses to be asked twice in one
# process, and mutmut begins pytest many times in one.
install_import_hook("colorattn", "beartype.beartype")

# Mistakes make modules long, and processes that tests start would compile them
# anew each time.
compileall.compile_dir("colorattn", quiet=1)

# These read the source, which is full of mistakes there, or take seconds,
# and what they notice others notice too.
LEFT_OUT = (
    "test_keys_of_generators_are_called_by_name",
    "test_a_run_killed_again_and_again_ends_in_the_same_bits",
    "test_a_sweep_whose_workers_are_killed_ends_in_the_rows_of_one_process",
    "test_a_group_of_which_one_is_killed_ends_in_the_same_bits",
    "test_a_killed_sweep_continues_and_repeats_nothing",
    "test_rows_are_the_same_for_one_worker_and_two",
    "test_the_command_trains_and_says_what_failed",
    "test_a_finished_sweep_trains_nothing",
    "test_rows_are_those_of_training_alone",
    "test_a_recorded_run_is_pretrained_once_and_the_same_each_time",
    "test_keys_and_query_vectors_of_one_class_come_to_fit",
    "test_two_processes_may_fetch_at_once",
    "test_a_limit_on_file_sizes_costs_only_the_cache",
    "test_a_disk_that_takes_nothing_costs_only_the_cache",
    "test_a_client_that_hangs_is_given_up",
    "test_a_full_disk_is_said_and_the_same_command_continues",
    "test_a_lost_scheduler_is_said_and_the_same_command_continues",
    "test_ninety_five_intervals_of_a_hundred_hold_the_truth",
)


def pytest_collection_modifyitems(config, items):
    """Leave out the long tests, and run quick ones first."""
    kept = [item for item in items if item.originalname not in LEFT_OUT]
    config.hook.pytest_deselected(items=[i for i in items if i not in kept])
    stats = Path("mutmut-stats.json")
    if stats.exists():
        seconds = json.loads(stats.read_text())["duration_by_test"]
        files = Counter()
        for item in kept:
            files[item.path] += seconds.get(item.nodeid, 0)
        kept.sort(
            key=lambda item: (files[item.path], seconds.get(item.nodeid, 0))
        )
    items[:] = kept


def pytest_sessionfinish():
    """Leave no child behind that mutmut would take for one of its own."""
    get_reusable_executor().shutdown(wait=True)
