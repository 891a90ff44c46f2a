"""What people look at: the web page of the town hall."""
