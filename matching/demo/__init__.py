"""The demo county: real official divisions and coordinates, invented people and organisations."""
