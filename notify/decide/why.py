"""Why a message was never sent, in the words in which it is kept."""

from __future__ import annotations

TOGETHER = "told together with what came after"
OVER = "over before it was told"
SILENCED = "silenced before it was told"
ACKNOWLEDGED = "acknowledged before it was passed on"
EASED = "below their level before it was told"
UNWANTED = "not asked for any more"
NEWER_DIGEST = "a newer digest has taken its place"
NOTHING = "nothing to say"
REFUSED = "every way refused it"
TOO_LONG = "no way has taken it for 24 hours"
NO_WAY = "no confirmed way"
