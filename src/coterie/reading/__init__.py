"""Reading: what a file is, and how its bytes become rows that an engine can trust."""
