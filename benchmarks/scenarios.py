"""How fast a scenario is worked out beside a rebuild: `python -m benchmarks.scenarios [--quick]`.

On a synthetic England of 35,672 blocks, 170,000 organisations with declared areas and 100,000 with a circle:
a hundred of them close, move to other districts, offer one theme less or more, or open with a circle of their
own. The rebuild starts anew from shapes and lookups; hinterland takes what goes from its tally of the record
and adds what comes. Both give unions and depths by block, and organisations and residents at four levels.
Every count is compared bit for bit, and every share, before any time is printed. One processor, one thread;
times are processor seconds, medians.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

import numpy as np

from hinterland.boundaries.atlas import Atlas
from hinterland.coverage.area_tallies import AreaTally, area_tally
from hinterland.coverage.block_index import index_blocks
from hinterland.coverage.drawn import DrawnAreas, Method
from hinterland.coverage.engine import footprints_of
from hinterland.coverage.footprints import UNIT, Ints, gathered
from hinterland.coverage.pieces import Pieces, extended
from hinterland.coverage.settling import Sets
from hinterland.coverage.tallies import Tally, revise, tally_of

from .costs import Cost, one_processor, print_machine, timed
from .england import COUNTIES, DISTRICTS, REGIONS, SEED, THEMES, circles, declared, make
from .works import DECLARED_PER_CIRCLE, LEVELS, Offers, offers_of, pieces, pieces_on

BLOCKS: Final = 35_672
CIRCLES: Final = 100_000
AREAS: Final = DISTRICTS + COUNTIES + REGIONS
CLOSE, MOVE, LESS, MORE, OPEN = 25, 25, 15, 15, 20
"""Organisations of each kind of change, a hundred in all."""
FLOOR: Final = 20

Found = tuple[Tally, dict[str, AreaTally]]


@dataclass(frozen=True)
class Scenario:
    """Pairs of the record that go, pairs that come, and the shapes of what is opened."""

    gone: Ints
    come: Offers
    drawn: DrawnAreas

    def applied(self, offers: Offers) -> Offers:
        """What there is then."""
        kept = np.setdiff1d(np.arange(len(offers.theme)), self.gone)
        entries, ptr = gathered(offers.sets.ptr, kept)
        return Offers(
            np.concatenate([offers.organisation[kept], self.come.organisation]),
            np.concatenate([offers.theme[kept], self.come.theme]),
            Sets(
                np.concatenate([ptr, ptr[-1] + self.come.sets.ptr[1:]]),
                np.concatenate([offers.sets.ids[entries], self.come.sets.ids]),
            ),
        )


def scenario_of(offers: Offers, shapes: int) -> Scenario:
    """A hundred changes, drawn by lot."""
    random = np.random.default_rng([SEED, 10])
    chosen = random.choice(np.unique(offers.organisation), CLOSE + MOVE + LESS + MORE, replace=False)
    gone: list[int] = []
    come: list[tuple[int, int, list[int]]] = []
    for number, body in enumerate(chosen.tolist()):
        own = np.flatnonzero(offers.organisation == body).tolist()
        if number < CLOSE:
            gone += own
        elif number < CLOSE + MOVE:
            gone += own
            there = sorted(random.choice(DISTRICTS, 2, replace=False).tolist())
            come += [(body, int(offers.theme[pair]), there) for pair in own]
        elif number < CLOSE + MOVE + LESS:
            gone.append(own[0])
        else:
            other = next(theme for theme in range(THEMES) if theme not in offers.theme[own])
            come.append((body, other, offers.sets.of(own[0]).tolist()))
    first = int(offers.organisation.max()) + 1
    for number in range(OPEN):
        themes = random.choice(THEMES, 2, replace=False).tolist()
        come += [(first + number, theme, [AREAS + shapes + number]) for theme in themes]
    body, theme, sets = zip(*come, strict=True)
    ptr = np.cumsum([0, *(len(each) for each in sets)])
    ids = np.array([piece for each in sets for piece in each])
    opened = DrawnAreas.of_circles(circles(OPEN, SEED + 1))
    return Scenario(np.array(gone), Offers(np.array(body), np.array(theme), Sets(ptr, ids)), opened)


def in_areas(tally: Tally, atlas: Atlas) -> dict[str, AreaTally]:
    """Organisations and residents at every level."""
    return {
        level: area_tally(tally, atlas.geographies[code].membership.astype(np.float64), atlas.residents)
        for level, code in LEVELS.items()
    }


def reevaluated(record: Found, measured: Pieces, scenario: Scenario, method: Method) -> Found:
    """The scenario from the record's tallies."""
    engine = measured.engine
    new = pieces(engine, footprints_of(scenario.drawn, engine, method=method), scenario.drawn)
    come = scenario.come.incidence(extended(measured, new))
    revision = revise(record[0], scenario.gone, come, {})
    return revision.after, {level: each.revised(revision) for level, each in record[1].items()}


def require_equal(one: Found, other: Found) -> float:
    """Check that every count is the same, and say how far shares and sums of shares differ at most."""
    for name in ("whole", "part", "counted_whole", "counted_part"):
        assert np.array_equal(getattr(one[0], name), getattr(other[0], name)), f"{name} differs"
    apart = max(
        float(np.abs(getattr(one[0], end) - getattr(other[0], end)).max()) / UNIT for end in ("low", "high")
    )
    for level, each in one[1].items():
        assert np.array_equal(each.organisations, other[1][level].organisations), f"{level}: organisations"
        for name, values in each.sums.items():
            there = other[1][level].sums[name]
            if name.startswith("depth"):
                assert np.array_equal(values, there), f"{level}: {name} differs"
            apart = max(apart, float((np.abs(values - there) / (1 + there)).max()))
    assert apart < 1e-9, f"shares differ by {apart}"
    return apart


def compare(method: Method, quick: bool) -> None:
    """Work the scenario out in both ways, hold them against each other, and print times and ratios."""
    count = CIRCLES // (10 if quick else 1)
    atlas = make(BLOCKS).atlas()
    index, drawn = index_blocks(atlas), DrawnAreas.of_circles(circles(count))
    offers = offers_of(atlas, declared(round(DECLARED_PER_CIRCLE * count)), count)
    scenario = scenario_of(offers, count)
    measured = pieces_on(atlas, index, drawn, method)
    tally = tally_of(offers.incidence(measured))
    record = tally, in_areas(tally, atlas)
    then, every_shape = scenario.applied(offers), drawn.followed_by(scenario.drawn)
    known = pieces_on(atlas, index, every_shape, method)

    def from_pieces(there: Pieces) -> Found:
        found = tally_of(then.incidence(there))
        return found, in_areas(found, atlas)

    quickly, ours = timed(lambda: reevaluated(record, measured, scenario, method))
    rebuilt, theirs = timed(lambda: from_pieces(pieces_on(atlas, index, every_shape, method)))
    apart = require_equal(ours, theirs)
    counted, _ = timed(lambda: from_pieces(known))
    print(f"\n100 changes, {len(offers.theme):,} services, four levels; catchments by {method}")
    print_row("re-evaluated", quickly, quickly, f"every count equal, shares to {apart:.0e}")
    print_row("rebuilt", rebuilt, quickly)
    print_row("rebuilt, shapes known", counted, quickly)
    ratio = rebuilt.seconds / quickly.seconds
    print(f"    asked: at least {FLOOR} × the rebuild: {'yes' if ratio >= FLOOR else 'NO'} ({ratio:.1f})")


def print_row(way: str, cost: Cost, base: Cost, note: str = "") -> None:
    """Print what one way took."""
    ratio = cost.seconds / base.seconds
    print(f"  {way:24}{cost.seconds:9.4f} s {ratio:7.1f} ×  {cost.runs} runs  {note}", flush=True)


if __name__ == "__main__":
    one_processor()
    print_machine()
    for way in ("centroid", "area"):
        compare(way, "--quick" in sys.argv)
