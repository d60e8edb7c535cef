"""Who may do what over HTTP: tokens, cookies, login, origins."""
