"""What customers will probably do: models that learn from the past of one moment and are judged by what came after."""
