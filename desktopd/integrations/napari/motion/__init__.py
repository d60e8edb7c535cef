"""What moves: a canvas too slow for motion is drawn coarser while it moves, and exactly when it rests.

Only vispy's visuals are touched, within one drawing; napari's layers never know.
"""
