"""Pinned files and generators: texts for the lab, judgements for the court."""
