"""Learning whom a text is aimed at and which service it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from corrillo.model import SERVICES
from processors.learned.answers import AIMS, Tags, chosen_service, chosen_target
from processors.learned.beside import (
    NARROW,
    aim_points,
    aims,
    compact,
    service_points,
    services,
    with_aims,
    with_services,
)
from processors.learned.card import Accuracy
from processors.learned.features import Sparse
from processors.learned.heads import Heads
from processors.learned.lookup import Looked, looked_up
from processors.training.examples import Example
from processors.training.quality import accuracy
from processors.training.recipe import NEVER, fit
from processors.training.rows import taken
from processors.training.wanted import training_packages

LEFT_OUT = {
    "real: comments on proposals": ("decide-madrid",),
    "written: ordinary posts in Spanish": ("es4-plain", "es5-plain", "es-x"),
    "written: ordinary posts in other languages": ("ca-plain", "gl-plain", "eu-plain", "ca-gl-eu"),
}
"""Sets that are left out whole in turn to measure both answers."""
AIM_STRENGTH = 1.5
"""Inverse of the regularisation of the heads of a target."""
STRENGTH = 1.0
TOLERANCE = 0.01
"""Of the fit of a service: how little it holds weights near nothing, and when it is near enough to its end."""
KEPT = 4096
"""Columns that say anything of services."""

Arrays = dict[str, npt.NDArray[Any]]
Marks = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float32]


def arrays(examples: Sequence[Example], rows: Sparse, scores: Scores, seed: int) -> Arrays:
    """What an artefact holds for both. ``scores`` of all kinds of tags, by a model that had not seen the text."""
    at, about = learned_aims(examples, rows, scores, seed), learned_services(examples, rows, seed)
    return {
        "target/weights": at.weights.astype(np.float16),
        "target/intercepts": at.intercepts,
        "service/weights": about.weights.astype(np.float16),
        "service/intercepts": about.intercepts,
    }


def learned_aims(examples: Sequence[Example], rows: Sparse, scores: Scores, seed: int) -> Heads:
    """The heads of ``AIMS``, with the numbers that an artefact will have."""
    return _fitted(with_aims(rows, _aims(examples, scores)), aim_labels(examples), seed)


def learned_services(examples: Sequence[Example], rows: Sparse, seed: int) -> Heads:
    """A head for each service, the same way."""
    named = np.array([bool(e.service) for e in examples], np.bool_)
    about = [e for e in examples if e.service]
    narrow = with_services(taken(rows, named), _services(about))
    weights, intercepts = _against_all(narrow, service_labels(about), seed)
    return Heads(_heaviest(weights.astype(np.float16).astype(np.float32)), intercepts)


def _against_all(rows: Sparse, labels: npt.NDArray[np.int8], seed: int) -> tuple[Scores, Scores]:
    """Each service against all others, every column as it is: a rare word may be the one that names it."""
    regression, matrix = training_packages("sklearn.linear_model.LogisticRegression", "scipy.sparse.csr_matrix")
    table = matrix((rows.values, rows.indices, rows.starts), shape=(len(rows), NARROW))
    weights = np.zeros((NARROW, labels.shape[1]), np.float32)
    intercepts = np.full(labels.shape[1], NEVER, np.float32)
    for column in np.flatnonzero(labels.any(axis=0)):
        model = regression(C=STRENGTH, solver="liblinear", tol=TOLERANCE, random_state=seed)
        model.fit(table, labels[:, column])
        weights[:, column], intercepts[column] = model.coef_[0], model.intercept_[0]
    return weights, intercepts


def _heaviest(weights: Scores) -> Scores:
    """The weights without the columns that weigh little: they cost time and tell hardly anything."""
    order = np.argsort(-np.abs(weights).max(axis=1), kind="stable")
    kept = np.zeros_like(weights)
    kept[order[:KEPT]] = weights[order[:KEPT]]
    return kept


def _fitted(rows: Sparse, labels: npt.NDArray[np.int8], seed: int) -> Heads:
    made = fit(rows, labels, [""] * len(rows), [AIM_STRENGTH] * labels.shape[1], seed)
    return Heads(made.weights.astype(np.float16).astype(np.float32), made.intercepts.astype(np.float32))


def aim_labels(examples: Sequence[Example]) -> npt.NDArray[np.int8]:
    """For each example and each of ``AIMS``: 1 right, 0 wrong, -1 where nobody said or it does not arise."""
    return np.array([_aim_label(e.target) for e in examples], np.int8).reshape(-1, len(AIMS))


def _aim_label(target: str) -> tuple[int, int, int]:
    if not target:
        return -1, -1, -1
    if target in ("administration", "government"):
        return 1, int(target == "government"), -1
    return 0, -1, int(target == "other")


def service_labels(examples: Sequence[Example]) -> npt.NDArray[np.int8]:
    """A column for each service: 1 where it is the example's."""
    return np.array([[e.service == s for s in SERVICES] for e in examples], np.int8).reshape(-1, len(SERVICES))


def _aims(examples: Sequence[Example], scores: Scores) -> Scores:
    return aims(_looked_up(examples), scores)


def _services(examples: Sequence[Example]) -> Scores:
    return services(_looked_up(examples))


def _looked_up(examples: Sequence[Example]) -> list[Looked]:
    return looked_up([e.text for e in examples], [e.language for e in examples])


def figures(examples: Sequence[Example], rows: Sparse, scores: Scores, given: Marks, seed: int) -> Iterator[Accuracy]:
    """How often both are right on sets that nothing was learned from.

    The target where it is one of the two; the service in each part, and of each service in all of them.
    """
    named: list[tuple[Example, bool]] = []
    for part, sets in LEFT_OUT.items():
        out = np.array([e.of in sets for e in examples], np.bool_)
        if not out.any() or out.all():
            continue
        kept, asked = [e for e in examples if e.of not in sets], [e for e in examples if e.of in sets]
        before, after = taken(rows, ~out), taken(rows, out)
        aimed = learned_aims(kept, before, scores[~out], seed)
        yield from _told("target", part, _targets(asked, after, scores[out], given[out], aimed), seed)
        if any(e.service for e in asked):
            about = _named(asked, after, learned_services(kept, before, seed))
            yield from _told("service", part, about, seed)
            named += about
    for service in SERVICES:
        yield from _told("service", service, [(e, right) for e, right in named if e.service == service], seed)


def _told(what: str, part: str, answers: Sequence[tuple[Example, bool]], seed: int) -> Iterator[Accuracy]:
    if answers:
        right = np.array([right for _, right in answers], np.bool_)
        yield accuracy(what, part, right, [e.group for e, _ in answers], seed)


def _targets(
    examples: Sequence[Example], rows: Sparse, scores: Scores, given: Marks, heads: Heads
) -> list[tuple[Example, bool]]:
    tags = Tags(given, np.ones(len(examples), np.bool_))
    found = chosen_target(aim_points(heads, heads.points(rows), _aims(examples, scores)), tags).tolist()
    pairs = zip(examples, found, strict=True)
    return [(e, f == e.target) for e, f in pairs if e.target in ("administration", "government")]


def _named(examples: Sequence[Example], rows: Sparse, heads: Heads) -> list[tuple[Example, bool]]:
    found = chosen_service(service_points(compact(heads), rows, _services(examples))).tolist()
    return [(e, f == e.service) for e, f in zip(examples, found, strict=True) if e.service]
