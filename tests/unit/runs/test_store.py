"""Records: rows of runs as they train, and what the course stores."""

import json
import shutil
from dataclasses import asdict, replace
from itertools import count, islice
from pathlib import Path
from random import Random

import pandas as pd
import pytest
import tiny
import torch
from tiny import EXPERIMENT, SHARED

from colorattn.data import symbols
from colorattn.data.stream import Batch
from colorattn.data.symbols import SPLITS, Symbols
from colorattn.model.baselines import PooledNet
from colorattn.runs import record, store
from colorattn.training import checkpoint
from colorattn.training.config import EPOCH, POST, Experiment, vary
from colorattn.training.loop import Metrics, evaluate, start

FIELDS = ["seed", "epoch", "train_loss", *Metrics._fields, "seconds"]


def noise(name: str = "mnist", split: str = "train") -> Symbols:
    """Drawings of noise, other ones in every split."""
    images = tiny.pixels(129, 28, 28, seed=SPLITS.index(split))
    counts = torch.tensor([2, 3, 5, 7, 11, 13, 17, 19, 23, 29])
    return Symbols(images, counts, name, split, "a test")


@pytest.fixture
def noisy(monkeypatch):
    """A package whose symbols are noise, and whose scene sets are small."""
    monkeypatch.setattr(symbols, "load", noise)
    monkeypatch.setattr(record, "VALIDATION_SCENES", 31)
    monkeypatch.setattr(record, "TEST_SCENES", 37)


@pytest.fixture(scope="module")
def once(tmp_path_factory) -> tuple[list[record.Row], Path]:
    """A run of two epochs, recorded once for all tests."""
    path = tmp_path_factory.mktemp("runs") / "run.safetensors"
    rows: list[record.Row] = []
    with pytest.MonkeyPatch.context() as patch:
        noisy.__wrapped__(patch)
        for row in record.record(EXPERIMENT, path):
            rows.append(row)
            run, saved = checkpoint.load(path)  # before the row is yielded
            assert saved == rows
            assert run.step == EPOCH * len(rows)
    return rows, path


@pytest.fixture
def recorded(once, noisy, tmp_path) -> tuple[list[record.Row], Path]:
    """The same, in a file of one's own."""
    rows, path = once
    return list(rows), Path(shutil.copy(path, tmp_path))


def epochs(n: int, experiment=EXPERIMENT):
    return vary(experiment, {"recipe.epochs": n})


def measured(rows: list[record.Row]) -> list[record.Row]:
    """Rows without the time they took."""
    return [{k: v for k, v in r.items() if k != "seconds"} for r in rows]


def test_rows_count_the_epochs_and_hold_what_was_measured(recorded):
    rows, _ = recorded
    assert [list(row) for row in rows] == [FIELDS, FIELDS]
    assert [row["epoch"] for row in rows] == [1, 2]
    assert [row["seed"] for row in rows] == [3, 3]
    assert 0 < rows[0]["seconds"] < rows[1]["seconds"]


def test_a_row_measures_the_net_on_the_validation_scenes(recorded):
    rows, path = recorded
    run, _ = checkpoint.load(path)
    scenes = record.scenes(EXPERIMENT, "validation")
    assert len(scenes) == 31
    found = evaluate(run.model, scenes)._asdict()
    assert found == {field: rows[-1][field] for field in Metrics._fields}


def test_a_finished_run_is_told_again_and_not_trained_again(
    recorded, monkeypatch
):
    rows, path = recorded
    before = path.read_bytes()
    monkeypatch.setattr(record.loop, "train_step", None)  # cannot train
    assert list(record.record(EXPERIMENT, path)) == rows
    assert path.read_bytes() == before


def test_a_run_that_is_longer_than_asked_tells_what_was_asked(recorded):
    rows, path = recorded
    assert list(record.record(epochs(1), path)) == rows[:1]
    assert checkpoint.load(path)[1] == rows  # nothing is lost


def test_a_run_is_continued_and_repeats_nothing(recorded, tmp_path):
    rows, path = recorded
    two = tmp_path / "two.safetensors"
    first = list(record.record(epochs(1), two))
    assert measured(first) == measured(rows[:1])
    both = list(record.record(epochs(2), two))
    assert both[0] == first[0]  # even its time
    assert both[1]["seconds"] > both[0]["seconds"]
    assert measured(both) == measured(rows)
    tiny.assert_same(checkpoint.read(two)[0], checkpoint.read(path)[0])
    assert checkpoint.load(two)[0].experiment == epochs(2)


def test_only_training_is_timed_and_a_run_is_pretrained_once(
    noisy, tmp_path, monkeypatch
):
    pretrained, time = [], count()
    monkeypatch.setattr(record, "perf_counter", lambda: next(time))
    monkeypatch.setattr(record, "pretrain", lambda r, _: pretrained.append(r))
    path = tmp_path / "run.safetensors"
    list(record.record(epochs(2), path))
    rows = list(record.record(epochs(3), path))
    assert [row["seconds"] for row in rows] == [1, 2, 3]
    assert [type(row["epoch"]) for row in rows] == [int] * 3
    assert len(pretrained) == 1


def test_a_model_of_ones_own_is_trained_and_continued(recorded, tmp_path):
    rows, path = recorded
    own, whole = (tmp_path / f"{n}.safetensors" for n in ("own", "whole"))
    first = list(record.record(epochs(1), own, model=PooledNet(3)))
    both = list(record.record(epochs(2), own, model=PooledNet(5)))
    assert both[0] == first[0] != rows[0]
    again = list(record.record(epochs(2), whole, model=PooledNet(3)))
    assert measured(both) == measured(again)


def test_a_run_without_a_seed_is_continued_with_its_own(recorded):
    rows, path = recorded
    assert list(record.record(replace(EXPERIMENT, seed=None), path)) == rows


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 5},
        {"dataset": "fashion"},
        {"model": SHARED},
        {"scene.spacing": 28},
        {"recipe.learning_rate": 0.1},
    ],
    ids=str,
)
def test_a_file_that_holds_another_experiment_is_refused(change, recorded):
    _, path = recorded
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"different .*\(seed 3\).*path"):
        next(record.record(vary(EXPERIMENT, change), path))
    assert path.read_bytes() == before


def test_a_schedule_cannot_be_stretched_once_it_has_begun(tmp_path):
    cycle = vary(EXPERIMENT, {"recipe.schedule": "one-cycle"})
    path = tmp_path / "cycle.safetensors"
    checkpoint.save(start(cycle), path)
    said = (
        "a different experiment .*: choose a .*, or delete it to start anew.$"
    )
    with pytest.raises(ValueError, match=said):
        next(record.record(epochs(3, cycle), path))


def test_a_damaged_file_is_refused_and_left_alone(recorded):
    _, path = recorded
    path.write_bytes(path.read_bytes()[:-1])
    before = path.read_bytes()
    with pytest.raises(checkpoint.BadCheckpoint, match="damaged"):
        next(record.record(EXPERIMENT, path))
    assert path.read_bytes() == before


def painted(scenes: Batch) -> set[bytes]:
    """All drawings that can be seen in scenes, cut out of the pixels.

    No two symbols of a scene share a channel, so each is there whole.
    """
    found = {query.numpy().tobytes() for query in scenes.query[:, 0]}
    for n in range(len(scenes)):
        corners = scenes.positions[n].tolist()
        for color, (row, column) in zip(
            scenes.colors[n], corners, strict=True
        ):
            box = scenes.image[n, color, row : row + 28, column : column + 28]
            found.add(box.numpy().tobytes())
    return found


@pytest.mark.parametrize("seed", [3, 5])
def test_scene_sets_are_the_same_every_time_for_every_seed(noisy, seed):
    for split in ("validation", "test"):
        one = record.scenes(EXPERIMENT, split)
        two = record.scenes(replace(EXPERIMENT, seed=seed), split)
        tiny.assert_same(vars(one), vars(two))


def test_scene_sets_are_as_large_as_the_post_and_the_course_say():
    assert record.VALIDATION_SCENES == 1_000
    assert record.TEST_SCENES == 10_000


def test_no_drawing_that_is_trained_on_is_ever_measured_on(
    real, tmp_path, monkeypatch
):
    # What is meant is seen: pixels of real batches, of real scene sets.
    batches: list[Batch] = []

    def listen(run, stream, steps):
        batches.extend(islice(stream, 7))
        return iter(())

    monkeypatch.setattr(record.loop, "train", listen)
    experiment = replace(POST, dataset=real, seed=3)
    list(record.record(experiment, tmp_path / "run.safetensors"))
    trained = set().union(*(painted(batch) for batch in batches))
    assert len(trained) > 3_000

    for split in ("validation", "test"):
        drawings = symbols.load(real, split).images
        whole = {drawing.numpy().tobytes() for drawing in drawings}
        assert not trained & whole
        scenes = record.scenes(experiment, split)
        seen = painted(scenes[: record.VALIDATION_SCENES])
        assert seen <= whole
        assert len(seen) > 1_500
    drawings = symbols.load(real, "train").images
    assert trained <= {drawing.numpy().tobytes() for drawing in drawings}


# What the course stores


@pytest.fixture
def shelf(noisy, tmp_path, monkeypatch) -> Path:
    """An empty place to store runs in."""
    monkeypatch.setattr(store, "STORED", tmp_path / "stored")
    return tmp_path / "stored"


def untrained(experiment: Experiment, path: Path) -> list[record.Row]:
    """Save a run whose rows are invented; storing asks for no training."""
    random = Random(experiment.seed)
    rows = [
        {
            "seed": experiment.seed,
            "epoch": epoch,
            **{field: random.random() for field in FIELDS[2:]},
        }
        for epoch in (1, 2)
    ]
    run = start(experiment)
    with torch.no_grad():
        for weight in run.model.parameters():
            weight *= 1.01  # no fresh network has these
    checkpoint.save(run, path, rows)
    return rows


@pytest.fixture
def ended(tmp_path) -> tuple[list[record.Row], Path]:
    """The rows of a run, and its file."""
    path = tmp_path / "run.safetensors"
    return untrained(EXPERIMENT, path), path


def test_stored_runs_come_back_with_their_rows_and_their_origin(ended, shelf):
    rows, path = ended
    made = {"command": "train it", "hardware": "a machine"}
    stored = store.store("best-mnist", [path], made)
    found = store.load("best-mnist")
    assert found.rows.equals(stored.rows) and found.test.equals(stored.test)
    assert found.experiment == EXPERIMENT
    assert found.provenance == made
    assert found.seeds == [3]
    told = found.rows.reset_index().to_dict("records")
    for row, expected in zip(told, rows, strict=True):
        assert row == pytest.approx(expected, rel=1e-4)
    curves = found.curves("accuracy")
    assert (list(curves.index), list(curves.columns)) == ([3], [1, 2])
    assert curves.loc[3, 2] == pytest.approx(rows[1]["accuracy"], rel=1e-4)


def test_a_stored_run_is_measured_on_the_test_scenes(ended, shelf):
    _, path = ended
    found = store.store("best-mnist", [path], {}).test
    scenes = record.scenes(EXPERIMENT, "test")
    assert len(scenes) == 37
    expected = evaluate(checkpoint.load(path)[0].model, scenes)._asdict()
    assert found.loc[3].to_dict() == pytest.approx(expected, rel=1e-4)


def test_which_scenes_are_answered_right_is_kept_by_seed(
    ended, shelf, tmp_path
):
    scenes = record.scenes(EXPERIMENT, "test")
    expected = {}
    for seed in (3, 2):
        path = tmp_path / f"{seed}.safetensors"
        untrained(replace(EXPERIMENT, seed=seed), path)
        model = checkpoint.load(path)[0].model.eval()
        logits = model(scenes.image, scenes.query)[0]
        expected[seed] = (logits.argmax(dim=1) == scenes.target).tolist()
        store.store("a-trial", [path], {})
    assert expected[2] != expected[3]
    found = store.load("a-trial")
    assert list(found.right.index) == [2, 3]
    for seed, right in expected.items():
        assert found.right.loc[seed].tolist() == right
    shares = found.right.mean(axis=1)
    assert shares.tolist() == pytest.approx(found.test.accuracy, rel=1e-4)


def test_runs_may_not_say_which_scenes_they_answer_right(ended, shelf):
    found = store.store("a-trial", [ended[1]], {})
    bare = replace(found, right=pd.DataFrame(), name="bare")
    assert store.save(bare).right.empty
    assert store.save(replace(found, name="bare")).right.equals(found.right)


def test_stored_weights_are_the_runs_own_and_ready_to_be_asked(ended, shelf):
    _, path = ended
    store.store("best-mnist", [path], {})
    found = store.model("best-mnist")
    assert not found.training
    expected = checkpoint.load(path)[0].model.state_dict()
    tiny.assert_same(found.state_dict(), expected)


def test_runs_under_another_name_are_kept_for_their_rows_alone(ended, shelf):
    rows, path = ended
    assert len(store.store("a-trial", [path], {}).rows) == len(rows)
    assert not (shelf / "weights").exists()


def test_seeds_are_stored_as_they_come(ended, shelf, tmp_path):
    """One more stays beside those before it; one again takes its place."""
    rows, path = ended
    first = store.store("best-mnist", [path], {"command": "first"})
    weights = (shelf / "weights/best-mnist.safetensors").read_bytes()
    other = tmp_path / "other.safetensors"
    experiment = replace(EXPERIMENT, seed=2)
    its = untrained(experiment, other)
    both = store.store("best-mnist", [other], {"command": "second"})
    assert both.seeds == [2, 3]
    assert len(both.rows) == len(its) + len(rows)
    assert both.rows.loc[[3]].equals(first.rows)
    assert both.test.loc[[3]].equals(first.test)
    assert both.experiment == EXPERIMENT
    assert both.provenance == {"command": "second"}
    kept = (shelf / "weights/best-mnist.safetensors").read_bytes()
    assert kept == weights
    again = store.store("best-mnist", [path], {})
    assert again.rows.equals(both.rows)


def test_another_experiment_takes_the_place_of_the_whole(
    ended, shelf, tmp_path
):
    store.store("a-trial", [ended[1]], {})
    other = tmp_path / "other.safetensors"
    untrained(replace(EXPERIMENT, seed=2, model=SHARED), other)
    assert store.store("a-trial", [other], {}).seeds == [2]


def test_runs_that_are_stored_together_all_stay(ended, shelf, tmp_path):
    rows, path = ended
    other = tmp_path / "other.safetensors"
    its = untrained(replace(EXPERIMENT, seed=5), other)
    both = store.store("a-trial", [path, other], {})
    assert both.seeds == list(both.test.index) == [3, 5]
    assert len(both.rows) == len(rows) + len(its)


def test_stored_weights_are_those_of_the_last_step(ended, shelf):
    store.store("best-mnist", [ended[1]], {})
    run, rows = checkpoint.load(shelf / "weights/best-mnist.safetensors")
    assert (run.step, rows) == (2 * EPOCH, [])


def test_runs_may_wait_for_their_test(ended, shelf):
    found = store.store("a-trial", [ended[1]], {})
    path = shelf / "runs/a-trial.json"
    facts = {**json.loads(path.read_text()), "test": []}
    path.write_text(json.dumps(facts))
    again = store.load("a-trial")
    assert again.test.empty
    assert again.rows.equals(found.rows)


def test_files_hold_five_digits_and_can_be_read_by_a_person(shelf):
    rows = [
        {"seed": 3, "epoch": 1, "loss": 1.23456789, "hit": 1 / 3},
        {"seed": 3, "epoch": 2, "loss": 0.0000123456, "hit": 1.0},
    ]
    test = {"seed": 3, "loss": 123456.7, "hit": 0.125}
    table = pd.DataFrame(rows).set_index(["seed", "epoch"])
    measures = pd.DataFrame([test]).set_index("seed")
    made = {"command": "train it"}
    store.save(store.Record("a-trial", EXPERIMENT, table, measures, made))
    assert (shelf / "runs/a-trial.csv").read_text() == (
        "seed,epoch,loss,hit\n3,1,1.2346,0.33333\n3,2,1.2346e-05,1\n"
    )
    facts = {
        "experiment": asdict(EXPERIMENT),
        "command": "train it",
        "test": [{"seed": 3, "loss": 123460.0, "hit": 0.125}],
    }
    text = (shelf / "runs/a-trial.json").read_text()
    assert text == json.dumps(facts, indent=2) + "\n"


def test_no_run_is_nothing_to_store(shelf):
    says = "^there is no run to store: give at least one path.$"
    with pytest.raises(ValueError, match=says):
        store.store("best-mnist", [], {})


def test_runs_that_differ_in_more_than_their_seeds_are_not_stored(
    ended, shelf, tmp_path
):
    _, path = ended
    other = tmp_path / "other.safetensors"
    checkpoint.save(start(replace(EXPERIMENT, model=SHARED)), other)
    with pytest.raises(ValueError, match="is a run of a different experiment"):
        store.store("best-mnist", [path, other], {})


@pytest.mark.parametrize("read", [store.load, store.model])
def test_an_unknown_name_is_refused_with_what_there_is(read, ended, shelf):
    store.store("best-mnist", [ended[1]], {})
    says = r"'a-net': choose from \['best-mnist'\]"
    with pytest.raises(ValueError, match=says):
        read("a-net")


def test_tables_are_indexed_by_variant_seed_and_step(shelf):
    (shelf / "runs").mkdir(parents=True)
    lines = "variant,seed,step,loss,accuracy", "a,3,0,,0.25", "a,3,20,0.5,0.75"
    (shelf / "runs" / "some.csv").write_text("\n".join(lines))
    end = [{"variant": "a", "seed": 3, "test": 0.5, "maps": [0.5, 0.25]}]
    (shelf / "runs" / "some.json").write_text(json.dumps({"end": end}))
    curves, ends = store.tables("some")
    assert curves.accuracy["a", 3, 20] == 0.75
    assert ends.test["a", 3] == 0.5
    assert ends.maps["a", 3] == [0.5, 0.25]
    with pytest.raises(ValueError, match="some"):
        store.tables("others")
