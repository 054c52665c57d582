"""What the comparison of the chapters' outputs leaves out."""


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
