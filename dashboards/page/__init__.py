"""The web page: drawn by the server, read from the store at each request; scripts help, and nothing needs them."""
