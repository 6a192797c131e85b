"""What `pip install coterie` brings along."""

from __future__ import annotations

import re
from importlib import metadata


def needed(name: str, seen: set[str]) -> set[str]:
    """Return a distribution and everything it requires, extras aside."""
    if name in seen:
        return seen
    seen.add(name)
    for line in metadata.requires(name) or []:
        requirement, _, marker = line.partition(";")
        if "extra ==" in marker or ("python_version" in marker and "<" in marker) or "sys_platform" in marker:
            continue
        if "platform_system" in marker:
            continue
        needed(re.split(r"[\s<>=!~\[(]", requirement.strip())[0].lower().replace("_", "-"), seen)
    return seen


def test_the_core_install_is_at_most_twelve_packages() -> None:
    packages = needed("coterie", set())
    assert len(packages) <= 12, sorted(packages)


def test_the_package_is_typed_and_carries_its_templates() -> None:
    from importlib import resources

    home = resources.files("coterie")
    for part in ("py.typed", "portrait/ideas.toml", "report/templates/report.html"):
        assert home.joinpath(part).is_file(), part
