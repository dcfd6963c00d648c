"""How long the main job takes, beside plain geopandas doing the same work: `make bench`.

The work: for each theme and district of the built-in study, the share of land inside at least
one service area. hinterland sums lookups; the peer unites the service areas' outlines and
overlays them with the districts, as one would without it. Results are compared before anything
is timed. Ratios are printed, medians of seven; these are what to quote.
"""

from __future__ import annotations

import platform
import resource
import statistics
import time
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely

from hinterland.coverage.answer import answer
from hinterland.coverage.counting import counted
from hinterland.coverage.question import ask
from hinterland.coverage.study import Study, read_study

RUNS = 7


def ours(study: Study) -> np.ndarray:
    """Themes × districts: share of land covered (high figure)."""
    found = answer(study, ask(study, by="LAD19"))
    table = found.table("coverage")
    table = table[~table["LAD19CD"].isin(["total", "no area"])]
    return table["land_high"].fillna(0).to_numpy().reshape(len(found.analysis.question.themes), -1)


def geopandas_overlay(study: Study) -> np.ndarray:
    """The same by geometry: dissolve the service areas of each theme, overlay, divide areas."""
    question = ask(study, by="LAD19")
    services = counted(study, question.when, question.grades)
    outlines = study.atlas.blocks.geometry.to_numpy()
    districts = study.atlas.blocks[question.within].reset_index()
    shares = np.zeros((len(question.themes), len(districts)))
    for t, theme in enumerate(question.themes):
        places = services.loc[services["theme"] == theme, "places"]
        shapes = [shapely.union_all(outlines[list(place.blocks)]) for row in places for place in row]
        if not shapes:
            continue
        served = gpd.GeoDataFrame(geometry=[shapely.union_all(shapes)], crs=districts.crs)
        pieces = gpd.overlay(districts, served, how="intersection", keep_geom_type=True)
        land = pieces.area.groupby(pieces["block"]).sum()
        shares[t] = land.reindex(districts["block"]).fillna(0).to_numpy() / districts.area.to_numpy()
    return shares


def median_seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    study = read_study()
    difference = np.abs(ours(study) - geopandas_overlay(study)).max()
    assert difference < 1e-6, f"the results differ by {difference}"
    print(f"{platform.machine()}, Python {platform.python_version()}; results agree to {difference:.0e}")
    reading = median_seconds(read_study)
    whole, peer = median_seconds(lambda: ours(study)), median_seconds(lambda: geopandas_overlay(study))
    print(f"read the built-in study             {reading:8.3f} s")
    print(f"every table, class, flag and reason {whole:8.3f} s")
    print(f"geopandas overlay, land share only  {peer:8.3f} s   {peer / whole:.1f} times as long")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
