"""The scripts here made the oracle files with programs that the project does not install; none of them is a test."""

collect_ignore_glob = ["*/*.py"]
