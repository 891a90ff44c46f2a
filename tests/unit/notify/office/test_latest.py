"""What is looked at again and again: the last answer holds while there is none."""

from __future__ import annotations

from corrillo.errors import StoreError
from notify.office.latest import Latest
from tests.processes import until


def test_the_last_answer_holds_while_reading_fails_and_why_is_said() -> None:
    answers: list[int | Exception] = [1, StoreError("the store is away"), ValueError("of somebody's post"), 2]
    told: list[int] = []
    seen: list[tuple[int | None, str]] = []

    def read() -> int:
        seen.append((latest.value, latest.trouble))
        if not answers:
            latest.stop()
            return 3
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    latest: Latest[int] = Latest("store", read, 0.0, lambda: told.append(1))
    latest.start()
    until(lambda: latest.value == 3, "the last answer")
    assert seen == [
        (None, "store: was not read yet"), (1, ""), (1, "store: the store is away"), (1, "store: ValueError"), (2, ""),
    ]  # fmt: skip
    until(lambda: len(told) == 3, "a word after each that went well")
