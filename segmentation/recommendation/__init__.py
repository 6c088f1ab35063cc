"""What to offer whom: two lists for each customer, and the best customers for each product."""
