"""Invented counties of any size: villages around market towns, scarce stock, the ten help types."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TYPES = ("cash", "goods", "housing", "medical", "schooling", "tutoring", "job", "care", "counselling", "purchase")
SHARE = np.array([16, 20, 4, 14, 8, 6, 10, 8, 4, 10]) / 100
CODES = {"goods": ("food", "bedding", "clothes"), "schooling": ("primary", "junior", "senior"),
         "job": ("home", "workshop"), "care": ("child", "elder"), "tutoring": ("maths", "chinese")}
NEEDS_A_COUNTY, COUNTY_KM = 10_000, 60.0
KM_A_DEGREE = 111.0


def write_county(folder: Path, needs: int, offers: int, seed: int, *, dense: bool = False) -> tuple[Path, Path]:
    """Write needs.csv and offers.csv; the land grows with the needs, `dense` makes offers reach further.

    Three needs of four are in towns whose sizes fall by rank, the others anywhere; stock is three
    quarters of what is wanted, most of it with few offers; reach is 1 to 20 km, four times that when dense.
    The area of a need is the number of the nearest town.
    """
    rng = np.random.default_rng(seed)
    side = COUNTY_KM * max(1.0, needs / NEEDS_A_COUNTY) ** 0.5
    towns = rng.random((max(4, needs // 500), 2)) * side
    folder.mkdir(parents=True, exist_ok=True)
    kind = rng.choice(len(TYPES), needs, p=SHARE)
    quantity, places = 1 + rng.poisson(0.5, needs), _places(rng, towns, needs, side)
    _write(folder / "needs.csv", "need_id,type,lat,lon,quantity,urgency,waiting_days,attr,area", "N", kind,
           places, quantity, rng.choice(5, needs, p=[0.3, 0.3, 0.2, 0.15, 0.05]) + 1,
           np.minimum(rng.exponential(60, needs), 700).astype(int), _attrs(rng, kind), nearest(towns, places))
    offered = np.concatenate((np.arange(len(TYPES)), rng.choice(len(TYPES), offers - len(TYPES), p=SHARE)))
    wanted = np.bincount(kind, quantity, len(TYPES))
    raw = np.minimum(rng.pareto(1.2, offers) + 0.2, 200)
    capacity = np.maximum(1, raw * 0.75 * (wanted / np.bincount(offered, raw, len(TYPES)))[offered]).astype(int)
    reach = np.round(1 / rng.uniform(1 / 20, 1, offers), 1) * (4 if dense else 1)
    lists = np.array([";".join(c for c in CODES.get(TYPES[k], ()) if rng.random() < 0.5) for k in offered])
    _write(folder / "offers.csv", "offer_id,type,lat,lon,radius_km,capacity,accepts", "O", offered,
           _places(rng, towns, offers, side), np.round(np.minimum(reach, 30), 1), capacity, lists)
    return folder / "needs.csv", folder / "offers.csv"


def nearest(towns: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.int64]:
    """The number of the town that each place is nearest to, from 1."""
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(towns).query(places)[1] + 1)


def _places(rng: np.random.Generator, towns: NDArray[np.float64], n: int, side: float) -> NDArray[np.float64]:
    """Points in kilometres, shape (n, 2)."""
    weight = 1 / np.arange(1, len(towns) + 1) ** 0.9
    town = rng.choice(len(towns), n, p=weight / weight.sum())
    spread = 0.6 + 60 * (weight / weight.sum())[town] ** 0.5 * side / 600
    points = towns[town] + rng.normal(size=(n, 2)) * spread[:, None]
    anywhere = rng.random(n) < 0.25
    points[anywhere] = rng.random((int(anywhere.sum()), 2)) * side
    return np.asarray(np.clip(points, 0, side))


def _attrs(rng: np.random.Generator, kind: NDArray[np.int64]) -> list[str]:
    pick = rng.random((len(kind), 2))
    return [codes[int(b * len(codes))] if a < 0.6 and (codes := CODES.get(TYPES[k], ())) else ""
            for k, (a, b) in zip(kind.tolist(), pick.tolist(), strict=True)]


def _write(path: Path, head: str, letter: str, kind: NDArray[np.int64], points: NDArray[np.float64],
           *columns: object) -> None:
    lat = 28.0 + points[:, 1] / KM_A_DEGREE
    lon = 114.0 + points[:, 0] / (KM_A_DEGREE * np.cos(np.radians(lat)))
    rows = zip(kind.tolist(), lat.tolist(), lon.tolist(), *(np.asarray(c).tolist() for c in columns), strict=True)
    with path.open("w", encoding="utf-8") as out:
        out.write(head + "\n")
        for i, (k, y, x, *rest) in enumerate(rows):
            out.write(f"{letter}{i:07d},{TYPES[k]},{y:.6f},{x:.6f},{','.join(map(str, rest))}\n")
