"""Observations shared by several subjects: rocks in trees, on servers, in the distribution."""
