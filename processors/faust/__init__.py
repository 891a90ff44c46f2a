"""The only Faust: the steps of the pipeline as agents that share the partitions of the topics.

What holds here (and is tested by killing): a message is acknowledged only when its effect is
durable; what may work later is tried again for ever; what never will goes to quarantine with its
topic, partition and offset; anything unexpected ends the process, so that the next one replays
what was not acknowledged. At least once, idempotent by mention id.
"""
