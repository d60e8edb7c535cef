"""RFB servers that are not ours, x11vnc and Xvnc and named targets, relayed to viewers."""
