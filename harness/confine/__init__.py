"""What a process does to itself before it runs what is not trusted.

    seccomp     which system calls it may make: a filter for the kernel, as bytes
    landlock    which files, ports and processes it may reach, by the kernel's own rules
    limits      how much of the machine it may take
    __main__    do so, then run a module: `python -m harness.confine ORDER MODULE`

Linux on x86-64 and arm64. Nothing here decides whether that is enough: `harness.court.sandbox` does.
"""
