"""What is kept and how it is found. Knows neither ACE nor sockets."""
