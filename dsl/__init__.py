"""Text to tree and back: parser, nodes, formatter, highlighter. Imports nothing of ours and does no I/O."""
