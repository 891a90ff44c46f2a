"""A file of counts and a file of real crises: read as they are meant, or refused by the line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from corrillo.errors import ParseError
from corrillo.rehearsal.counts import counts
from corrillo.rehearsal.truth import truth_of

MADRID = ZoneInfo("Europe/Madrid")


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


@pytest.mark.parametrize(
    "text",
    [
        "timestamp,value\n2026-11-21 18:05,1.5\n2026-11-21 18:10,\n",
        "Timestamp;Value\n21/11/2026 18:05;1,5\n21/11/2026 18:10;\n",
        '\ufeffVALUE\tTIMESTAMP\tnote\n1,5\t2026-11-21T18:05:00Z\t"a\nb"\n\t2026-11-21T18:10:00+00:00\t\n',
        "timestamp,count\r\n\r\n1795284300,1.50\r\n1795284600,\r\n",
    ],
    ids=["plain", "as a Spanish spreadsheet writes it", "tabs, a mark, other columns", "seconds since 1970"],
)
def test_a_series_is_read_however_it_is_written(text: str) -> None:
    """An empty value is not known, which is not zero."""
    first, second = counts(lines(text), UTC)
    assert (first.at, first.count) == (datetime(2026, 11, 21, 18, 5, tzinfo=UTC), 1.5)
    assert (second.at, second.count) == (datetime(2026, 11, 21, 18, 10, tzinfo=UTC), None)


def test_a_time_is_kept_as_it_was_written() -> None:
    """Blanks, zone and all: what comes out can be joined with what went in."""
    written = [" 2026-11-21 18:05", "2026-11-21T19:10:00+01:00", "2026-11-21 18:15:00.000"]
    text = "timestamp,value\n" + "".join(f"{w},1\n" for w in written)
    assert [c.written for c in counts(lines(text), UTC)] == written


def test_the_hour_that_is_there_twice_is_read_twice() -> None:
    """In the night in which clocks go back, local times without a zone repeat; order tells them apart."""
    clocks = ("01:30", "02:00", "02:30", "02:00", "02:30", "03:00")
    text = "timestamp,value\n" + "".join(f"2026-10-25 {clock},1\n" for clock in clocks)
    moments = [c.at for c in counts(lines(text), MADRID)]
    assert {b - a for a, b in pairwise(moments)} == {timedelta(minutes=30)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: no column is called 'timestamp'"),
        ("time,value\n", "no column is called 'timestamp', only 'time', 'value'"),
        ("timestamp,n\n", "no column is called 'value'"),
        ("timestamp,value,Value\n", "two columns are called 'value'"),
        ("timestamp,value\n2026-11-21 18:05\n", "line 2: has 1 cells, the header has 2"),
        ("timestamp,value\n\n2026-11-21 18:05,1\n2026-11-21 18:10,x\n", "line 4: 'x' is no count"),
        ("timestamp,value\n2026-11-21 18:05,-1\n", "line 2: '-1' is no count"),
        ("timestamp,value\n2026-11-21 18:05,inf\n", "line 2: 'inf' is no count"),
        ("timestamp,value\n2026-11-21 18:05,nan\n", "line 2: 'nan' is no count"),
        ('timestamp,value\n2026-11-21 18:05,"1,5"\n', "line 2: '1,5' is no count"),
        ("timestamp,value\nyesterday,1\n", "line 2: 'yesterday' is no time"),
        ("timestamp,value\n2026-11-21 18:05,1\n2026-11-21 18:05,1\n", "line 3: '2026-11-21 18:05' is there twice"),
        ("timestamp,value\n2026-11-21 18:05,1\n2026-11-20,1\n", "line 3: '2026-11-20' stands after '2026-11-21 18:05'"),
        ("timestamp,value\n2026-03-29 02:30,1\n", "line 2: there is no '2026-03-29 02:30' in Europe/Madrid"),
        ('timestamp,value\n2026-11-21 18:05,"1\n', "line 2: unexpected end of data"),
    ],
)  # fmt: skip
def test_what_is_no_series_is_refused_by_its_line(text: str, said: str) -> None:
    """With what is wrong, and what to write instead."""
    with pytest.raises(ParseError) as refused:
        list(counts(lines(text), MADRID))
    assert said in refused.value.message
    assert refused.value.remedy


def test_a_repeated_time_with_a_zone_of_its_own_is_no_second_hour() -> None:
    """Only clocks without a zone can mean two moments."""
    text = "timestamp,value\n2026-10-25T02:30:00+02:00,1\n2026-10-25T02:30:00+02:00,1\n"
    with pytest.raises(ParseError, match=r"line 3: .* is there twice"):
        list(counts(lines(text), MADRID))


def test_a_real_crisis_lasts_to_the_end_of_its_last_day() -> None:
    """A day as `to` is included; times without a zone are the institution's."""
    text = "from;to;what\n2026-10-24;2026-10-25;Flood\n2026-11-14 18:00;14/11/2026 20:00;Blackout\n"
    flood, blackout = truth_of(lines(text), MADRID)
    assert flood.since == datetime(2026, 10, 23, 22, tzinfo=UTC)
    assert flood.until == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert blackout.until - blackout.since == timedelta(hours=2)
    assert (flood.what, blackout.what) == ("Flood", "Blackout")


@pytest.mark.parametrize(
    ("row", "said"),
    [("2026-11-14,2026-11-13,x", "ends before it begins"), ("soon,2026-11-13,x", "'soon' is no time")],
)
def test_a_crisis_that_cannot_have_been_is_refused(row: str, said: str) -> None:
    with pytest.raises(ParseError, match=f"line 2: .*{said}"):
        truth_of(lines(f"from,to,what\n{row}\n"), MADRID)
