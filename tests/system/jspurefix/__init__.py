"""A member with client software that is not ours: jspurefix on Node.js, which checks all it gets by our dictionary."""
