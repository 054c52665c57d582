#!/bin/sh
# Install Debian packages if this user may: sh book/tools/apt.sh PACKAGE...
# Fails, saying so, where there is no apt-get or no right to use it.
set -e
if ! command -v apt-get >/dev/null; then
    echo "Please install by hand: $*" >&2
    exit 1
elif [ "$(id -u)" = 0 ]; then
    as_root=
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "Please run: sudo apt-get install $*" >&2
    exit 1
fi
echo "Installing $* through apt-get"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "$@" >/dev/null
