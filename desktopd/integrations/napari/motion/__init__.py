"""What moves: a canvas that is too slow is drawn coarser while it moves, exactly when it rests.

Only vispy's visuals are touched, within one drawing; napari's layers never know.
"""
