"""What a run says of each customer (or product) beyond membership: scores, neighbours, reasons."""
