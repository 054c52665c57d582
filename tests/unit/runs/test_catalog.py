"""The settings in the code are those that the published runs were made with.

So a number that slips in the catalog cannot speak for results that it did not
make.
"""

from dataclasses import replace

import pytest

from colorattn import runs
from colorattn.runs.catalog import SWEEPS
from colorattn.runs.store import stored_file
from colorattn.training import checkpoint
from colorattn.training.config import NAMED

# These variants are named experiments, and stored under that name.
ALSO = {"digits/augmented": "best-mnist", "clothes/plain": "best-fashion"}
VARIANTS = {
    f"{name}/{variant}": (experiment, sweep.seeds)
    for name, sweep in SWEEPS.items()
    for variant, experiment in sweep.variants.items()
}


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_is_that_of_its_stored_runs(name):
    experiment, seeds = VARIANTS[name]
    stored = runs.load(ALSO.get(name, name))
    assert replace(stored.experiment, seed=None) == experiment
    if name not in ALSO:
        assert stored.seeds == list(range(seeds))


@pytest.mark.parametrize("name", NAMED)
def test_every_named_experiment_is_that_of_its_runs_and_weights(name):
    stored = runs.load(name).experiment
    assert replace(stored, seed=None) == NAMED[name]
    weights = stored_file("weights", name, "safetensors")
    made, _, _ = checkpoint.load_model(weights)
    assert made == stored
