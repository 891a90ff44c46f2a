"""Alerts and digests to people: what is due (``decide``), what it says (``messages``), how it goes out (``channels``),
and what keeps it all going (``office``)."""
