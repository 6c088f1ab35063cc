"""The customer set: the one currency of tags, segments, clusters, audiences and holdouts."""
