"""The week on one page, for print: HTML and PDF from the same values and words."""
