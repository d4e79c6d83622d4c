"""A record becomes a PDF: JSON and charts beside a Typst template, compiled to PDF/A-3a and PDF/UA-1 at once.

Text reaches the template only as JSON data, so nothing that anybody typed is ever read as markup. The same record gives
the same bytes: no clock, no fonts of the machine, no network. The record is attached to the file it made, as it is;
what is set is a copy in which every sign can be printed.

What the pages are set of (template, record, drawings) is kept beside the file as its materials, so that the same bytes
can be made again when template and charts have long moved on.
"""

import io
import json
import re
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst
from django.conf import settings

from fiduciary.printable import printable
from menus.charts import Chart, svg
from menus.run_charts import charts_of_run
from sponsors.ledger.canonical import canonical_json

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "pdf"
TEMPLATE = "prudence_review.typ"
# A compressed part whose last byte is CR runs into the line end after it, and a reader cannot tell how long it is:
# PDF/A asks for the stated length to be the length found. Chance does that to one file of eight; it is set again.
AMBIGUOUS_END = b"\r\nendstream"
SETTINGS = 20
Materials = dict[str, bytes]
STANDARDS: tuple[Literal["a-3a"], Literal["ua-1"]] = ("a-3a", "ua-1")


def render_review(record: dict[str, Any]) -> bytes:
    """The prudence review of a signed record as PDF bytes. Raises `typst.TypstError` when the template is broken."""
    return set_review(record)[0]


def set_review(record: dict[str, Any]) -> tuple[bytes, Materials]:
    """The PDF of a signed record and what it was set of: file name -> content."""
    for setting in range(SETTINGS):
        materials = materials_of(record, setting)
        pdf = set_pages(materials)
        if AMBIGUOUS_END not in pdf:
            return pdf, materials
    raise RuntimeError(f"None of {SETTINGS} settings of the document gave an unambiguous file.")


def set_pages(materials: Materials) -> bytes:
    """The PDF that these materials make. Same materials and same Typst, same bytes."""
    signed_at = json.loads(materials["record.json"])["decision"]["signed_at"]
    with tempfile.TemporaryDirectory(prefix="steward-pdf-") as folder:
        for name, content in materials.items():
            (Path(folder) / name).write_bytes(content)
        return typst.compile(
            str(Path(folder) / TEMPLATE),
            root=folder,
            ignore_system_fonts=True,
            pdf_standards=[*STANDARDS],
            timestamp=int(datetime.fromisoformat(signed_at).timestamp()),
        )


def materials_packed(materials: Materials) -> bytes:
    """The materials as one zip file; equal materials give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(materials):
            archive.writestr(zipfile.ZipInfo(name), materials[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def materials_unpacked(packed: bytes) -> Materials:
    """The materials of a zip file made by `materials_packed`. Raises zipfile.BadZipFile."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {Path(name).name: archive.read(name) for name in archive.namelist()}


def materials_of(record: dict[str, Any], setting: int) -> Materials:
    """What one setting of the pages is made of. Later settings differ in nothing a reader would miss."""
    copy: dict[str, Any] = printable(record)
    copy |= {"has_substitutes": b"[U+" in canonical_json(copy), "setting": setting}
    charts = _charts(record)
    return {
        **{source.name: source.read_bytes() for source in TEMPLATES.glob("*.typ")},
        **{f"{chart.name}.svg": _drawing(chart, setting) for chart in charts},
        "record.json": canonical_json(record) + b"\n" * setting,
        "set.json": canonical_json(copy),
        "charts.json": canonical_json(
            [
                {"file": f"{c.name}.svg", "title": c.title, "subtitle": c.subtitle, "alt": c.alt}
                for c in charts
            ]
        ),
    }


def page_count(pdf: bytes) -> int:
    """Pages of a file made by `render_review`: the count in its page tree's root, the largest there is."""
    return max(
        (int(count) for count in re.findall(rb"/Type ?/Pages.{0,400}?/Count (\d+)", pdf, re.DOTALL)),
        default=0,
    )


def _charts(record: dict[str, Any]) -> list[Chart]:
    run = record["run"]
    return charts_of_run(run["result"]) if run and run["result"] else []


def _drawing(chart: Chart, setting: int) -> bytes:
    """A chart as SVG. A later setting draws type and lines by thousandths of a pixel larger."""
    drawing = svg(chart.spec, scheme="print")
    if setting:
        drawing = re.sub(r'((?:font-size|stroke-width)="\d+)', rf"\g<1>.{setting:03}", drawing)
    return drawing.encode()
