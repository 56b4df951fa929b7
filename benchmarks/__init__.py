"""How fast the tablet and the hub are, beside bare floors measured in the same run.

It must never touch a real instance: everything lives in a temporary folder and on 127.0.0.1.
"""
