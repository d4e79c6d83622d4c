"""What the fiduciary part of the API reads and writes."""
