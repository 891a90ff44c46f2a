"""The API's description (OpenAPI 3.1), made of the declarations that validate requests and shape answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from corrillo import __version__
from corrillo.institution import Institution
from dashboards.api.answers import Refusal
from dashboards.api.declared import Parameter, filters
from dashboards.api.endpoints import ENDPOINTS, Endpoint

ROOT = "/api/v1"
REFUSALS = {
    "400": "A field or value that cannot be used, and what could be.",
    "503": "The store cannot be read now, or would take too long.",
}
AT_THE_DOOR = {
    "401": "Nobody has said who asks: show a person's token.",
    "403": "Whoever asks may not read this.",
}


def document(institutions: Sequence[Institution]) -> dict[str, Any]:
    """The whole description, for these institutions."""
    kinds = [*dict.fromkeys(e.gives for e in ENDPOINTS), Refusal]
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    by_kind = dict(zip(kinds, schemas, strict=True))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Corrillo: read API",
            "version": __version__,
            "description": "What the page shows, as JSON. Counts are of what could be heard: see /sources.",
        },
        "servers": [{"url": ROOT}],
        "security": [{"token": []}, {}],
        "paths": {f"/{e.name}": {"get": _operation(e, institutions, by_kind)} for e in ENDPOINTS},
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "The token of a person of the page."}
            },
        },
    }


def parameters(endpoint: Endpoint, institutions: Sequence[Institution]) -> list[Parameter]:
    """All that an endpoint takes."""
    return [*filters(institutions, endpoint.fields, text=endpoint.text), *endpoint.own]


def _operation(endpoint: Endpoint, institutions: Sequence[Institution], schemas: dict[Any, Any]) -> dict[str, Any]:
    refused = {"application/json": {"schema": schemas[Refusal]}}
    answered = {"application/json": {"schema": schemas[endpoint.gives]}}
    return {
        "operationId": endpoint.name,
        "summary": endpoint.about,
        "parameters": [_parameter(p) for p in parameters(endpoint, institutions)],
        "responses": {
            "200": {"description": (endpoint.gives.__doc__ or "").split("\n")[0], "content": answered},
            **{status: {"description": why, "content": refused} for status, why in REFUSALS.items()},
            **{status: {"description": why} for status, why in AT_THE_DOOR.items()},
        },
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    said = {"name": one.name, "in": "query", "required": False, "description": one.about, "schema": one.schema()}
    return {**said, "style": "form", "explode": True} if one.several else said
