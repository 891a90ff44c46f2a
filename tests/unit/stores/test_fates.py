"""What becomes of the events of a stream: the worst of their operations."""

from __future__ import annotations

import pytest

from stores.elasticsearch.bulk import Result
from stores.elasticsearch.errors import Cause, ServerError
from stores.elasticsearch.fates import Fates, Indexed

BUSY, BAD = Result(429, Cause("es_rejected_execution_exception", "queue full")), Result(400, Cause("x", "no date"))


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([Result(201), Result(200)], Indexed(done=1)),
        ([Result(201), Result(409)], Indexed(stale=1)),
        ([Result(404)], Indexed(done=1)),
        ([Result(201), BUSY], Indexed(transient=(0,), reason="queue full")),
        ([BAD, Result(201)], Indexed(permanent={0: "no date"})),
        ([BAD, BUSY], Indexed(transient=(0,), reason="queue full")),
        ([Result(503), Result(409)], Indexed(transient=(0,), reason="status 503")),
    ],
)
def test_an_event_fares_as_the_worst_of_its_operations(results, expected):
    """Something that may work later comes before something that never will: it is given again whole."""
    fates = Fates(1)
    for result in results:
        fates.note(0, result)
    assert fates.indexed() == expected


def test_a_request_that_is_refused_leaves_all_its_events_for_later():
    """Unless only a person can mend it: then it is raised."""
    fates = Fates(3)
    fates.fail([0, 2], ServerError("away", "wait", status=503))
    assert fates.indexed() == Indexed(done=1, transient=(0, 2), reason="away")
    with pytest.raises(ServerError):
        fates.fail([1], ServerError("you may not", "ask", status=403))
