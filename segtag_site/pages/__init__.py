"""Pages that draw on facts and conclusions alike."""
