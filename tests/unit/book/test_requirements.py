"""What the course needs is listed with a reason, bounded and pinned."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
NEEDS = {
    name: [Requirement(line) for line in lines]
    for name, lines in {"": PROJECT["dependencies"], **EXTRAS}.items()
}
ASKED = (ROOT / "requirements.txt").read_text("utf-8")
LISTED = {  # reasons, by name
    canonicalize_name(Requirement(name).name): reason.strip()
    for name, reason in re.findall(r"^([^#\n]+)#?(.*)$", ASKED, re.M)
}
PINNED = (ROOT / "constraints.txt").read_text("utf-8").split()
PINS = {
    canonicalize_name(name): version
    for name, version in (line.split("==") for line in PINNED)
}


@pytest.mark.parametrize("name", LISTED)
def test_a_requirement_has_a_reason_and_a_pin(name):
    assert len(LISTED[name]) >= 8
    assert re.fullmatch(r"[\d.]+(?:post\d+)?", PINS[name])


@pytest.mark.parametrize("extra", NEEDS)
def test_what_the_package_needs_is_listed_and_its_pin_fits(extra):
    for need in NEEDS[extra]:
        name = canonicalize_name(need.name)
        assert name in LISTED
        assert PINS[name] in need.specifier


@pytest.mark.parametrize("extra", ["", "cluster"])
def test_a_dependency_has_a_lower_bound_and_no_upper_one(extra):
    for need in NEEDS[extra]:
        assert [s.operator for s in need.specifier] == [">="], need


def test_the_tools_of_developers_are_the_section_of_the_tests():
    lines = ASKED.partition("# The tests\n")[2].splitlines()
    names = {canonicalize_name(line.split()[0]) for line in lines if line}
    assert names == {canonicalize_name(need.name) for need in NEEDS["dev"]}
