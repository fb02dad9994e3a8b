"""The Regulation as rules: small pure functions, the market's configuration, and the one catalogue of refusals."""
