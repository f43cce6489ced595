"""The feature view that several tests define; TTL stands for its time to live."""

LOAD = """
[[view]]
name = "load"
version = 1
class = "domain"
entity = "zone"
source = "load"
event_time = "event_time"
ingest_time = "ingest_time"
ttl = "TTL"
lineage = ["made by a test"]

[[view.feature]]
name = "now"
transform = "latest"
column = "mw"
unit = "MW"

[[view.feature]]
name = "mean_3h"
transform = "rolling_mean"
column = "mw"
window = "3h"
unit = "MW"

"""
