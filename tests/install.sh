#!/bin/sh
# Finds or installs what the tests drive: a Chromium, and where they can be had the same without
# its windows, a Firefox and a PostgreSQL.
set -eu
bin=$1

install_debian() {
  command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then
  install_debian chromium || "$bin/playwright" install chromium
fi
if ! command -v chromium-headless-shell >/dev/null; then
  install_debian chromium-headless-shell || echo "no chromium-headless-shell: the tests take longer"
fi
if ! command -v firefox-esr >/dev/null && ! command -v firefox >/dev/null; then
  install_debian firefox-esr || echo "no Firefox: the tests of Firefox are skipped and say so"
fi
if ! command -v createdb >/dev/null; then
  install_debian postgresql || echo "no PostgreSQL: the tests of it are skipped and say so"
fi
