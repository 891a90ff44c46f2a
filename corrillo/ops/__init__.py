"""Operation: how a process says how it is. Probes, metrics, logs; nothing of it ever holds a text or an author."""
