"""The page's only style sheet: paper and ink, two colours that every eye tells apart, and a grey."""

from __future__ import annotations

from typing import Final

__all__ = ["STYLE"]

STYLE: Final = """
:root {
  --paper: #fcfbf8; --tint: #f3f1ea; --ink: #20242a; --soft: #62676f; --line: #dcd8cd;
  --first: #1f5c8c; --second: #c9791a; --third: #7b5ea7; --rest: #918e86; --event: #a09b8f;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", Georgia, "DejaVu Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15181c; --tint: #1c2025; --ink: #e5e2da; --soft: #9a9da3; --line: #343940;
    --first: #72b1e2; --second: #e9a54b; --third: #b79bdf; --rest: #6c7076; --event: #6d7178;
  }
}
* { box-sizing: border-box; }
html { font-size: 17px; -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; padding: 4.5rem 1.5rem 5rem; max-width: 52rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.6 var(--serif); overflow-wrap: break-word;
}
h1, h2, h3, h4, p, dl, dd, ol, ul { margin: 0; padding: 0; }
h1 { font-size: 2.4rem; line-height: 1.15; font-weight: 500; letter-spacing: -0.01em; text-wrap: balance; }
h2 { font-size: 1.55rem; line-height: 1.25; font-weight: 500; margin-bottom: 1.1rem; }
h3 { font-size: 1.05rem; line-height: 1.4; font-weight: 600; }
h4 { font: 600 0.78rem/1.4 var(--sans); color: var(--soft); margin-bottom: 0.7rem; }
code { font: 0.84em/1.5 var(--mono); overflow-wrap: anywhere; }
section { margin-top: 5rem; scroll-margin-top: 1.5rem; }
.house { font: 600 0.82rem/1 var(--sans); color: var(--first); margin-bottom: 1.4rem; }
.told, .role, .prose, .note, .skipped, .outcome, .legend, .events, footer, nav { color: var(--soft); }
.told { margin-top: 0.8rem; }
.prose { max-width: 40rem; margin-bottom: 1.6rem; }
.verdict { margin-top: 1.6rem; max-width: 40rem; }
.facts { display: flex; flex-wrap: wrap; gap: 1.4rem 3rem; margin-top: 2.4rem; }
.facts div { display: flex; flex-direction: column-reverse; }
.facts dd { font: 400 1.7rem/1.2 var(--serif); font-variant-numeric: tabular-nums lining-nums; }
.facts dt { font: 0.78rem/1.6 var(--sans); color: var(--soft); }
nav { margin-top: 2.6rem; padding: 0.9rem 0; border: solid var(--line); border-width: 1px 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.3rem 1.6rem; list-style: none; font: 0.82rem/1.6 var(--sans); }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 0.25em; }
a:hover { color: var(--first); text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--first); outline-offset: 3px; }

.panel { margin-top: 1.9rem; break-inside: avoid; }
.strip-head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1.5rem; }
.role { font: 400 0.82rem/1.4 var(--sans); margin-left: 0.7rem; }
.outcome, .legend { font: 0.78rem/1.6 var(--sans); font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.3rem; }
.legend svg { vertical-align: -0.1em; overflow: visible; }
svg { display: block; }
.legend svg { display: inline; }
.plot { padding-left: 3.8rem; }
.strip, .axis, .bars { overflow: visible; }
svg text { font: 11px var(--sans); fill: var(--soft); font-variant-numeric: tabular-nums; }
.name { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.grid { stroke: var(--line); stroke-width: 1; opacity: 0.55; }
.zero { stroke: var(--soft); stroke-width: 1; opacity: 0.7; }
.base { stroke: var(--line); }
.cut { stroke: var(--soft); fill: none; stroke-width: 1.2; }
svg .left-out { font-style: italic; }
.event { stroke: var(--event); stroke-width: 1; stroke-dasharray: 1 3; }
svg .event-number { font-weight: 600; font-size: 10px; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.line.first { stroke: var(--first); }
.line.second { stroke: var(--second); stroke-dasharray: 6 3; }
.line.third { stroke: var(--third); stroke-dasharray: 2 2; }
.hover { fill: var(--ink); fill-opacity: 0; }
.hover:hover { fill-opacity: 0.06; }
.events { margin: 0.9rem 0 3rem; padding-left: 1.5rem; columns: 20rem 2; column-gap: 2.5rem; }
.events { font: 0.86rem/1.7 var(--sans); font-variant-numeric: tabular-nums; }
.events li { break-inside: avoid; padding-left: 5.8rem; text-indent: -5.8rem; }
.events li::marker { font-weight: 600; font-size: 0.76rem; }
.when { display: inline-block; min-width: 5.6rem; text-indent: 0; color: var(--ink); }
.empty { color: var(--soft); font-style: italic; }

.sides + .sides { margin-top: 2.8rem; }
.sides, .chapter { break-inside: avoid; }
.pair { display: grid; grid-template-columns: 1fr 1fr; margin-top: 0.8rem; }
.pair > div { padding: 1.2rem 1.4rem; min-width: 0; }
.pair dl { font: 0.84rem/1.5 var(--sans); }
.pair dl div { display: grid; grid-template-columns: 5.5rem 1fr; gap: 0.8rem; padding: 0.22rem 0; }
.pair dt { color: var(--soft); }
.pair ol { list-style: none; }
.seen-by-l1 { background: var(--tint); }
.seen-by-l1 code { color: var(--soft); }
.seen-by-owner { border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.seen-by-owner p { margin-bottom: 0.5rem; }
.seen-by-owner dl { margin-top: 0.9rem; }
.seen-by-owner dl div { grid-template-columns: 1fr auto; }
.seen-by-owner dd { text-align: right; }

.table { overflow-x: auto; margin-top: 0.8rem; }
.table + .table { margin-top: 2.8rem; }
caption .legend { padding-top: 0.3rem; font-weight: 400; }
table { border-collapse: collapse; width: 100%; font: 0.84rem/1.45 var(--sans); }
caption { text-align: left; font: 600 1.05rem/1.4 var(--serif); padding-bottom: 0.5rem; }
th, td { text-align: left; vertical-align: top; padding: 0.42rem 1.1rem 0.42rem 0; }
th, td { border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th, thead td { color: var(--soft); font-weight: 400; vertical-align: bottom; }
tbody th { font-weight: 500; }
.number, .sum { font-variant-numeric: tabular-nums lining-nums; white-space: nowrap; }
.number { text-align: right; }
.micro { color: var(--soft); font-size: 0.88em; }
.sub { display: block; font-weight: 400; color: var(--soft); }
table.bars { table-layout: fixed; min-width: 36rem; }
.bars :is(th, td):nth-child(1) { width: 20%; }
.bars :is(th, td):nth-child(2) { width: 36%; }
.bars .bar { padding-top: 0.62rem; }
.part { stroke: var(--paper); stroke-width: 1; }
.part.first { fill: var(--first); } .part.second { fill: var(--second); }
.part.third { fill: var(--third); } .part.rest { fill: var(--rest); }
.floor { stroke: var(--ink); stroke-width: 1.5; }

.chapter + .chapter { margin-top: 2rem; }
.claims { list-style: none; margin-top: 0.5rem; }
.claims li { padding-left: 1.6rem; text-indent: -1.6rem; margin-top: 0.25rem; }
.claims li::before { content: "✓"; display: inline-block; width: 1.6rem; text-indent: 0; color: var(--first); }
.note, .skipped { padding-left: 1.6rem; font: 0.84rem/1.6 var(--sans); margin-top: 0.25rem; }
.skipped { color: var(--ink); }
footer { margin-top: 5rem; padding-top: 1.2rem; border-top: 1px solid var(--line); font: 0.82rem/1.6 var(--sans); }

@media (max-width: 40rem) {
  html { font-size: 16px; }
  body { padding: 2.5rem 1.1rem 3rem; }
  h1 { font-size: 1.9rem; }
  section { margin-top: 3.5rem; }
  .pair { grid-template-columns: 1fr; }
  .facts { gap: 1.2rem 2rem; }
  .role { display: block; margin-left: 0; }
  .plot { padding-left: 3.4rem; }
  .dense { display: none; }
}
@media print {
  @page { margin: 18mm 16mm; }
  html { font-size: 10.5pt; }
  body { padding: 0; max-width: none; background: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav { display: none; }
  h2, h3, h4, caption { break-after: avoid; }
  tr, .events { break-inside: avoid; }
  thead { break-after: avoid; }
  section { margin-top: 2.2rem; }
  #numbers { break-before: page; }
  .table { overflow: visible; }
}
"""
