"""What Kibana says when it refuses, in words of ours: what, where, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from corrillo.errors import CorrilloError

OLDEST = (8, 12)
"""The first Kibana that takes our objects as they are."""


class KibanaError(CorrilloError):
    """A request that failed; ``status`` is HTTP's, 0 without an answer."""

    def __init__(self, message: str, remedy: str, status: int = 0) -> None:
        super().__init__(message, remedy)
        self.status = status


def refused(where: str, user: str, what: str, status: int, said: str) -> KibanaError:
    """The error of an answer with that status, where Kibana ``said`` so."""
    if status == 401:
        message, remedy = _UNKNOWN[bool(user)]
    elif status == 403:
        message, remedy = f"{user or 'nobody'} may not {what}: {said}", _RIGHTS
    else:
        message, remedy = _SAID.get(status, (f"{what} failed with {status}: {{}}", _LOOK))
        message = message.format(said)
    return KibanaError(f"{where}: {message}", remedy, status)


def not_kibana(where: str, seen: str) -> KibanaError:
    """Something answers there, and it is not Kibana."""
    return KibanaError(
        f"{where}: is no Kibana ({seen})",
        "check kibana.url: Kibana's own address, its server.basePath included, and no page with a login before it",
    )


def no_answer(where: str, said: str) -> KibanaError:
    """Nobody there."""
    return KibanaError(f"{where}: cannot be reached ({said})", "is Kibana running, and is kibana.url right?")


def too_slow(where: str, what: str) -> KibanaError:
    """It took the request and did not answer."""
    return KibanaError(
        f"{where}: has not answered in time ({what})",
        "see in its log whether it is done; run it again (nothing is put there twice), or raise kibana.timeout",
    )


def no_trust(where: str, said: str) -> KibanaError:
    """No TLS with it: usually because its certificate is not to be trusted."""
    return KibanaError(
        f"{where}: cannot be spoken to over TLS ({said})",
        "name the authority behind its certificate: kibana.ca_file",
    )


def no_space(where: str, space: str) -> KibanaError:
    """The space is not there, or the user may not see it."""
    return KibanaError(
        f"{where}: there is no space {space!r}",
        "make it with: corrillo dashboards apply --make-space, or name another one: --space, kibana.space",
        404,
    )


def no_roles(where: str) -> KibanaError:
    """Its security is off."""
    return KibanaError(
        f"{where}: knows no roles, its security is off",
        "leave --viewers out: whoever reaches this Kibana may see and change everything",
        404,
    )


_LOOK = "if it is not plain what to do: corrillo doctor, and the log of Kibana"
_RIGHTS = (
    "in that space it takes all privileges on Dashboards, Discover, the Visualize library, data views, tags and "
    "saved objects; with --viewers or --make-space, come as somebody who manages roles and spaces ($CORRILLO_KIBANA_USER)"
)
_UNKNOWN = {
    True: ("does not know the user, or the password is wrong", "check kibana.user and its password"),
    False: ("asks who we are", "name a user: kibana.user, and its password in a file or the environment"),
}
_SAID: Mapping[int, tuple[str, str]] = {
    404: ("has nothing there ({})", "check kibana.url, with server.basePath if Kibana has one"),
    413: ("the file is too large for it ({})", "raise server.maxPayload in kibana.yml, or that of the proxy before it"),
    422: (
        "is too old for the dashboards ({})",
        f"they need Kibana {OLDEST[0]}.{OLDEST[1]} or later: upgrade Kibana",
    ),
    429: ("has too much to do ({})", "run it again in a minute"),
    500: ("failed inside ({})", "its log says why; nothing is put there twice: run it again when that is mended"),
    502: ("what stands before it gets no answer ({})", "see whether Kibana runs, then run it again"),
    503: ("is not ready ({})", "it may be starting: run it again in a minute; if it stays so, see its log"),
    504: ("what stands before it waited too long ({})", "run it again; nothing is put there twice"),
}
