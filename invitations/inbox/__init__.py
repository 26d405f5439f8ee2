"""What comes back by mail: `sources` fetch it, `letters` turn bytes into values."""
