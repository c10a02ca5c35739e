"""What a browser is served: the API documentation and its packaged assets."""
