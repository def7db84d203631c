"""Live plots of a training. Import `training_panel`; the rest comes with pyqtgraph and is loaded when first needed."""
