"""Tells other systems what changed: who entered or left a set, runs that failed, audiences that were frozen."""
