"""Tests of the score tables."""
