"""What the pages promise: nothing inline, every icon drawn, every component shown, contrast in light and dark."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "config" / "static" / "steward"
COMPONENTS = sorted(path.stem for path in (TEMPLATES / "_components").glob("[!_]*.html"))
PAGES = sorted(TEMPLATES.rglob("*.html"))

INLINE = re.compile(
    r"""<[^>]*\s(?:style|on[a-z]+)\s*=\s*["']|<style\b|<script(?![^>]*\ssrc=)""", re.IGNORECASE
)
AA_TEXT = 4.5
GROUNDS = ["ground", "raised", "sunken"]
WASHES = [("block", "block-wash"), ("caution", "caution-wash"), ("note", "note-wash"), ("done", "done-wash")]
PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "accent", "accent-strong") for ground in GROUNDS],
    *[(kind, ground) for kind, _ in WASHES for ground in GROUNDS],
    *WASHES,
    *[("ink", wash) for _, wash in WASHES],
    ("ink-soft", "neutral-wash"),
    ("ink-soft", "accent-wash"),
    ("accent-strong", "accent-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_template_holds_nothing_inline(page):
    assert INLINE.findall(page.read_text()) == []


def test_every_icon_named_in_a_template_is_drawn():
    sprite = ElementTree.parse(STATIC / "img" / "icons.svg")
    drawn = {symbol.get("id") for symbol in sprite.iter("{http://www.w3.org/2000/svg}symbol")}
    named = re.compile(r"""\bicon[ =]["']([a-z-]+)["']""")
    used = {(name, page.name) for page in PAGES for name in named.findall(page.read_text())}

    assert {(name, page) for name, page in used if name not in drawn} == set()


def test_every_component_is_described():
    text = (ROOT / "docs" / "components.md").read_text()

    assert [name for name in COMPONENTS if f"`{name}.html`" not in text and f"{name}.html" not in text] == []


@pytest.mark.django_db
def test_styleguide_renders_every_component(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(0):
        response = client.get("/styleguide/")

    rendered = {
        Path(template.name).stem for template in response.templates if "_components/" in template.name
    }
    needs_a_login = {"rail"}
    assert response.status_code == 200
    assert set(COMPONENTS) - rendered - needs_a_login == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_ink_can_be_read_on_its_ground(ink, ground, scheme):
    colours = _tokens(scheme)

    assert _contrast(colours[ink], colours[ground]) >= AA_TEXT


def _tokens(scheme: str) -> dict[str, str]:
    css = (STATIC / "css" / "tokens.css").read_text()
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", css)
    return {name: light if scheme == "light" else dark for name, light, dark in pairs}


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours written #rrggbb."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
