"""Who waits for an answer, and how long people wait for one."""
