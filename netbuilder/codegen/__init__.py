"""From a drawing to PyTorch source text. No Qt, no torch."""

from netbuilder.codegen.layers import Facts
from netbuilder.codegen.module import write_module
from netbuilder.codegen.plan import Plan, make_plan
from netbuilder.codegen.script import write_script
from netbuilder.codegen.writer import Source

__all__ = ["Facts", "Plan", "Source", "make_plan", "write_module", "write_script"]
