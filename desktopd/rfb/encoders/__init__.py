"""How pixels become the data of rectangles, and what a viewer wants of that."""
