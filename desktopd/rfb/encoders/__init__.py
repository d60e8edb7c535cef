"""How pixels become rectangles.

An interface (encoder.py), a file for each encoding, and the table of them (registry.py).
"""
