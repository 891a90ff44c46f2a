"""What can go wrong on the way to a network, in words: each with what it takes to mend it."""

from __future__ import annotations

import ssl

import httpx

from corrillo.errors import SourceError, SourceRefused, SourceUnavailable
from ingest.dialing import NoSuchName, NotPublic

AGAIN = "it is tried again by itself"
ITSELF = "use the address of the feed itself"
FOREIGN = (httpx.HTTPError, httpx.InvalidURL, NoSuchName, NotPublic, TimeoutError)
"""What asking for an address may raise that is not yet an error of ours."""
_EXPIRED, _NOT_YET, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64
_UNKNOWN_ISSUER = (18, 19, 20, 21)
"""Codes of OpenSSL (X509_V_ERR_…)."""


def explained(url: str, error: Exception, timeout: float) -> SourceError:
    """The error of ours for what httpx, the system or our dialer raised while ``url`` was asked."""
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return SourceUnavailable(f"{url}: no answer within {timeout:g} s", AGAIN)
    if isinstance(error, NoSuchName):
        return SourceUnavailable(f"{url}: {error}", "check how the address is written and, if well, the DNS server")
    if isinstance(error, NotPublic):
        return SourceRefused(f"{url}: is a private address, and a public one redirects to it", ITSELF)
    if isinstance(error, httpx.HTTPError):
        return _on_the_way(url, error)
    return SourceRefused(f"{url}: is not a web address: {error}", "write one that begins with https://")


def stream_broke(url: str, error: Exception, timeout: float) -> SourceError:
    """The same for a stream: what is not explained by its address is that it broke off."""
    if isinstance(error, httpx.TransportError) and not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        reason = str(error) or type(error).__name__
        return SourceUnavailable(f"{url}: the stream broke off: {reason}", "it is opened again by itself")
    return explained(url, error, timeout)


def _on_the_way(url: str, error: httpx.HTTPError) -> SourceError:
    certificate = _certificate(error)
    if certificate is not None:
        return _uncertified(url, certificate)
    if isinstance(error, httpx.UnsupportedProtocol):
        return SourceRefused(f"{url}: is not a web address: {error}", "write one that begins with https://")
    if isinstance(error, httpx.LocalProtocolError):
        return unsendable(url)
    if isinstance(error, httpx.ProxyError):
        return SourceUnavailable(
            f"{url}: the proxy does not let us through: {error}", "check fetch.proxy and CORRILLO_FETCH_PROXY"
        )
    if isinstance(error, httpx.DecodingError):
        return SourceUnavailable(f"{url}: the answer is compressed wrongly: {error}", AGAIN)
    reason = str(error) or type(error).__name__
    if isinstance(error, httpx.ReadError | httpx.RemoteProtocolError):
        return SourceUnavailable(f"{url}: the answer broke off: {reason}", AGAIN)
    return SourceUnavailable(f"{url}: cannot be reached: {reason}", "check the address and the network")


def _certificate(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _uncertified(url: str, error: ssl.SSLCertVerificationError) -> SourceRefused:
    code, said = error.verify_code, str(error.verify_message).rstrip(".")
    if code == _EXPIRED:
        remedy = "tell its operator to renew it; nothing is read from there until then"
    elif code == _NOT_YET:
        remedy = "check the clock of this machine, then tell its operator"
    elif code in (_OTHER_NAME, _OTHER_ADDRESS):
        remedy = "write the address under which the certificate was issued, or tell its operator"
    elif code in _UNKNOWN_ISSUER:
        remedy = "if the authority is your own, name a file with all authorities you trust in SSL_CERT_FILE"
    else:
        remedy = "tell its operator"
    return SourceRefused(f"{url}: its certificate is not valid: {said}", remedy)


def unsendable(url: str) -> SourceRefused:
    """A question that cannot be written down; what is wrong in it may be a key, so it is not said."""
    return SourceRefused(
        f"{url}: cannot be asked: a header holds what none can", "check the key: one line, plain letters"
    )


def status_refused(url: str, status: int) -> SourceRefused:
    """A status that no patience changes."""
    if status in (404, 410):
        return NotThere(f"{url}: answers {status}", _REMEDIES[status])
    return SourceRefused(f"{url}: answers {status}", _REMEDIES.get(status, "check the address"))


class NotThere(SourceRefused):
    """404 or 410: what was asked for is not there, or no longer."""


_REMEDIES = {
    401: "check the access token",
    403: "check the token and what it may read",
    404: "check the address",
    407: "check CORRILLO_FETCH_PROXY",
    410: "it is gone for good: remove the source",
}
