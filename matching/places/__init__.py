"""Places: official divisions, points, geocoding, coordinate systems."""
