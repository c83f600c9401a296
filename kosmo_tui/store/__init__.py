"""One SQLite file in the state folder: what must outlive the program."""
