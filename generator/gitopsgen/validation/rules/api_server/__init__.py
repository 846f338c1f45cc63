"""What the API server refuses though the schemas permit it, a module for each part of its code."""
