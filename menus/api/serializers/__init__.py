"""What the menus part of the API reads and writes."""
