"""History through the rules: which alerts they would have given, how early, and how many of them false.

    counts   a plain series out of a CSV file
    history  the mentions of a store, in the order in which they were seen
    past     which sources could be heard at a moment of it
    replay   those mentions through detection, as it runs in production → episodes
    run      all of that for one institution
    truth    what really happened, and what of it was found

Nothing of it is written anywhere.
"""
