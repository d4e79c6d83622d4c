"""A record becomes a PDF: JSON and charts beside a Typst template, compiled to PDF/A-3a and PDF/UA-1 at once.

Text reaches the template only as JSON data, so nothing that anybody typed is ever read as markup. The same record gives
the same bytes: no clock, no fonts of the machine, no network. The record is attached to the file it made, as it is;
what is set is a copy in which every sign can be printed.
"""

import hashlib
import re
import tempfile
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import typst
from django.conf import settings

from fiduciary.printable import printable
from menus.charts import charts_of_run, svg
from sponsors.ledger.canonical import canonical_json

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "pdf"
TEMPLATE = "prudence_review.typ"
# A compressed part whose last byte is CR runs into the line end after it, and a reader cannot tell how long it is:
# PDF/A asks for the stated length to be the length found. Chance does that to one file of eight; it is set again.
AMBIGUOUS_END = b"\r\nendstream"
SETTINGS = 20
STANDARDS: tuple[Literal["a-3a"], Literal["ua-1"]] = ("a-3a", "ua-1")


def render_review(record: dict[str, Any]) -> bytes:
    """The prudence review of a signed record as PDF bytes. Raises `typst.TypstError` when the template is broken."""
    with tempfile.TemporaryDirectory(prefix="steward-pdf-") as folder:
        root = Path(folder)
        for source in TEMPLATES.glob("*.typ"):
            (root / source.name).write_bytes(source.read_bytes())
        for setting in range(SETTINGS):
            pdf = _set(record, root, setting)
            if AMBIGUOUS_END not in pdf:
                return pdf
    raise RuntimeError(f"None of {SETTINGS} settings of the document gave an unambiguous file.")


def _set(record: dict[str, Any], root: Path, setting: int) -> bytes:
    """One setting of the pages. Later settings differ from the first in nothing a reader would miss."""
    copy: dict[str, Any] = printable(record)
    copy |= {"has_substitutes": b"[U+" in canonical_json(copy), "setting": setting}
    (root / "set.json").write_bytes(canonical_json(copy))
    (root / "charts.json").write_bytes(canonical_json(_write_charts(record, root, setting)))
    (root / "record.json").write_bytes(canonical_json(record) + b"\n" * setting)
    return typst.compile(
        str(root / TEMPLATE),
        root=str(root),
        ignore_system_fonts=True,
        pdf_standards=[*STANDARDS],
        timestamp=int(datetime.fromisoformat(record["decision"]["signed_at"]).timestamp()),
    )


def template_hash() -> str:
    """Hash of what decides the bytes beside record and charts: the templates and the renderers' versions."""
    sha = hashlib.sha256(f"{version('typst')} {version('vl-convert-python')}".encode())
    for source in sorted(TEMPLATES.glob("*.typ")):
        sha.update(source.name.encode() + source.read_bytes())
    return sha.hexdigest()


def page_count(pdf: bytes) -> int:
    """Pages of a file made by `render_review`: the count in its page tree's root, the largest there is."""
    return max(
        (int(count) for count in re.findall(rb"/Type ?/Pages.{0,400}?/Count (\d+)", pdf, re.DOTALL)),
        default=0,
    )


def _write_charts(record: dict[str, Any], root: Path, setting: int) -> list[dict[str, str]]:
    """The run's charts as SVG files. A later setting draws type and lines by thousandths of a pixel larger."""
    run = record["run"]
    charts = charts_of_run(run["result"]) if run and run["result"] else []
    for chart in charts:
        drawing = svg(chart.spec, scheme="print")
        if setting:
            drawing = re.sub(r'((?:font-size|stroke-width)="\d+)', rf"\g<1>.{setting:03}", drawing)
        (root / f"{chart.name}.svg").write_text(drawing)
    return [{"file": f"{c.name}.svg", "title": c.title, "subtitle": c.subtitle, "alt": c.alt} for c in charts]
