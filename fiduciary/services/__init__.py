"""What fiduciaries do: open a review, answer it, declare a conflict, decide, sign. One function, one act, one event."""
