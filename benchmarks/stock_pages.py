"""The page that one would write with stock Folium: a `GeoJson` layer for each theme, and a `LayerControl`.

It shows the provision class alone, for one geography at one date, with the figures of an area in its tooltip.
Stock pages fetch Leaflet, jQuery, Bootstrap and icons from the network and are blank without it; here
Leaflet is put into the page from the same files as in hinterland's pages, and the others are left out,
since this page can do without them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import folium
import geopandas as gpd
import pandas as pd
import shapely
from xstatic.pkg import leaflet

from hinterland.coverage.answer import Answer
from hinterland.coverage.classes import CLASSES
from hinterland.maps.palette import CLASSES as STYLES

SIMPLER_M: Final = 250
DECIMALS: Final = 4
FIGURES: Final = ("coverage_low", "coverage_high", "depth_mean_low")
COLOURS: Final = dict(zip(CLASSES, (style.fill for style in STYLES), strict=True))


def stock_page(answer: Answer, *, simplified: bool) -> str:
    """Write the page of an answer.

    Parameters
    ----------
    answer
        Of one geography.
    simplified
        Whether outlines are simplified with their borders shared, and written to four decimals.
    """
    areas = _areas(answer, simplified)
    coverage, classes = answer.table("coverage"), answer.class_table
    drawn = folium.Map(location=[52.8, -1.5], zoom_start=6, tiles=None)
    drawn.default_js, drawn.default_css = [], []
    for theme in answer.analysis.question.themes:
        figures = _by_code(coverage, theme, answer)[list(FIGURES)].round(4)
        figures["class"] = _by_code(classes, theme, answer)["class"]
        folium.GeoJson(
            areas.join(figures, on="code"),
            name=theme,
            overlay=False,
            show=theme == answer.analysis.question.themes[0],
            style_function=_style,
            tooltip=folium.GeoJsonTooltip(["name", "class", *FIGURES]),
        ).add_to(drawn)
    folium.LayerControl(collapsed=False).add_to(drawn)
    folder = Path(leaflet.BASE_DIR)
    script, style = ((folder / name).read_text(encoding="utf-8") for name in ("leaflet.js", "leaflet.css"))
    html: str = drawn.get_root().render()
    return html.replace("<head>", f"<head><script>{script}</script><style>{style}</style>", 1)


def switch_scripts(count: int) -> list[str]:
    """Scripts that show one layer after another."""
    layer = "document.querySelectorAll('.leaflet-control-layers-selector')[{}].click()"
    return [layer.format(number) for number in range(1, count)]


def _areas(answer: Answer, simplified: bool) -> gpd.GeoDataFrame:
    """Columns `code`, `name` and `geometry`, in degrees."""
    question, study = answer.analysis.question, answer.analysis.study
    names = question.geography.names
    pieces = study.atlas.pieces(question.geography, question.within & study.blocks)
    at = [held[0] for held in pieces["areas"]]
    outlines = pieces.geometry
    if simplified:
        outlines = gpd.GeoSeries(shapely.coverage_simplify(outlines.to_numpy(), SIMPLER_M), crs=pieces.crs)
    outlines = outlines.to_crs(4326)
    if simplified:
        outlines = outlines.map(lambda shape: shapely.transform(shape, lambda points: points.round(DECIMALS)))
    columns = {"code": names.index[at], "name": names.iloc[at].to_numpy()}
    return gpd.GeoDataFrame(columns, geometry=outlines.to_numpy(), crs=4326)


def _by_code(table: pd.DataFrame, theme: str, answer: Answer) -> pd.DataFrame:
    return table[table["theme"] == theme].set_index(answer.analysis.question.geography.code_column)


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    colour = COLOURS[feature["properties"]["class"]]
    return {"fillColor": colour, "color": "#1d2327", "weight": 0.6, "fillOpacity": 0.9}
