"""A line of text in Qt; prints its content as JSON, and anew with each change."""

import json
import sys

from PyQt6.QtWidgets import QApplication, QLineEdit

application = QApplication(sys.argv)
line = QLineEdit()
line.setMaxLength(10_000)
line.textChanged.connect(lambda text: print(json.dumps(text), flush=True))
line.resize(600, 100)
line.show()
print(json.dumps(""), flush=True)
application.exec()
