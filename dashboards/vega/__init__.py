"""Charts as Vega-Lite, and as pictures for those who run no script."""
