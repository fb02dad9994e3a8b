"""Scenario stories as pytest items."""
