// The readers, one a tool: each takes a text and fills a sink. What each format looks like and how its rows are read is
// told in docs/methods/activities.md; traps of the tool are told in the .cc file.
//
// Units: as ActivityTable. Errors: kInvalid with line, column, value and the fix. Threads: one. Lifetime: none kept.
#pragma once

#include "account/activities/activity_sink.h"

namespace olivine {

Status read_olivine_activities(ByteSource& source, ActivitySink& sink);
Status read_sacct(ByteSource& source, ActivitySink& sink);
Status read_codecarbon(ByteSource& source, ActivitySink& sink);
Status read_eco2ai(ByteSource& source, ActivitySink& sink);
Status read_impact_tracker(ByteSource& source, ActivitySink& sink);
Status read_carbontracker(ByteSource& source, ActivitySink& sink);
Status read_mlflow_csv(ByteSource& source, ActivitySink& sink);
Status read_mlflow_folder(FileSystem& files, const std::string& folder, ActivitySink& sink);
Status read_aws_cur(ByteSource& source, ActivitySink& sink);
Status read_gcp_billing(ByteSource& source, ActivitySink& sink);

}  // namespace olivine
