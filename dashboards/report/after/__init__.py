"""The report of an incident: what happened, how early we knew, how fast we answered, for whoever was not there."""
