"""The charts as Kibana's saved objects: pure, as any Kibana from 8.12 on imports them."""

from dashboards.lens.compile import saved_objects
from dashboards.lens.objects import Reference, SavedObject, ndjson

__all__ = ["Reference", "SavedObject", "ndjson", "saved_objects"]
