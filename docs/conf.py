"""How the documentation is built: `make docs`, strictly; a warning fails it."""

from __future__ import annotations

import sys
from pathlib import Path

from harness import __version__

sys.path.insert(0, str(Path(__file__).parent))

project = "false-worlds"
version = release = __version__
extensions = ["myst_parser", "sphinx_click", "reference"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True
default_role = "literal"  # single backticks in what --help says
html_theme = "furo"
html_title = "false-worlds"
html_show_sourcelink = False
