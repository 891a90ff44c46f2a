"""Seeing a crisis come: mentions → what is normal → how unusual is now → alerts → incidents. All of it is pure.

    slots, recently    time in slots of five minutes, and what was counted and heard in the latest
    recent, evidence   the mentions of the last day; which are independent voices; what stands behind a number
    words              a word that reports of trouble share, and that nobody used before
    days, ears         which hours are alike; how much of what is usually said can be heard
    gauge, track       one series, one subject: what is normal (expectation, spread), learnt hour by hour,
                       and how unusual is now (surprise, tails)
    levels             surprise, voices and what they say → watch, warning, crisis, and back
    incidents          alerts that tell the same are one incident, with a life (groups, ties, lives)
    lookout, watching  all of that for one institution, for all of a partition, over records that are kept
    series             the same gauge and levels on a plain series of counts

Time is what the mentions' ``first_seen`` says, and moves only forward; it is cut into slots of five
minutes since 1970. Whatever is remembered stands in records (key → record), so that a restart at any
moment changes nothing that is told.
"""
