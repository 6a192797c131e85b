"""A picture whose style is attributes: it needs no style sheet, so no policy of a page can take its colors away."""

from __future__ import annotations

import re
from functools import cache
from xml.etree import ElementTree

from coterie.doors import frozen

SVG = "http://www.w3.org/2000/svg"
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMPOUND = re.compile(r"^([a-z]*)((?:\.[\w-]+)*)$")


@frozen
class _Rule:
    """What elements of a kind look like: each part of a selector is a tag and classes."""

    weight: tuple[int, int]
    path: tuple[tuple[str, frozenset[str]], ...]
    said: tuple[tuple[str, str], ...]


def as_attributes(picture: str) -> str:
    """Return an SVG document without style sheet and classes, which looks the same.

    >>> as_attributes(f'<svg xmlns="{SVG}"><style>.a .b{{fill:red}}</style><g class="a"><rect class="b" /></g></svg>')
    '<svg xmlns="http://www.w3.org/2000/svg"><g><rect fill="red" /></g></svg>'
    """
    root = ElementTree.fromstring(picture.replace(f' xmlns="{SVG}"', "", 1))
    sheets = [child for child in root if child.tag == "style"]
    rules = _read("".join(sheet.text or "" for sheet in sheets))
    for sheet in sheets:
        root.remove(sheet)
    _apply(root, rules, ())
    root.attrib = {"xmlns": SVG, **root.attrib}
    return ElementTree.tostring(root, encoding="unicode")


@cache
def _read(sheet: str) -> tuple[_Rule, ...]:
    """Return the rules of a style sheet, those that win last."""
    found = []
    for selectors, declared in _RULE.findall(sheet):
        pairs = (d.partition(":") for d in declared.split(";"))
        said = tuple((name.strip(), value.strip()) for name, _, value in pairs)
        for selector in selectors.split(","):
            matched = [_COMPOUND.match(part) for part in selector.split()]
            path = tuple((m[1], frozenset(filter(None, m[2].split(".")))) for m in matched if m)
            if len(path) == len(matched):
                found.append(_Rule((sum(len(c) for _, c in path), sum(bool(t) for t, _ in path)), path, said))
    return tuple(sorted(found, key=lambda rule: rule.weight))


def _apply(
    element: ElementTree.Element, rules: tuple[_Rule, ...], above: tuple[tuple[str, frozenset[str]], ...]
) -> None:
    here = (*above, (element.tag, frozenset(element.attrib.pop("class", "").split())))
    for rule in rules:
        if _matches(rule.path, here):
            element.attrib.update((name, value) for name, value in rule.said if name)
    for child in element:
        _apply(child, rules, here)


def _matches(path: tuple[tuple[str, frozenset[str]], ...], here: tuple[tuple[str, frozenset[str]], ...]) -> bool:
    """Say whether a selector means the last of these elements, each of which is inside the one before."""
    (tag, classes), *outer = reversed(path)
    if (tag and tag != here[-1][0]) or not classes <= here[-1][1]:
        return False
    for seen in reversed(here[:-1]):
        if outer and (not outer[0][0] or outer[0][0] == seen[0]) and outer[0][1] <= seen[1]:
            outer = outer[1:]
    return not outer
