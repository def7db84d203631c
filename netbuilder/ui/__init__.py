"""The window: Qt and pyqtgraph. Never torch."""
