"""Where the code of a Python block is written: the editor, what surrounds it, and the larger window."""

from netbuilder.ui.code_editor.python_box import PythonBox

__all__ = ["PythonBox"]
