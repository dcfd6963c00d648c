"""A study in which every free text, and the name of every area, is hostile: none runs, all are shown."""

from __future__ import annotations

import csv
import json

import pytest
from playwright.sync_api import expect

from hinterland.coverage.study import read_study
from hinterland.maps.publish import publish

pytestmark = pytest.mark.browser

RUN = "window.hacked=1"
HOSTILE = (
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"<!--<script>{RUN}//-->",
    f"--><script>{RUN}</script>",
    f"<![CDATA[<script>{RUN}</script>]]>",
    f"<img src=x onerror={RUN}>",
    f'"><img src=x onerror="{RUN}">',
    f"'><img src=x onerror='{RUN}'>",
    f'" onfocus="{RUN}" autofocus x="',
    f"' onmouseover='{RUN}' x='",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<object data='javascript:{RUN}'></object>",
    "<base href='//example.org/'>",
    "<meta http-equiv=refresh content='0;url=//example.org'>",
    "<link rel=stylesheet href=//example.org/x.css>",
    "<style>@import '//example.org/x.css'</style>",
    f"<details open ontoggle={RUN}>",
    f"<a href='javascript:{RUN}'>here</a>",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"`${{{RUN}}}`",
    f"${{{RUN}}}",
    "{{7*7}}",
    "{% raw %}{{ self }}{% endraw %}",
    "{# comment #} {%- if x -%}",
    "<%= 7*7 %> #{7*7}",
    f"\\'; {RUN}; //",
    f'\\"; {RUN}; //',
    "C:\\new\\0\\u003cb\\u003e",
    f"&lt;img src=x onerror={RUN}&gt; &#60;b&#62; &amp;",
    f"\u2028{RUN}\u2029",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "null",
    "undefined",
    "NaN",
    "NA",
    "1E05",
    "007",
    "#theme=x&area=y",
    "100% of %s %d %00",
    "a=b&c=d;e=f?g#h",
    '"quoted", with a comma',
    "שלום <b>عالم</b>",
    "e\u0301\u0323 Zażółć gęślą jaźń",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3,
    "x" * 300,
)
REFUSED = ("=HYPERLINK(\"http://example.org\")", "a\x07b", "\u202eevil")


def write(folder, names):
    """One organisation, theme and area for each text, with it in every field that takes free text."""

    def table(file_name, rows):
        with open(folder / file_name, "w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, rows[0].keys())
            out.writeheader()
            out.writerows(rows)

    graded = {"area_evidence": "stated", "theme_evidence": "stated"}
    free = ("name", "category", "identifiers", "source", "note")
    told = ("communities", "for_stage", "charge", "note")
    ids = [f"o{i} {text}" for i, text in enumerate(names)]
    themes = [f"t{i} {text}" for i, text in enumerate(names[:6])]
    table("themes.csv", [
        {"theme": theme, "kind": "function", "label": text, "covers": text}
        for theme, text in zip(themes, names, strict=False)
    ])
    table("organisations.csv", [
        {"organisation_id": key, "remit": "district", "website": text, **dict.fromkeys(free, text)}
        for key, text in zip(ids, names, strict=True)
    ])
    table("services.csv", [
        {"organisation_id": key, "theme": themes[i % 6], "areas": "Mansfield; part of Ashfield",
         "until": "2010-03-31" if i % 2 else "", **graded, **dict.fromkeys(told, text)}
        for i, (key, text) in enumerate(zip(ids, names, strict=True))
    ])
    table("scope.csv", [
        {"source": text, "themes": ";".join(themes), "areas": "Nottinghamshire", "from": "2006", "to": "2010",
         "completeness": text}
        for text in names
    ])
    table("reported.csv", [
        {"source": text, "theme": themes[0], "areas": "Bassetlaw", "note": text} for text in names
    ])
    places = ("Mansfield", "Ashfield", "Bassetlaw", "Gedling", "Broxtowe", "Rushcliffe", "Newark and Sherwood")
    groups = "\n".join(
        f"{json.dumps(text, ensure_ascii=False)} = [{json.dumps(places[i % len(places)])}]"
        for i, text in enumerate(names)
    )
    quoted = json.dumps(" ".join(names), ensure_ascii=False)
    (folder / "study.toml").write_text(f"""
[study]
title = {quoted}
snapshot = "2006/2007"
area = ["Nottinghamshire"]
geographies = ["LAD19", "OWN"]
banner = {quoted}
notes = [{quoted}]
sources = [{quoted}]
[tables]
themes = "themes.csv"
reported = "reported.csv"
[[boundaries.grouping]]
id = "OWN"
of = "LAD19"
label = {quoted}
one = {json.dumps(names[0])}
many = {json.dumps(names[1])}
[boundaries.grouping.areas]
{groups}
""", encoding="utf-8")
