"""A window in Qt that covers the screen, with a cursor of three colours, one half transparent."""

import sys

from PyQt6.QtGui import QColor, QCursor, QImage, QPixmap
from PyQt6.QtWidgets import QApplication, QWidget

application = QApplication(sys.argv)
image = QImage(24, 16, QImage.Format.Format_ARGB32)
image.fill(QColor(0, 0, 0, 0))
image.setPixelColor(0, 0, QColor(255, 0, 0, 255))
image.setPixelColor(1, 0, QColor(0, 128, 255, 128))
image.setPixelColor(23, 15, QColor(10, 20, 30, 255))
window = QWidget()
window.setCursor(QCursor(QPixmap.fromImage(image), 5, 7))
window.setGeometry(0, 0, 640, 480)
window.show()
application.exec()
