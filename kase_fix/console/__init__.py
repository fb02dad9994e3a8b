"""The operator's window: a process of its own with an HTTP interface, a web page and metrics, fed by the venue."""
