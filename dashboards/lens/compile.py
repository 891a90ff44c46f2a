"""Everything that is imported, in one language."""

from __future__ import annotations

from typing import get_args

from dashboards.lens.dashboards import dashboard
from dashboards.lens.data import data_view
from dashboards.lens.lists import LISTS, saved_search
from dashboards.lens.names import ADDRESSES, Language, Names
from dashboards.lens.objects import SavedObject
from dashboards.lens.places import STANDS
from dashboards.page.i18n import texts as texts_in
from dashboards.vega.look import LIGHT

LANGUAGES: tuple[Language, ...] = get_args(Language)


def saved_objects(language: Language, prefix: str = "corrillo", page_url: str = "") -> tuple[SavedObject, ...]:
    """Tag, data views, saved searches and dashboards: none is before what it names, but the links between dashboards.

    ``prefix`` is that of the indices, and of the ids. ``page_url`` is where people reach Corrillo's page; '' leads nowhere.
    """
    texts, names, page = texts_in(language), Names(prefix, language), page_url.rstrip("/")
    return (
        SavedObject("tag", names.tag, {"name": "Corrillo", "description": texts("kibana.tag"), "color": LIGHT.main}),
        *(data_view(data, texts, names, page) for data in STANDS),
        *(saved_search(name, texts, names, page) for name in LISTS),
        *(dashboard(view, texts, names, page) for view in ADDRESSES),
    )
