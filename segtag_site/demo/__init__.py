"""The demo: everything that `make demo` starts, on one machine and for this machine only."""
