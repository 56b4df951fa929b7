"""The floor: the least that could be called the same thing, so that a ratio says what is ours."""
