"""Use cases that join the client layer and the composer.  No Textual here, so all of it runs without a terminal."""
