"""Pictures of a drawing: SVG, PDF, PNG and paper."""
