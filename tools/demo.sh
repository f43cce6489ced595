#!/usr/bin/env bash
# Trains a real classifier on real data under olivine, and says where its record is. DEMO_ZONE names the grid.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
olivine=build/release/bin/olivine
zone=${DEMO_ZONE:-FR}
"$olivine" run --name digits --project demo --zone "$zone" -- .venv/bin/python examples/demo/train.py
ledger=${OLIVINE_LEDGER:-${XDG_STATE_HOME:-$HOME/.local/state}/olivine/ledger.sqlite}
cat <<END

The record is kept in $ledger; zone $zone was an example, and is what the carbon rests on.
  $olivine show digits             all of it (--json for programs)
  $olivine explain digits carbon   where the number comes from, down to the readings
  $olivine verify digits           computes it again from the stored readings
  $olivine doctor                  what this machine measures, and what it only models
END
