"""Mails of what follows a meal; the worker sends, a test reads the built mail."""
