"""What `zkclear bench` runs on the clearing house: each file measures one thing and returns plain numbers."""
