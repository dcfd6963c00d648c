"""Class and flags of each area and theme, as the oracle judges them."""

from __future__ import annotations

import math
from typing import Any

from .oracle_served import NOT_SERVED, Meetings, Provision, Reach, Served
from .oracle_tables import sums
from .oracle_world import Ask, Blocks, Row, World, mask, no_more, people_of, ratio

CLASSES = (
    "out of scope",
    "not surveyed",
    "none on record",
    "part of the area",
    "wider-area only",
    "local",
)


class Judge:
    """Class and flags of one area and theme."""

    def __init__(self, world: World, ask: Ask, row: Row, surveyed: Blocks, reach: dict[str, Reach]) -> None:
        self.world, self.row = world, row
        self.level = world.geographies[ask.geography].level
        self.residents = people_of(world, row.blocks)
        self.surveyed = people_of(world, row.blocks & surveyed)
        self.known = mask(world, row, surveyed)
        self.near = {
            organisation for organisation in reach if self.is_local(organisation, reach[organisation])
        }

    def line(self, theme: str, served: Provision, meetings: Meetings) -> dict[str, Any]:
        """One row of the table of classes."""
        rank, stated, claimed = self.rank(served.asked), self.rank(served.stated), self.rank(served.claimed)
        found: dict[str, Any] = {
            "class": CLASSES[rank],
            "code": CLASSES[rank],
            "class_stated": CLASSES[stated],
            "code_stated": CLASSES[stated],
            "class_claimed": CLASSES[claimed],
            "code_claimed": CLASSES[claimed],
            "local_share": None,
            "one organisation": None,
            "funding at risk": None,
            "weak evidence": None,
            "reported gap": None,
            "on_record": set(),
        }
        if not self.row.in_study:
            return found
        found["local_share"] = self.known(ratio(self.local(served.asked), self.residents))
        found["on_record"] = self.on_record(served.asked)
        if not self.residents:
            return found
        twice = sums(self.world, self.row.blocks, meetings.shared)[0]
        once = (self.covered(served.asked)[0] - twice) / self.residents
        twice /= self.residents
        if rank >= CLASSES.index("part of the area") and once > 0 and twice < self.world.theta:
            found["one organisation"] = once
        if self.rank(served.unfunded) < rank:
            found["funding at risk"] = self.affected(served.asked, served.unfunded)
        if stated != claimed:
            found["weak evidence"] = self.affected(served.stated, served.claimed)
        places = [blocks for reported, blocks in self.world.reported if reported == theme]
        gap = people_of(self.world, self.row.blocks.intersection(frozenset().union(*places)))
        if gap > 0:
            found["reported gap"] = gap / self.residents
        return found

    def rank(self, served: Served) -> int:
        theta = self.world.theta
        if not self.row.in_study:
            return CLASSES.index("out of scope")
        if self.surveyed == 0 or self.surveyed / self.residents < theta:
            return CLASSES.index("not surveyed")
        if not self.on_record(served):
            return CLASSES.index("none on record")
        if self.covered(served)[0] / self.residents < theta:
            return CLASSES.index("part of the area")
        if self.local(served) / self.residents < theta:
            return CLASSES.index("wider-area only")
        return CLASSES.index("local")

    def on_record(self, served: Served) -> set[str]:
        """Who touches any block of the part described, populated or not."""
        return {
            organisation for organisation, blocks in served.shares.items() if blocks.keys() & self.row.blocks
        }

    def covered(self, served: Served) -> tuple[float, float]:
        return sums(self.world, self.row.blocks, served.union)

    def local(self, served: Served) -> float:
        """Residents that local organisations serve."""
        near = self.near & served.shares.keys()
        return math.fsum(
            self.world.residents[block] * served.together(near, block)[0]
            for block in self.row.blocks
            if served.union.get(block, NOT_SERVED)[1] > 0
        )

    def is_local(self, organisation: str, reach: Reach) -> bool:
        """By its remit, or as nothing that it touches lies outside, or hardly any of the residents."""
        if self.world.organisations[organisation].remit <= self.level:
            return True
        shares, beyond = reach
        elsewhere = shares.keys() - self.row.full
        people = self.world.residents
        touched = math.fsum(people[block] * share for block, share in shares.items())
        outside = math.fsum(people[block] * shares[block] for block in elsewhere)
        hardly_any = touched > 0 and no_more(outside, 1 - self.world.theta, touched)
        return beyond <= self.row.beyond and (not elsewhere or hardly_any)

    def affected(self, one: Served, other: Served) -> float:
        figures = zip(
            (*self.covered(one), self.local(one)), (*self.covered(other), self.local(other)), strict=True
        )
        return max(abs(before - after) for before, after in figures) / self.residents
