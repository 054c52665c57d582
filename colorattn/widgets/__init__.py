"""Interactive figures for notebooks.

The Explorer needs a kernel: `explorer` holds its controls, `view` computes
what it shows, and `tiles` lays that out as HTML. `live` is the base of the
figures that run in the page without a kernel: `descent`, keys and a query
that learn, `temperature`, a slider for the softmax, `field`, the receptive
field of a chain of convolutions, and `hops`, who looks where in a transformer.
"""

from colorattn.widgets.descent import Descent
from colorattn.widgets.explorer import Explorer
from colorattn.widgets.field import Field
from colorattn.widgets.hops import Hops
from colorattn.widgets.temperature import Temperature
