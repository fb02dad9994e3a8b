"""The fault harness: members of both dialects trade with the real processes while these are killed and starved.

`python -m scripts.soak` is what `make soak` runs. `checker` judges what came of it; neither it nor the members share
any code with the venue.
"""
