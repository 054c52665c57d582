"""The public address of the book, and the 404 page.

Everything follows from the address of the repository in _config.yml: GitHub
Pages publishes owner/name at https://owner.github.io/name/. A book with a
domain of its own sets html_baseurl instead.
"""

import urllib.parse


def published(repository: str) -> str:
    """Return where GitHub Pages publishes a repository."""
    owner, name = repository.rstrip("/").split("/")[-2:]
    host = f"{owner.lower()}.github.io"
    folder = "" if name.lower() == host else f"{name}/"
    return f"https://{host}/{folder}"


def set_address(app, config):
    """Derive the public address, unless the configuration gives one."""
    if not config.html_baseurl:
        repository = config.html_theme_options["repository_url"]
        config.html_baseurl = published(repository)


def extend_context(app, pagename, templatename, context, doctree):
    """Give the 404 page, which may stand anywhere, the root of the site."""
    context["site_root"] = urllib.parse.urlsplit(app.config.html_baseurl).path


def setup(app):
    """Register with Sphinx."""
    app.connect("config-inited", set_address, priority=900)
    app.connect("html-page-context", extend_context)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
