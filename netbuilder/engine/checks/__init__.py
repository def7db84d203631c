"""What is wrong with a node, in words and with a fix where one click can mend it."""

from netbuilder.engine.checks.case import Case, mendable
from netbuilder.engine.checks.contradictions import contradictions
from netbuilder.engine.checks.losses import before_it, target, wrong_target
from netbuilder.engine.checks.refusals import torch_refused
from netbuilder.engine.checks.scene import Scene
from netbuilder.engine.checks.surroundings import around, files, folds
from netbuilder.engine.checks.wires import dry, fill, ports

__all__ = [
    "Case", "Scene", "around", "before_it", "contradictions", "dry", "files", "fill", "folds", "mendable", "ports",
    "target", "torch_refused", "wrong_target",
]  # fmt: skip
