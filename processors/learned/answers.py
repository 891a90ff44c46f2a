"""Whom a text is aimed at and which service it is about, as learned: one answer of several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from corrillo.model import SERVICES, TAG_KINDS, Service, Target
from processors.learned.artefact import Artefact
from processors.learned.beside import NARROW, aim_points, aims, compact, service_points, services
from processors.learned.features import WIDTH, Sparse
from processors.learned.heads import heads
from processors.learned.lookup import Looked
from processors.target import AIMED

AIMS = ("aimed", "government", "other")
"""Heads: at an administration or a government at all, at which of them, and if not, at somebody else."""
AIMED_FROM = 0.15
"""The likelihood from which a text without a tag is taken as aimed: one that is missed costs six that are not."""
GOVERNMENT_FROM = 0.4
"""The likelihood from which that somebody is the government: people name it less often than they mean it."""

_AIMED_POINTS = math.log(AIMED_FROM / (1.0 - AIMED_FROM))
_GOVERNMENT_POINTS = math.log(GOVERNMENT_FROM / (1.0 - GOVERNMENT_FROM))
_AIMED = np.array([kind in AIMED for kind in TAG_KINDS])
_TARGETS = np.array(["administration", "government", "other", "none"])
_SERVICES = np.array(SERVICES)

Scores = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Tags:
    """What was tagged: a row for each text and a column for each kind.

    ``likely``: whether a text may be aimed at somebody without a tag; what an institution itself or the press
    says is not.
    """

    given: Marks
    likely: Marks


NAMES = ("target/weights", "target/intercepts", "service/weights", "service/intercepts")
"""The arrays that hold both."""


class Answers:
    """Both by an artefact. Raises ArtefactError when its arrays are not those of these columns."""

    def __init__(self, artefact: Artefact) -> None:
        self.aims = heads(
            artefact.array("target/weights", WIDTH, len(AIMS)), artefact.array("target/intercepts", len(AIMS))
        )
        count = len(SERVICES)
        self.services = compact(
            heads(artefact.array("service/weights", NARROW, count), artefact.array("service/intercepts", count))
        )

    def targets(self, points: Scores, looked: Sequence[Looked], scores: Scores, tags: Tags) -> list[Target]:
        """Whom each text is aimed at; ``points`` are what ``aims`` make of the rows, ``scores`` what the text alone gives."""
        aimed = aim_points(self.aims, points, aims(looked, scores))
        return [cast(Target, target) for target in chosen_target(aimed, tags).tolist()]

    def named_services(self, rows: Sparse, looked: Sequence[Looked]) -> list[Service]:
        """The likeliest service of each text; `other` where it is none of them."""
        points = service_points(self.services, rows, services(looked))
        return [cast(Service, service) for service in chosen_service(points).tolist()]


def chosen_target(points: Scores, tags: Tags) -> npt.NDArray[np.str_]:
    """By the points of ``AIMS``; a text with a tag that is aimed at somebody is aimed at one of the two."""
    aimed = ((points[:, 0] >= _AIMED_POINTS) & tags.likely) | tags.given[:, _AIMED].any(axis=1)
    at = np.where(
        aimed, np.where(points[:, 1] >= _GOVERNMENT_POINTS, 1, 0), np.where((points[:, 2] > 0) & tags.likely, 2, 3)
    )
    return np.asarray(_TARGETS[at])


def chosen_service(points: Scores) -> npt.NDArray[np.str_]:
    """The service with most points."""
    return np.asarray(_SERVICES[points.argmax(axis=1)])
