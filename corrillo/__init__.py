"""Corrillo: the words everyone shares, the ports, the pipeline and the commands."""

__version__ = "0.1.0"
