"""What an axis shows, read back from its artists."""

import torch


def points(axis, marker=None):
    """The points of each line that has any, or of those with a marker."""
    return [
        line.get_xydata().tolist()
        for line in axis.lines
        if len(line.get_xdata()) and marker in (None, line.get_marker())
    ]


def texts(axis):
    """The texts of an axis, with their places."""
    return {
        text.get_text(): getattr(text, "xy", text.get_position())
        for text in axis.texts
    }


def bars_of(axis):
    """The ends of each error bar, as [[x, y], [x, y]]."""
    return [
        segment.tolist()
        for collection in axis.collections
        for segment in collection.get_segments()
    ]


def shown(axis):
    """The pixels of the image of an axis."""
    return torch.tensor(axis.images[0].get_array().data)
