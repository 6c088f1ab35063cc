"""The tracking API: what Segment's and RudderStack's clients send, understood, corrected and stored once."""
