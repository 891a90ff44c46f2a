"""Where mentions live and are asked for: one contract (``corrillo.testing``), one folder a store."""
