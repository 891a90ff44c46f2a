"""What needs a link and no login: acknowledging, silencing, confirming, unsubscribing, and the Atom feed."""
