"""What several subjects observe: rocks in trees, on servers, in the distribution."""
