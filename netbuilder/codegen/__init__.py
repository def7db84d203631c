"""From a drawing to PyTorch source text. No Qt, no torch."""
