"""A claim is used where prose marks it or code names it."""

import json

import pytest
import uses

NAMES = ["a", "b-value", "rung-post-cost", "rung-top-cost", "rung-post-worth"]


def page(tmp_path, suffix, text):
    """Write a page."""
    path = tmp_path / f"page{suffix}"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("88 %<!-- claim:a -->", ["a"]),
        ("88 %<!--claim:a-->", ["a"]),
        ("0.4 points<!-- claim:a.sd -->", ["a"]),
        ("twice\n<!-- claim:  a -->", ["a"]),
        ("a", []),
        ("`a`", []),
        ("88 %<!-- given: a -->", []),
        ("88 %<!-- claim:aa -->", []),
        ('"a"', []),
    ],
)
def test_prose_uses_what_it_marks_and_nothing_else(tmp_path, text, found):
    assert uses.used(page(tmp_path, ".md", text), NAMES) == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('claims.check("a", 5)', ["a"]),
        ('ledger["a"], other["b-value"]', ["a", "b-value"]),
        ("a = b - value  # b-value", []),
        ('f"rung-{name}-cost"', ["rung-post-cost", "rung-top-cost"]),
        ('f"rung-post-{field}"', ["rung-post-cost", "rung-post-worth"]),
        ('f"rung-{name}"', []),  # the end of a name has no hyphen
        ('f"{name}-cost"', []),  # could be anything
    ],
)
def test_code_uses_what_its_strings_can_name(tmp_path, code, found):
    assert uses.used(page(tmp_path, ".py", code), NAMES) == found


def test_a_notebook_has_prose_and_code(tmp_path):
    prose = ['"a"\n', "1<!-- claim:b-value -->"]
    cells = [
        {"cell_type": "markdown", "source": prose},
        {"cell_type": "code", "source": ['f"rung-{name}-worth"\n', "a"]},
    ]
    path = page(tmp_path, ".ipynb", json.dumps({"cells": cells}))
    assert uses.used(path, NAMES) == ["b-value", "rung-post-worth"]


def test_each_use_is_listed_with_its_file(tmp_path, monkeypatch):
    pages = [
        page(tmp_path, ".md", "1<!-- claim:a -->"),
        page(tmp_path, ".py", '"a", "b-value"'),
    ]
    monkeypatch.setattr(uses, "pages", lambda: pages)
    assert uses.uses(NAMES) == {"a": pages, "b-value": pages[1:]}


def test_the_course_s_own_files_are_all_there():
    assert all(path.exists() for path in uses.pages())
    assert len([p for p in uses.pages() if p.suffix == ".ipynb"]) == 12
