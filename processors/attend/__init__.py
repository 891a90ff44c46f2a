"""Who asked or complained, and whether somebody of the institution has answered: pure, on threads.

``turns`` is what is remembered of a mention, ``threads`` the rule by which one is answered, ``register`` what the
institution has said of itself, ``attendance`` the machine: mentions and time in, what became of each question out.
"""
