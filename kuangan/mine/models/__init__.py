"""Tables of `mine`: 一矿一册 — the mine, its dated attributes, its parts, its people and its measuring points."""

from kuangan.mine.models.mine import (
    AttributeName,
    GasGrade,
    Mine,
    MineAlias,
    MineAttribute,
    MineRelation,
    MineStatus,
    MineType,
    RelationChange,
)
from kuangan.mine.models.part import District, Face, FaceKind, KeyPerson, KeyPost, Level
from kuangan.mine.models.point import DefinitionChange, Placement, Point, PointDefinition, ValueKind

__all__ = [
    "AttributeName",
    "DefinitionChange",
    "District",
    "Face",
    "FaceKind",
    "GasGrade",
    "KeyPerson",
    "KeyPost",
    "Level",
    "Mine",
    "MineAlias",
    "MineAttribute",
    "MineRelation",
    "MineStatus",
    "MineType",
    "Placement",
    "Point",
    "PointDefinition",
    "RelationChange",
    "ValueKind",
]
