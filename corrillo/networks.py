"""What the documentation says of networks: those that can be listened to, and those that cannot be heard at all."""

from __future__ import annotations

from collections.abc import Mapping

from corrillo.ports import ABILITIES
from corrillo.registry import Access, SourceKind

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Networks",
        "network": "Network",
        "intro": "What Corrillo can listen to, what each network asks for, and what it does not let anybody hear. Only documented interfaces and feeds are used. Written by `make schemas` from the sources themselves.",
        "open": "open",
        "key": "with a key",
        "optional": "open; better with a key",
        "needs": "Needs",
        "nothing": "Nothing: it is open to all.",
        "costs": "Costs",
        "hears": "Hears",
        "misses": "Does not hear",
        "able": "Besides being read, it can be asked for",
        "unheard": "Cannot be heard",
        "none": "nothing: whether a post was answered, edited or deleted stays unknown",
        "own_posts": "what the institution's own accounts said",
        "thread": "the answers to a mention",
        "recheck": "edits, engagement and deletions of known posts",
        "backfill": "what was said during a gap",
    },
    "es": {
        "title": "Redes",
        "network": "Red",
        "intro": "Lo que Corrillo puede escuchar, lo que pide cada red y lo que no deja oír a nadie. Solo se usan interfaces documentadas y canales. Lo escribe `make schemas` a partir de las propias fuentes.",
        "open": "abierta",
        "key": "con clave",
        "optional": "abierta; mejor con clave",
        "needs": "Necesita",
        "nothing": "Nada: está abierta a todos.",
        "costs": "Cuesta",
        "hears": "Oye",
        "misses": "No oye",
        "able": "Además de leerse, se le puede pedir",
        "unheard": "No se pueden oír",
        "none": "nada: si una publicación se contestó, cambió o se borró, no se sabe",
        "own_posts": "lo que dijeron las cuentas de la institución",
        "thread": "las respuestas a una mención",
        "recheck": "cambios, reacciones y borrados de lo conocido",
        "backfill": "lo que se dijo durante un hueco",
    },
}

UNHEARD: Mapping[str, Mapping[str, str]] = {
    "en": {
        "TikTok": "public search exists only in the Research Tools, for approved researchers who work without profit. Answer the comments in your own account, or work with a university.",
        "LinkedIn": "there is no documented search of public posts. Its Community Management API covers your own page, after approval; Corrillo does not read it yet. Use the page's own notifications.",
        "WhatsApp": "conversations are private and should stay so: what is offered to institutions gives only messages to their own number. Offer a number, and count by subject what arrives.",
        "Nextdoor": "its search has to be requested for each use, and is offered for showing posts on a website, not for listening. Use an agency account.",
        "change.org": "no current interface is documented. Petitions reach you by their e-mail updates, by feeds of Google Alerts and by the press, which Corrillo reads.",
        "Private groups, the bar, the queue at the chemist's": "nobody should listen there.",
    },
    "es": {
        "TikTok": "la búsqueda pública solo existe en las Research Tools, para investigadores aprobados y sin ánimo de lucro. Responda los comentarios en su cuenta o colabore con una universidad.",
        "LinkedIn": "no hay una búsqueda documentada de publicaciones. Su API Community Management cubre la página propia, con aprobación; Corrillo aún no la lee. Use los avisos de la página.",
        "WhatsApp": "las conversaciones son privadas y deben seguir siéndolo: lo que se ofrece a las instituciones solo da los mensajes a su propio número. Ofrezca un número y cuente por temas lo que llega.",
        "Nextdoor": "su búsqueda hay que solicitarla para cada uso, y se ofrece para mostrar publicaciones en una web, no para escuchar. Use una cuenta de organismo.",
        "change.org": "no documenta ninguna interfaz vigente. Las peticiones llegan por sus avisos de correo, por canales de Google Alerts y por la prensa, que Corrillo sí lee.",
        "Grupos privados, el bar, la cola de la farmacia": "ahí no debe escuchar nadie.",
    },
}
"""Where an administration has no documented way to listen, and why; by language."""


ASKED = ("open", "optional", "key")
"""Open to all; open, and better with a key; only with a key."""


def asked(access: Access) -> str:
    """One of ASKED."""
    open_to_all = not access.needs or access.needs.startswith(("Nothing", "Nada"))
    return "optional" if access.optional else "open" if open_to_all else "key"


def able_to(kind: SourceKind) -> tuple[str, ...]:
    """Names of what such a source is able to do besides being read, in some cases only when it is configured so."""
    return tuple(getattr(kind, "abilities", ()) or (name for name in ABILITIES if hasattr(kind, name)))


def document(kinds: Mapping[str, SourceKind], language: str) -> str:
    """The page of the documentation, in Markdown."""
    labels = LABELS[language]
    listed = sorted(kinds.items(), key=lambda one: (ASKED.index(asked(one[1].access[language])), one[0]))
    rows = [
        f"| [{name}](#{name}) | {labels[asked(kind.access[language])]} | {kind.access[language].hears} |"
        for name, kind in listed
    ]
    head = f"| {labels['network']} | {labels['needs']} | {labels['hears']} |\n|---|---|---|"
    parts = [f"# {labels['title']}\n\n{labels['intro']}\n", "\n".join([head, *rows]) + "\n"]
    parts += [_section(name, kind, language) for name, kind in listed]
    parts.append(f"## {labels['unheard']}\n")
    parts += [f"- **{name}**: {why}" for name, why in UNHEARD[language].items()]
    return "\n".join(parts) + "\n"


def _section(name: str, kind: SourceKind, language: str) -> str:
    labels, access = LABELS[language], kind.access[language]
    able = "; ".join(labels[ability] for ability in able_to(kind)) or labels["none"]
    return (
        f"## {name}\n\n"
        f"- **{labels['needs']}**: {access.needs or labels['nothing']}\n"
        f"- **{labels['costs']}**: {access.costs}\n"
        f"- **{labels['hears']}**: {access.hears}\n"
        f"- **{labels['misses']}**: {access.misses}\n"
        f"- **{labels['able']}**: {able}.\n\n"
        f"```toml\n{kind.example.get(language, kind.example['en']).rstrip()}\n```\n"
    )
