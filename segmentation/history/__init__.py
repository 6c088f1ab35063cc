"""What became of sets over time: their sizes, who came and went and why, and one customer's way through the tags."""
