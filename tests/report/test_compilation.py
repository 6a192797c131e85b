from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader, ModuleLoader

from coterie.report import compilation
from records import simulated


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Templates compiled as the build does it, in the place of the installed ones."""
    folder = tmp_path / "compiled_here"
    compilation.compile_all(folder)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(compilation, "_COMPILED", folder.name)
    monkeypatch.delitem(__import__("sys").modules, folder.name, raising=False)
    yield folder
    gc.collect()  # a loader that is gone leaves a dead reference among the modules until then


def test_every_template_is_compiled(package: Path) -> None:
    names = {path.name for path in (Path(compilation.__file__).parent / "templates").glob("*.html")}
    loader = compilation._loader()
    assert isinstance(loader, ModuleLoader)
    environment = compilation._environment(loader)
    assert {name for name in names if environment.get_template(name)} == names


def test_a_compiled_template_writes_what_the_template_writes(package: Path) -> None:
    from coterie.report import page

    record, points = simulated()
    compilation.template.cache_clear()
    compiled = page.render(record, points)
    (package / "__init__.py").unlink()
    compilation.template.cache_clear()
    assert page.render(record, points) == compiled


def test_templates_that_changed_since_are_compiled_anew(package: Path) -> None:
    (package / "__init__.py").write_text('DIGEST = "of other templates"\n')
    assert isinstance(compilation._loader(), FileSystemLoader)
