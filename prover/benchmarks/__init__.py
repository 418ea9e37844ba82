"""What `zkclear bench` runs: each file measures one thing and returns plain numbers."""
