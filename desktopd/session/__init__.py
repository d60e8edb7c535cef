"""Services that make up a desktop: started in order, watched, restarted, adopted."""
