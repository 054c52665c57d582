"""Check shapes in signatures, as pytest does elsewhere by an option.

mutmut begins pytest several times in one process, which that option refuses.
"""

from jaxtyping import install_import_hook

install_import_hook("colorattn", "beartype.beartype")
