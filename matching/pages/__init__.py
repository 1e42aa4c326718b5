"""Pages that belong to no feature: home, about, privacy, accessibility, and how a reader likes to read."""
