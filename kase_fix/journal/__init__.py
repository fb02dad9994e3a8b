"""The journal: commands in order, durable before anyone is answered, and proof of what they brought about."""
