"""What one would use instead of hinterland to count: sparse products, data frames and databases.

As in `benchmarks.peers`, every peer prepares its input untimed, and gives the work and how to read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import sparse

from .england import COUNTIES, DISTRICTS, PARTNERSHIPS, REGIONS, THEMES, Declared, England
from .peers import Cells, Ints, Peer, Ready


def theme_product(owner: Ints, theme: Ints, cells: Cells, blocks: int) -> Ready:
    """scipy: themes × circles times circles × blocks."""
    shape, block, _ = cells
    shapes = int(owner.max()) + 1
    by_theme = sparse.csr_array((np.ones(len(owner), dtype=np.int32), (theme, owner)), shape=(THEMES, shapes))
    incidence = sparse.csr_array(
        (np.ones(len(shape), dtype=np.int32), (shape, block)), shape=(shapes, blocks)
    )
    return lambda: by_theme @ incidence, lambda counts: counts.toarray()


def theme_bincount(owner: Ints, theme: Ints, cells: Cells, blocks: int) -> Ready:
    """numpy: for each theme, one `bincount` of the blocks of its circles."""
    shape, block, _ = cells
    of_theme = np.zeros((THEMES, int(owner.max()) + 1), dtype=bool)
    of_theme[theme, owner] = True

    def work() -> Ints:
        return np.stack([np.bincount(block[has[shape]], minlength=blocks) for has in of_theme])

    return work, lambda counts: counts


def one_pass(owner: Ints, theme: Ints, cells: Cells, blocks: int) -> Ready:
    """The least that any look at all pairs can take: the greatest of their 32-bit block numbers."""
    block = cells[1].astype(np.int32)
    return block.max, lambda greatest: np.array(greatest)


@dataclass(frozen=True)
class DeclaredTables:
    """The declared register and the lookups as flat tables of whole numbers.

    Attributes
    ----------
    units
        How many units of land there are: blocks, or districts, which no declared area cuts.
    services
        Columns `organisation`, `theme` and `area` (districts, then counties, then regions).
    held
        Columns `area` and `unit`: what each area consists of.
    levels
        Level → columns `unit`, `place` and `residents`: the areas of the four levels that take in
        each unit, and its residents.
    """

    units: int
    services: pd.DataFrame
    held: pd.DataFrame
    levels: dict[str, pd.DataFrame]


AREAS: Final = {"district": DISTRICTS, "county": COUNTIES, "region": REGIONS, "partnership": PARTNERSHIPS}


def tables_of(england: England, declared: Declared, *, by_block: bool) -> DeclaredTables:
    """Lay the register out as tables, block by block or district by district."""
    block = np.arange(len(england))
    unit_of_block = block if by_block else england.district
    offset = np.array([0, DISTRICTS, DISTRICTS + COUNTIES])
    themes = pd.DataFrame({"organisation": declared.theme_owner, "theme": declared.theme})
    areas = pd.DataFrame(
        {"organisation": declared.area_owner, "area": offset[declared.level] + declared.area}
    )
    residents = np.bincount(unit_of_block, weights=england.residents).astype(np.int64)
    place, of_partnership = england.partnership.nonzero()
    levels = {}
    for level, of, unit in (
        ("district", england.district, unit_of_block),
        ("county", england.county, unit_of_block),
        ("region", england.region, unit_of_block),
        ("partnership", place, unit_of_block[of_partnership]),
    ):
        rows = pd.DataFrame({"unit": unit, "place": of}).drop_duplicates()
        levels[level] = rows.assign(residents=residents[rows["unit"]])
    held = [
        pd.DataFrame({"area": start + levels[level]["place"], "unit": levels[level]["unit"]})
        for start, level in zip(offset, levels, strict=False)
    ]
    return DeclaredTables(len(residents), themes.merge(areas, on="organisation"), pd.concat(held), levels)


Analysis = dict[str, tuple[Ints, Ints]]
"""Level → organisations on record by theme × area, and residents by theme × area × depth (0, 1, 2, 3+)."""


def pandas_analysis(tables: DeclaredTables) -> Ready:
    """pandas: merges, drop_duplicates and groupby."""

    def work() -> list[pd.Series]:
        served = tables.services.merge(tables.held, on="area")
        served = served[["organisation", "theme", "unit"]].drop_duplicates()
        every = pd.MultiIndex.from_product([range(THEMES), range(tables.units)], names=["theme", "unit"])
        depth = served.groupby(["theme", "unit"]).size().clip(upper=3).reindex(every, fill_value=0)
        depth = depth.rename("depth").reset_index()
        found = []
        for areas in tables.levels.values():
            on_record = served.merge(areas, on="unit")[["organisation", "theme", "place"]]
            found.append(on_record.drop_duplicates().groupby(["theme", "place"]).size())
            people = depth.merge(areas, on="unit").groupby(["theme", "place", "depth"])
            found.append(people["residents"].sum())
        return found

    return work, _analysis


def polars_analysis(tables: DeclaredTables) -> Ready:
    """polars: the same lazily."""
    import polars as pl

    services = pl.from_pandas(tables.services).lazy()
    held = pl.from_pandas(tables.held).lazy()
    levels = [pl.from_pandas(areas).lazy() for areas in tables.levels.values()]
    themes = pl.LazyFrame({"theme": range(THEMES)})
    every = themes.join(pl.LazyFrame({"unit": range(tables.units)}), how="cross")

    def work() -> list[Any]:
        served = services.join(held, on="area").select("organisation", "theme", "unit").unique()
        depth = served.group_by("theme", "unit").agg(pl.len().clip(upper_bound=3).alias("depth"))
        depth = every.join(depth, on=["theme", "unit"], how="left").with_columns(pl.col("depth").fill_null(0))
        queries = []
        for areas in levels:
            on_record = served.join(areas, on="unit").select("organisation", "theme", "place").unique()
            queries.append(on_record.group_by("theme", "place").agg(pl.len().alias("value")))
            people = depth.join(areas, on="unit").group_by("theme", "place", "depth")
            queries.append(people.agg(pl.col("residents").sum().alias("value")))
        return pl.collect_all(queries)

    return work, lambda frames: _analysis([_indexed(frame.to_pandas()) for frame in frames])


SERVED_SQL: Final = """
CREATE OR REPLACE TEMP TABLE served AS
SELECT DISTINCT organisation, theme, unit FROM services JOIN held USING (area)
"""
DEPTH_SQL: Final = """
CREATE OR REPLACE TEMP TABLE depths AS
SELECT theme, unit, least(count(organisation), 3) AS depth
FROM range({themes}) t(theme) CROSS JOIN range({units}) u(unit) LEFT JOIN served USING (theme, unit)
GROUP BY ALL
"""
ORGANISATIONS_SQL: Final = """
SELECT theme, place, count(*) AS value
FROM (SELECT DISTINCT organisation, theme, place FROM served JOIN {level} USING (unit)) GROUP BY ALL
"""
PEOPLE_SQL: Final = """
SELECT theme, place, depth, sum(residents) AS value FROM depths JOIN {level} USING (unit) GROUP BY ALL
"""


def duckdb_analysis(tables: DeclaredTables) -> Ready:
    """DuckDB: the same in SQL, on one thread."""
    import duckdb

    database = duckdb.connect(config={"threads": 1})
    for name, frame in {"services": tables.services, "held": tables.held, **tables.levels}.items():
        database.register("raw", frame)
        database.execute(f"CREATE TABLE {name} AS SELECT * FROM raw")

    def work() -> list[pd.DataFrame]:
        database.execute(SERVED_SQL)
        database.execute(DEPTH_SQL.format(themes=THEMES, units=tables.units))
        return [
            database.execute(query.format(level=level)).df()
            for level in tables.levels
            for query in (ORGANISATIONS_SQL, PEOPLE_SQL)
        ]

    return work, lambda frames: _analysis([_indexed(frame) for frame in frames])


DECLARED: Final = {
    "pandas": Peer(pandas_analysis, ("pandas",)),
    "polars": Peer(polars_analysis, ("polars",)),
    "DuckDB": Peer(duckdb_analysis, ("duckdb",)),
}
ONE_PASS: Final = "one pass over the pairs"
THEME_COUNTS: Final = {
    "scipy sparse product": Peer(theme_product, ("scipy",)),
    "numpy bincount": Peer(theme_bincount, ("numpy",)),
    ONE_PASS: Peer(one_pass, ("numpy",)),
}


def _indexed(frame: pd.DataFrame) -> pd.Series:
    return frame.set_index(frame.columns.drop("value").tolist())["value"]


def _analysis(series: list[pd.Series]) -> Analysis:
    """Give the two tables of each level as arrays."""
    found = {}
    for (level, areas), organisations, people in zip(AREAS.items(), series[::2], series[1::2], strict=True):
        tables = np.zeros((THEMES, areas), dtype=np.int64), np.zeros((THEMES, areas, 4), dtype=np.int64)
        for table, values in zip(tables, (organisations, people), strict=True):
            table[tuple(map(values.index.get_level_values, values.index.names))] = values.to_numpy()
        found[level] = tables
    return found
