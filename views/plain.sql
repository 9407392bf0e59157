SELECT id, name FROM customer WHERE city IS NULL
