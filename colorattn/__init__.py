"""Attention in Color: the small package behind the chapters.

Each sub-package imports only from those to its left:

    files < data < model < analysis < training < runs < __main__
                               analysis < figures < widgets

`claims` imports only `files`; `checks` imports nothing of the package.
"""
