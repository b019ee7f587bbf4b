"""Servers on this machine that play others."""
