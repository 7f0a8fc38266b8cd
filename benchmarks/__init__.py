"""Figures that anybody can take again: `make bench`."""
