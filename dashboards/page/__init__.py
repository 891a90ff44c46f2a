"""The web page: server-rendered, without scripts, read from the store at each request."""
