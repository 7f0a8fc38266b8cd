"""Commands are imported when they are called; pytester forgets what a test imported, and numpy loads once only."""

from __future__ import annotations

from importlib import import_module

from harness.command import FILES

for _file in sorted(set(FILES.values())):
    import_module(f"harness.command.{_file}")
