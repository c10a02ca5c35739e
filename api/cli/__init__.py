"""The command line: what operators, researchers and newcomers type."""
