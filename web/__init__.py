"""The reader in the browser, the HTTP endpoints, and the storage and jobs under them."""
