"""Without a sandbox: what an answer uses that no answer needs.

This reads a program before it runs, and is no substitute for a sandbox: a
program can be written so that reading it doesn't help.
"""

import ast

MODULES = set(
    "collections colorattn copy dataclasses functools itertools math "
    "matplotlib numpy operator pandas random scipy statistics time torch tqdm "
    "types typing".split()
)
# Names and attributes that lead out of the interpreter, or into the marker.
NAMES = set(
    "open eval exec compile __import__ input breakpoint globals locals vars "
    "getattr setattr delattr exit quit memoryview help get_ipython "
    "__builtins__ __loader__".split()
)
ATTRIBUTES = set(
    "load save hub ops load_library tofile fromfile memmap savez savetxt "
    "loadtxt genfromtxt read_csv read_pickle to_csv to_pickle cpp_extension "
    "system popen f_back f_globals modules ctypeslib from_file serialization "
    "multiprocessing distributed os sys subprocess io checks".split()
)
HARMLESS = {"__getitem__", "__name__", "__len__"}


def reaches_outside(source: str) -> list[str]:
    """List what a program uses that leads outside of it."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # it does not run either
    return sorted({use for node in ast.walk(tree) for use in uses(node)})


def uses(node: ast.AST) -> list[str]:
    """List what one node of a program's tree uses."""
    match node:
        case ast.Import(names):
            return [f"import {x.name}" for x in names if outside(x.name)]
        case ast.ImportFrom(module, names, level):
            if level or outside(module or ""):
                return [f"from {module} import"]
            return [f"import {x.name}" for x in names if x.name in ATTRIBUTES]
        case ast.Name(name) if name in NAMES:
            return [name]
        case ast.Attribute(_, name) if name in ATTRIBUTES:
            return [f".{name}"]
        case ast.Attribute(_, name) if name.startswith("__"):
            return [] if name in HARMLESS else [f".{name}"]
    return []


def outside(module: str) -> bool:
    """Say whether a module is not one that answers need."""
    first, *rest = module.split(".")
    return first not in MODULES or bool(ATTRIBUTES & set(rest))
