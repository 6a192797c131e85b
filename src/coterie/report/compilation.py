"""Templates, compiled when coterie is installed.

Compiling the report's takes longer than filling it. The build runs this file; what it makes serves as long as the
templates and Jinja are the same, else they are compiled when they are needed.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment, Template
    from markupsafe import Markup

_TEMPLATES = Path(__file__).parent / "templates"
_COMPILED = "coterie.report.compiled"


@cache
def template(name: str) -> Template:
    """Return a page's template."""
    return _environment(_loader()).get_template(name)


def compile_all(target: Path) -> None:
    """Write every template as a module into a package.

    Parameters
    ----------
    target : the package's folder; made where it is missing.
    """
    from jinja2 import FileSystemLoader

    _environment(FileSystemLoader(_TEMPLATES)).compile_templates(target, extensions=["html"], zip=None)
    (target / "__init__.py").write_text(f'"""The templates of pages as Python."""\n\nDIGEST = "{_digest()}"\n')


def _environment(loader: BaseLoader) -> Environment:
    from jinja2 import Environment, StrictUndefined

    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=loader)
    made.filters["flags"] = _keep_flags
    return made


def _keep_flags(text: str) -> Markup:
    """Return a text whose flags are not broken at their hyphens."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"(?<![\w-])--[a-z][a-z-]*", r'<span class="nb">\g<0></span>', str(escape(text))))


def _loader() -> BaseLoader:
    """Return what finds templates: compiled, where that is of the same templates and the same Jinja."""
    from jinja2 import FileSystemLoader, ModuleLoader

    try:
        package = importlib.import_module(_COMPILED)
    except ImportError:
        return FileSystemLoader(_TEMPLATES)
    return ModuleLoader(list(package.__path__)) if _digest() == package.DIGEST else FileSystemLoader(_TEMPLATES)


def _digest() -> str:
    """Return the SHA-256 of what compiled templates depend on."""
    import jinja2

    texts = [path.read_bytes() for path in (Path(__file__), *sorted(_TEMPLATES.glob("*.html")))]
    return hashlib.sha256(b"\0".join([jinja2.__version__.encode(), *texts])).hexdigest()


if __name__ == "__main__":
    compile_all(Path(sys.argv[1]))
