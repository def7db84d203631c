"""What the user drew: records, graph, edits, commands, document and files. No Qt, no torch."""
