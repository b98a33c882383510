"""Runs the C++ recurrences: loading, calls, gradients, operators for compilers, single steps."""
