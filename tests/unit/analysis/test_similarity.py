"""Descriptions are compared as the chapter says."""

import pytest
import torch
from tiny import NET, noise
from torch.testing import assert_close

from colorattn.analysis import similarity
from colorattn.model.colornet import ColorNetImage


def test_the_last_stage_is_what_the_encoder_gives(drawings):
    net = ColorNetImage(NET, seed=0).eval()
    pictures = net.normalize(drawings.images[:7, None])
    found = similarity.activations(net.encode_query, pictures)
    assert [stage.shape[1] for stage in found] == [3, 2, 5]
    assert_close(found[-1], net.encode_query(pictures))


def test_descriptions_are_alike_whatever_is_rotated_or_scaled():
    one = noise(7, 5, 3, 2)
    turn = torch.linalg.qr(noise(5, 5, seed=1)).Q
    other = 11 * torch.einsum("dc,ncij->ndij", turn, one) - 3
    assert similarity.linear_cka(one, other) == pytest.approx(1, abs=1e-5)
    strangers = noise(997, 3, 2, 2), noise(997, 5, 2, 2, seed=1)
    assert similarity.linear_cka(*strangers) < 0.01


def test_alike_is_the_alignment_of_kernels():
    one, other = noise(7, 5, 3, 2), noise(7, 3, 3, 2, seed=1)
    kernels = []
    for each in (one, other):
        rows = each.permute(0, 2, 3, 1).flatten(0, 2)  # places, dim
        center = torch.eye(len(rows)) - 1 / len(rows)
        kernels.append(center @ rows @ rows.T @ center)
    a, b = kernels
    expected = (a * b).sum() / (a.norm() * b.norm())
    assert similarity.linear_cka(one, other) == pytest.approx(
        expected.item(), 1e-4
    )


def test_classes_are_read_off_features_only_where_they_are():
    labels = torch.arange(700) % 7
    told = noise(700, 5) + 11 * noise(7, 5, seed=2)[labels]
    assert similarity.linear_probe(told, labels) > 0.98
    assert similarity.linear_probe(noise(700, 5, seed=3), labels) < 0.3


def test_features_much_weaker_than_the_others_are_read_in_part():
    """The ridge is a thousandth of the mean variance of the features."""
    labels = torch.arange(400) % 2
    strong, told = noise(2, 400)
    told = told + 2 * (2 * labels - 1)
    found = [
        similarity.linear_probe(
            torch.stack([scale * strong, told], dim=1), labels
        )
        for scale in (1, 1_000, 10_000)
    ]
    assert found[0] > 0.95 > 0.9 > found[1] > 0.7 > 0.6 > found[2]


def test_every_pair_is_compared_once():
    vectors = torch.tensor([[1.0, 0], [2, 0], [0, 3], [-1, 0]])
    same, other = similarity.cosines(vectors, torch.tensor([0, 0, 1, 1]))
    assert sorted(same.tolist()) == [0, 1]
    assert sorted(other.tolist()) == [-1, -1, 0, 0]


def test_some_drawings_come_with_their_classes(drawings):
    images, labels = similarity.sample_drawings(drawings, 31)
    for image, label in zip(images, labels.tolist(), strict=True):
        first, count = drawings.first[label], drawings.counts[label]
        own = drawings.images[first : first + count]
        assert (own == image).flatten(1).all(dim=1).sum() == 1
    assert len(labels.unique()) > 5
    again, _ = similarity.sample_drawings(drawings, 31)
    assert torch.equal(images, again)


def test_two_encoders_with_the_same_kernels_agree_on_their_color(drawings):
    net = ColorNetImage(NET, seed=0).eval()
    image, query = net.encode_image.layers, net.encode_query.layers
    before = similarity.encoder_cka(net, drawings.images[:31])
    with torch.no_grad():  # every color as the first
        kernel = image[0].weight
        kernel.copy_(kernel[:, :1].expand_as(kernel))
    after = similarity.encoder_cka(net, drawings.images[:31])
    assert [len(found) for found in after.values()] == [3, 3]
    assert after["colors"] == pytest.approx([1, 1, 1], abs=1e-3)
    assert before["colors"][0] < 0.99
    assert after["encoders"][0] < 0.99
    assert len(image) == len(query)
