"""Where chapters run, and what the comparison of their outputs leaves out."""

import pytest
from colab import Base, make_base, publish
from rules import ROOT

# Run in a Python like Colab's by `make test`; `make test-colab` runs them all.
WHOLE = ["01_colored_mnist", "03_attention"]


class NotCompared:
    """Add to the kinds of output that nbval skips (pictures are among them).

    Progress bars and measured numbers differ between machines: they go to
    stderr and to text/html, and nothing else may.
    """

    def pytest_collectstart(self, collector):
        """Tell nbval's collector of a notebook."""
        if collector.fspath and collector.fspath.ext == ".ipynb":
            collector.skip_compare += ("stderr", "text/html")


def pytest_configure(config):
    """Apply to the chapters, which lie outside this folder."""
    config.pluginmanager.register(NotCompared())


def pytest_addoption(parser):
    """Offer to run every chapter where only a few are run otherwise."""
    parser.addoption("--all-chapters", action="store_true")


def pytest_generate_tests(metafunc):
    """Run the tests of a whole chapter for those that were asked for."""
    if "whole_chapter" in metafunc.fixturenames:
        paths = sorted((ROOT / "chapters").glob("*.ipynb"))
        if not metafunc.config.getoption("--all-chapters"):
            paths = [path for path in paths if path.stem in WHOLE]
        names = [path.stem for path in paths]
        metafunc.parametrize("whole_chapter", paths, ids=names)


@pytest.fixture(scope="session")
def base(tmp_path_factory) -> Base:
    """What Colab has."""
    return make_base(tmp_path_factory.mktemp("colab") / "base")


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """A repository of the course as it is now, as one would clone it."""
    return publish(tmp_path_factory.mktemp("published"))
