"""Controls to play with: change a question, and watch the net answer."""

from colorattn.widgets.explorer import Explorer

__all__ = ["Explorer"]
