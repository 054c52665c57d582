"""Controls to play with: change a question, and watch the net answer."""

from colorattn.widgets.explorer import Explorer
from colorattn.widgets.field import Field
from colorattn.widgets.temperature import Temperature

__all__ = ["Explorer", "Field", "Temperature"]
