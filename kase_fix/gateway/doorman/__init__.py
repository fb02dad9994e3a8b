"""The doorman: the process in front of QuickFIX that frames every message and asks everybody who he is."""
