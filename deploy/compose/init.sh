#!/bin/sh
# Makes what docker-compose.yml needs and nobody should choose: random secrets, each in a file of its own, and a
# configuration to edit. What is there is never changed: run it as often as you like.
set -eu
cd "$(dirname "$0")"
owner=1000 # the user of every container; Elasticsearch takes its password only from a file that nobody else can read

case "$(id -u)" in
0) give() { chown "$owner" "$@"; } ;;
"$owner") give() { :; } ;;
*)
    echo "The containers run as user $owner and you are $(id -u): run it as root (sudo $0), which gives them the files." >&2
    exit 1
    ;;
esac

umask 077
mkdir -p secrets
give secrets
for name in elastic kibana_system corrillo_writer corrillo_team pseudonym_key links_key kibana_encryption_key; do
    [ -s "secrets/$name" ] && continue
    od -An -tx1 -N32 /dev/urandom | tr -d ' \n' >"secrets/$name.new"
    [ "$(wc -c <"secrets/$name.new")" -eq 64 ] || { echo "secrets/$name: no random numbers to be had" >&2; exit 1; }
    chmod 400 "secrets/$name.new"
    give "secrets/$name.new"
    mv "secrets/$name.new" "secrets/$name"
    echo "made secrets/$name"
done

umask 022
if [ ! -e corrillo.toml ]; then
    cp corrillo.example.toml corrillo.toml
    echo "made $(pwd)/corrillo.toml: edit it, then: docker compose up -d"
fi
# docker compose reads .env; without this line it refuses to begin and says why.
grep -qs '^CORRILLO_SECRETS=' ../../.env || echo 'CORRILLO_SECRETS=./deploy/compose/secrets' >>../../.env
echo "Keep a copy of secrets/pseudonym_key apart from all backups: docs/operations.md says why."
