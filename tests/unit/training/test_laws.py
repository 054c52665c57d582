"""Laws of experiments and checkpoints: each is itself again, or refused."""

import json
from dataclasses import asdict, fields, is_dataclass

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from safetensors.torch import save_file
from tiny import EXPERIMENT, assert_same

from colorattn.data.scene import SIDE
from colorattn.model.attention import READOUTS
from colorattn.model.colornet import HEADS
from colorattn.model.encoder import INPUTS, ORDERS, POOLINGS
from colorattn.training import checkpoint
from colorattn.training.checkpoint import BadCheckpoint
from colorattn.training.config import POST, from_json, vary
from colorattn.training.loop import start

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SMALL = st.integers(1, 9)
FLAGS = "padding", "norm", "last_relu", "bias", "tied"
ALONE = [  # changes that fit every experiment
    {"seed": 7},
    {"dataset": "letters"},
    {"scene.spacing": 1},
    {"recipe.learning_rate": 0.5, "recipe.pretrain": 11},
    {"model.image_encoder.norm": False, "recipe.epochs": 3},
    {"model.image_encoder.slope": 2.0, "model.head_scale": 3.0},
]


@st.composite
def encoders(draw, name: str, last: int, window: int) -> dict[str, object]:
    """Fields of an encoder of one to four layers, the last of a given size."""
    layers = draw(st.integers(1, 4))
    lists = {
        field: tuple(draw(SMALL) for _ in range(layers))
        for field in ("channels", "kernels", "strides", "dilations")
    }
    lists["channels"] = *lists["channels"][:-1], last
    found = {
        **lists,
        **{flag: draw(st.booleans()) for flag in FLAGS},
        "order": draw(st.sampled_from(ORDERS)),
        "slope": draw(FINITE),
        "shrink": draw(SMALL),
        "window": window,
    }
    return {f"model.{name}.{field}": value for field, value in found.items()}


@st.composite
def variations(draw) -> dict[str, object]:
    """Fields of any experiment that fit together."""
    last, queries = draw(SMALL), draw(st.integers(1, 3))
    window = draw(st.sampled_from([1, 3, 5]))
    canvas = 8 * draw(st.integers(4, 12))
    image = draw(encoders("image_encoder", last, window))
    padded = image["model.image_encoder.padding"]
    if draw(st.booleans()):
        query = {"model.query_encoder": None}
    else:
        query = draw(encoders("query_encoder", last, window))
    readout = draw(st.sampled_from(sorted(READOUTS)))
    assume(padded or readout != "image_sum_centered")
    brightness = st.just(0.0), st.just(1.0)  # which a logarithm must read
    scale = brightness if readout == "image_log" else (FINITE, FINITE)
    heads = HEADS.keys() - ({"none"} if readout == "features" else set())
    return {
        "dataset": draw(st.sampled_from(["mnist", "fashion"])),
        "scene.canvas": canvas,
        "scene.num_symbols": draw(st.integers(max(2, queries), 3)),
        "scene.spacing": draw(st.integers(0, canvas - SIDE)),
        **image,
        **query,
        "model.key_input": draw(st.sampled_from(sorted(INPUTS))),
        "model.query_pooling": draw(st.sampled_from(sorted(POOLINGS))),
        "model.score_scale": draw(FINITE),
        "model.readout": readout,
        "model.head": draw(st.sampled_from(sorted(heads))),
        "model.head_scale": draw(FINITE),
        "model.normalization.mean": draw(scale[0]),
        "model.normalization.std": draw(scale[1]),
        "model.query_unpadded": draw(SMALL),
        "model.shared_shifts": draw(st.booleans()),
        "recipe.optimizer": draw(st.sampled_from(["adam", "muon", "sgd"])),
        "recipe.learning_rate": draw(FINITE),
        "recipe.schedule": draw(st.sampled_from(["constant", "one-cycle"])),
        "recipe.batch_size": queries * draw(SMALL),
        "recipe.queries_per_scene": queries,
        "recipe.augment": draw(st.booleans()),
        "recipe.epochs": draw(SMALL),
        "recipe.num_scenes": draw(SMALL) if queries == 1 else None,
        "recipe.pretrain": draw(SMALL),
        "recipe.warmup": draw(FINITE),
        "seed": draw(st.none() | st.integers(0, 2**64)),
    }


def leaves(part, path: str = "") -> dict[str, object]:
    """The values of a configuration, by their dotted fields."""
    found = {}
    for f in fields(part):
        value, here = getattr(part, f.name), f"{path}{f.name}"
        deeper = is_dataclass(value)
        found |= leaves(value, f"{here}.") if deeper else {here: value}
    return found


@given(variations())
def test_a_variation_has_the_fields_it_names(changes):
    assert leaves(vary(POST, changes)) == changes


@given(variations())
def test_every_experiment_comes_back_from_json(changes):
    experiment = vary(POST, changes)
    assert from_json(asdict(experiment)) == experiment
    assert from_json(json.loads(json.dumps(asdict(experiment)))) == experiment


@given(variations(), st.data())
def test_one_field_changes_and_all_others_stay(changes, data):
    base = vary(POST, changes)
    change = data.draw(st.sampled_from(ALONE))
    varied = vary(base, change)
    assert leaves(varied) == changes | change
    back = {field: changes[field] for field in change}
    assert vary(varied, back) == base == vary(base, {})


@given(variations(), st.data())
def test_an_unknown_field_is_refused_wherever_it_is(changes, data):
    parts = data.draw(st.sampled_from(sorted(changes))).split(".")
    n = data.draw(st.integers(0, len(parts) - 1))
    parts[n] += "_"
    with pytest.raises(ValueError, match=f"has no field '{parts[n]}'"):
        vary(vary(POST, changes), {".".join(parts): 1})


@pytest.fixture(scope="module")
def run():
    """A run that was never trained."""
    return start(EXPERIMENT)


@pytest.fixture(scope="module")
def content(run, tmp_path_factory) -> bytes:
    """Its checkpoint, byte by byte."""
    path = tmp_path_factory.mktemp("runs") / "run"
    checkpoint.save(run, path, [{"epoch": 0}])
    return path.read_bytes()


def assert_refused_or_whole(path, run) -> None:
    """A file is told to be bad, or holds what was saved."""
    try:
        found, rows = checkpoint.load(path)
    except BadCheckpoint as refusal:
        assert str(path) in str(refusal)
        return
    assert rows == [{"epoch": 0}]
    assert (found.experiment, found.step) == (run.experiment, run.step)
    assert_same(found.model.state_dict(), run.model.state_dict())


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(tmp_path, content):
    path = tmp_path / "any"
    path.write_bytes(content)
    with pytest.raises(BadCheckpoint, match="any is not a checkpoint"):
        checkpoint.load(path)


@given(share=st.floats(0, 1, exclude_max=True))
def test_whatever_is_cut_off_is_missed(share, tmp_path, content):
    path = tmp_path / "cut"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(BadCheckpoint, match="cut is not a checkpoint"):
        checkpoint.load(path)


@given(
    share=st.floats(0, 1, exclude_max=True),
    bit=st.integers(0, 7),
    header=st.booleans(),
)
def test_no_changed_bit_gives_a_different_net(
    share, bit, header, tmp_path, content, run
):
    path, changed = tmp_path / "changed", bytearray(content)
    size = 8 + int.from_bytes(content[:8], "little")  # of the header
    place = int(share * (size if header else len(content)))
    changed[place] ^= 1 << bit
    path.write_bytes(changed)
    assert_refused_or_whole(path, run)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | st.text(max_size=9),
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.dictionaries(st.text(max_size=9), parts, max_size=3)
    ),
    max_leaves=5,
)


@given(facts=JSON, named=st.booleans())
def test_tensors_with_any_facts_are_refused(facts, named, tmp_path, content):
    path, tensors = tmp_path / "other", {"model.weight": torch.zeros(3)}
    metadata = {"run" if named else "facts": json.dumps(facts)}
    save_file(tensors, path, metadata)
    with pytest.raises(BadCheckpoint, match="other is not a checkpoint"):
        checkpoint.load(path)


@given(description=JSON)
def test_a_file_of_no_experiment_is_refused(description, tmp_path, content):
    """Its checksum fits: it was made so on purpose."""
    path = tmp_path / "made"
    path.write_bytes(content)
    tensors, facts = checkpoint.read(path)
    facts["experiment"] = description
    facts["checksum"] = checkpoint.checksum(tensors, facts)
    save_file(tensors, path, {"run": json.dumps(facts)})
    for load in checkpoint.load, checkpoint.load_model:
        with pytest.raises(BadCheckpoint, match="made does not fit"):
            load(path)
