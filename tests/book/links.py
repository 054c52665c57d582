"""Find broken links inside a built site."""

import html.parser
import pathlib
import urllib.parse


class Page(html.parser.HTMLParser):
    """The links of one page, and its anchors."""

    def __init__(self, path: pathlib.Path):
        """Read the page."""
        super().__init__()
        self.path = path
        self.links: list[str] = []
        self.anchors = {"", "top"}  # both mean the top of the page
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        """Collect the links and the anchors of a tag."""
        values = {name: value for name, value in attrs if value}
        self.anchors |= {values.get("id", ""), values.get("name", "")}
        self.links += [values[n] for n in ("href", "src") if n in values]
        if values.get("http-equiv", "").lower() == "refresh":
            self.links.append(values["content"].split("url=")[1])


def pages(site: pathlib.Path) -> list[pathlib.Path]:
    """List the pages of a built site, without templates in `_static`."""
    return sorted(
        path
        for path in site.rglob("*.html")
        if "_static" not in path.relative_to(site).parts
    )


def broken_links(site: pathlib.Path, root: str = "/") -> list[str]:
    """List every internal link whose file or anchor does not exist.

    The site is published below the path `root`. Links to other sites are not
    followed.
    """
    known = {path: Page(path) for path in pages(site)}
    found = []
    for page in known.values():
        for link in page.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = page.path
            if parts.path:
                path = urllib.parse.unquote(parts.path)
                if path.startswith(root):
                    path, base = path.removeprefix(root), site
                else:  # outside the site if it starts with a slash
                    base = page.path.parent
                target = (base / path).resolve()
            if target.is_dir():
                target /= "index.html"
            anchor = urllib.parse.unquote(parts.fragment)
            anchors = known[target].anchors if target in known else {""}
            if not target.is_file() or anchor not in anchors:
                found.append(f"{page.path.relative_to(site)}: {link}")
    return found
