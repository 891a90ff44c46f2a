"""An incident for people, wherever it is shown: its reason in a plain sentence, and its picture."""
