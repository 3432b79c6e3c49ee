#!/usr/bin/env bash
# Runs the PySpark programs and the TPC-H queries with every supported client:
# 3.5 and 4.3 (which ship only inside the full package, 300 MB each), 4.0, 4.1, 4.2.
#
#     tests/pyspark/matrix.sh [VERSION...]
#
# Environments are made under target/pyspark; the server is built in release mode.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
here=tests/pyspark
declare -A packages=(
  [3.5]="pyspark[connect]==3.5.9 pandas<2.3 pyarrow<22 setuptools"
  [4.0]="pyspark-client==4.0.4 pandas<3 setuptools"
  [4.1]="pyspark-client==4.1.3 pandas<3 setuptools"
  [4.2]="pyspark-client==4.2.0 pandas<3"
  [4.3]="pyspark[connect]==4.3.0 pandas<3 zstandard"
)
versions=("$@")
[ ${#versions[@]} -gt 0 ] || versions=(3.5 4.0 4.1 4.2 4.3)

environment() { # NAME REQUIREMENT...
  local path="$target/pyspark/matrix-$1"
  shift
  if [ ! -e "$path/ready" ]; then
    python3 -m venv --clear "$path"
    "$path/bin/pip" install --quiet --disable-pip-version-check "$@"
    touch "$path/ready"
  fi
}

cargo build --release -p spark-connect-server
environment data tpchgen-cli==4.0.0
data="$target/pyspark/tpch-0.01"
[ -e "$data/lineitem.parquet" ] ||
  "$target/pyspark/matrix-data/bin/tpchgen-cli" parquet -s 0.01 -o "$data"

log=$(mktemp)
"$target/release/spark-connect-server" --listen 127.0.0.1:0 >"$log" &
server=$!
trap 'kill "$server" 2>/dev/null; rm -f "$log"' EXIT
until grep -q '^listening on' "$log"; do
  kill -0 "$server" || exit 1
  sleep 0.1
done
remote="sc://$(sed -n 's/^listening on //p' "$log")"

failed=0
for version in "${versions[@]}"; do
  read -ra requirements <<<"${packages[$version]}"
  environment "$version" "${requirements[@]}" pyarrow grpcio-status googleapis-common-protos
  python="$target/pyspark/matrix-$version/bin/python"
  echo "== client $version"
  # The list holds for the clients of `cargo test`; for others, differences are named.
  "$python" -Wignore $here/check.py --remote "$remote" --quiet || failed=1
  "$python" -Wignore $here/tpch/run.py --remote "$remote" --data "$data" \
    --answers $here/answers/tpch_sf0.01.json || failed=1
done
exit "$failed"
