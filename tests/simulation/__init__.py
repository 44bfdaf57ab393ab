"""People who want something, simulated: they talk to the real assistant on the page's channel (see README.md)."""
