"""What a published table says otherwise than the oracle."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from .oracle_world import Table

Found = Mapping[str, Any]


def differences(
    expected: Table,
    found: Iterable[Found],
    keys: tuple[str, ...],
    *,
    loose: Table | None = None,
    within: float = 1e-9,
) -> list[str]:
    """What a published table says otherwise: one text a figure.

    A figure may lie anywhere between what is expected and the same line of `loose`. With it, a
    line that is nothing but 0 may be left out: shapes may touch the same blocks and never meet.
    """
    seen: dict[tuple[str, ...], Found] = {}
    texts = []
    for record in found:
        key = tuple(str(record[column]) for column in keys)
        texts += [f"{key}: twice"] if key in seen else []
        seen[key] = record
    wider = expected if loose is None else loose
    texts += [f"{key}: not expected" for key in seen.keys() - wider.keys()]
    texts += [
        f"{key}: missing"
        for key in expected.keys() - seen.keys()
        if loose is None or not _is_nothing(expected[key], within)
    ]
    for key in wider.keys() & seen.keys():
        for column, value in wider[key].items():
            bounds = expected[key][column] if key in expected else 0.0, value
            if not _same(bounds, seen[key][column], within):
                texts.append(f"{key} {column}: oracle {bounds!r}, published {seen[key][column]!r}")
    return sorted(texts)


def _is_nothing(line: Found, within: float) -> bool:
    return all(isinstance(value, float) and abs(value) <= within for value in line.values())


def _same(bounds: tuple[Any, Any], found: Any, within: float) -> bool:
    if found in bounds:
        return True
    if any(isinstance(bound, str | set) for bound in bounds):
        return False
    known = [bound for bound in bounds if bound is not None]
    if len(known) < len(bounds) and math.isnan(found):
        return True
    slack = within * max(1.0, *map(abs, known)) if known else 0.0
    return bool(known) and min(known) - slack <= found <= max(known) + slack
