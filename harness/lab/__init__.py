"""Make: what turns a plan and texts into vectors. Not trusted."""
