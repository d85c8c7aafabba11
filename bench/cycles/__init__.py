"""The parts of `bench cycle`: a cycle through the actions, recorded, and written again in SQL."""
