"""The view *Is it a crisis?*: what is said an hour against what is normal, incidents, and what people do about them."""
