"""Room for descriptors: each session has five files of its own, each connection a socket."""

import resource

MOST = 16_384


def have_descriptors() -> None:
    """Take as many descriptors as the system grants: a crowd of strangers must not use up those of the members.

    Where QuickFIX has none left it can let nobody in, and its thread does nothing but try.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
