// Lets go of the pages of our own program that only the start needed (options, settings, help): the kernel maps them again
// from the file, which stays in its cache, when they are touched. A program that stays beside the work for days must not
// hold what it used for five milliseconds. Between two parts of a long start it also keeps their pages from adding up.
//
// Units: none. Errors: none; where it does not work nothing changes. Threads: any. Lifetime: none.
#pragma once

namespace olivine {

void release_start_pages();

}  // namespace olivine
