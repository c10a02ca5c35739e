"""The report as one page that needs nothing else: readable on a telephone, in the dark, and printed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from api.services.evaluation.tables import Cell, ReportTable, shown

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--line:#c9c9c9;--soft:#f2f4f6;
--s0:#005ea5;--s1:#b10e1e;--s2:#6f4a00;--s3:#00703c;--s4:#6f3fa0}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#16181a;--line:#4a4f54;--soft:#22262a;
--s0:#6cb8ff;--s1:#ff8f87;--s2:#e6b35c;--s3:#6fd39a;--s4:#c9a5f0}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:74rem;padding:1rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.25rem;margin-top:2.5rem}
nav ul{columns:18rem;padding-left:1.2rem}a{color:var(--s0)}
.scroll{overflow-x:auto}.scroll:focus-visible,a:focus-visible{outline:3px solid var(--s0);outline-offset:2px}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
.note{max-width:48rem}.ci{display:block;opacity:.85;font-size:.85em}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{border-bottom:1px solid var(--line);padding:.35rem .3rem .35rem 0;text-align:left;vertical-align:top}
thead th{background:var(--soft);padding-left:.3rem;hyphens:auto}
tbody th{font-weight:600}td,tbody th{padding-left:.3rem}
figure{margin:1.5rem 0}figure svg{display:block;width:100%;max-width:44rem;height:auto}
.warning{border-left:.3rem solid var(--s1);padding:.2rem 1rem;background:var(--soft)}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.6rem 1rem}
dt{font-size:.85rem}dd{margin:0;font-weight:600}
@media print{:root{color-scheme:light;--ink:#000;--paper:#fff;--line:#999;--soft:#fff}
body{max-width:none;font-size:9pt}nav{display:none}section{break-inside:avoid-page}
.scroll{overflow:visible}table{font-size:7.5pt}}
"""


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing: which table it goes with, what it shows in words, and the SVG."""

    table: str
    words: str
    svg: str


def page(
    about: Mapping[str, object], warnings: Sequence[str], tables: Sequence[ReportTable], plots: Sequence[Plot]
) -> str:
    """Return the page.

    Args:
        about: What was evaluated, by name.
        warnings: What the reader must know before believing anything.
        tables: In order.
        plots: Each stands above its table.
    """
    contents = "".join(f'<li><a href="#{table.name}">{escape(table.title)}</a></li>' for table in tables)
    sections = "".join(
        _section(table, [plot for plot in plots if plot.table == table.name]) for table in tables
    )
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(_told(value))}</dd></div>" for name, value in about.items()
    )
    warned = "".join(f'<p class="warning">{escape(warning)}</p>' for warning in warnings)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Evaluation of the engine</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>Evaluation of the engine</h1>{warned}<dl>{facts}</dl>"
        "<p>Figures in brackets are 95% intervals: of shares by Wilson\u2019s method, of others by drawing "
        "patients again with their whole diaries; none where a figure rests on fewer than ten patients.</p>"
        f'<nav aria-label="Tables"><ul>{contents}</ul></nav>{sections}</main></body></html>\n'
    )


def _section(table: ReportTable, plots: Sequence[Plot]) -> str:
    drawn = "".join(_figure(plot) for plot in plots)
    name = escape(table.name)
    title = f'<h2 id="{name}-title">{escape(table.title)}</h2>'
    return f'<section id="{name}">{title}{drawn}{_table(table)}</section>'


def _figure(plot: Plot) -> str:
    words = escape(plot.words)
    svg = plot.svg.replace("<svg", f'<svg role="img" aria-label="{words}"', 1)
    return f"<figure>{svg}<figcaption>{words} The numbers are in the table below.</figcaption></figure>"


def _table(table: ReportTable) -> str:
    name = escape(table.name)
    note = f'<p class="note" id="{name}-note">{escape(table.note)}</p>'
    if not table.rows:
        return f"{note}<p>Not enough data.</p>"
    heads = "".join(f'<th scope="col">{escape(column.title)}</th>' for column in table.columns)
    rows = "".join(f"<tr>{''.join(_cells(table, row))}</tr>" for row in table.rows)
    return (
        f'{note}<div class="scroll" role="region" tabindex="0" aria-labelledby="{name}-title">'
        f'<table aria-describedby="{name}-note"><caption class="unseen">{escape(table.title)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cells(table: ReportTable, row: Sequence[Cell]) -> Iterator[str]:
    for at, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
        words = shown(cell, column.form)
        if at == 0:
            yield f'<th scope="row">{escape(words.replace("_", " "))}</th>'
            continue
        value, bracket, interval = escape(words).partition(" (")
        told = f'{value} <span class="ci">({interval}</span>' if bracket and column.form else escape(words)
        yield f"<td>{told}</td>"


def _told(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)
