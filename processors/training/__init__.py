"""Learning from labelled texts; needs the extra ``train``, and nothing here runs while listening."""
