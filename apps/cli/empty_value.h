// empty_value: an option of a command that acts (run, scope, plan, slurm, k8s, systemd) which was given nothing, as a shell variable that
// is not set gives. It would be as if it were not there: a budget or a deadline would be off without a word. Only a name may be none,
// and what a scheduler gives its hook.
//
//   olivine run --budget "$LIMIT" -- ...   ->   olivine: --budget: it is empty; give AMOUNT, or leave --budget out; see olivine run --help
//
// Units: none. Errors: the line to say; "" when there is none. Threads: pure. Lifetime: none.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace olivine::cli {

// `said`: the command as it was typed, "olivine slurm submit". The parsed `app`.
std::string empty_value(const CLI::App& app, const std::string& said);

}  // namespace olivine::cli
