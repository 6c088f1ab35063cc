"""Playbooks: ready ways to use the whole flow, from a group of customers to a measured campaign."""
