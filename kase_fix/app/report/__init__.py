"""`kase-fix report`: what a day has come to, for people."""
