"""Who is told what, and when: from how incidents stand and what was told to whom, and nothing else.

Asked with its own result it gives nothing, so it may be asked as often as one likes, in any process; a
message's id follows from whom it is for and the messages that it follows, so none is made twice.
"""

from __future__ import annotations

from notify.decide.decisions import Decisions
from notify.decide.drills import confirmation, drill
from notify.decide.identity import identity
from notify.decide.outcome import outcome, way_for
from notify.decide.world import World, decide

__all__ = ["Decisions", "World", "confirmation", "decide", "drill", "identity", "outcome", "way_for"]
