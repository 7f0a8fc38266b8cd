"""Frozen, strict values that cross from one room to another. They describe; they do nothing.

A record refuses unknown keys and values of another type, is hashable unless it holds a mapping,
and has one JSON form (`harness.codec`). The JSON schemas under `harness/schemas` are generated from these classes.
"""
