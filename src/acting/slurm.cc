#include "acting/slurm.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::array<std::string_view, 7> kGoesOn{"PENDING", "RUNNING",       "SUSPENDED",   "CONFIGURING",
                                                  "STOPPED", "RESV_DEL_HOLD", "SPECIAL_EXIT"};
constexpr std::array<std::string_view, 7> kOnTheWay{"COMPLETING", "REQUEUED",  "REQUEUE_HOLD", "REQUEUE_FED",
                                                    "RESIZING",   "SIGNALING", "STAGE_OUT"};

// sbatch's short options with a value, and its long ones without (or with one after = only).
constexpr std::string_view kShortWithValue = "AaBCcDdeFGiJLMmNnopqStwx";
constexpr std::array<std::string_view, 23> kLongWithoutValue{
    "contiguous", "exclusive",  "get-user-env",  "help",          "hold",      "ignore-pbs", "nice",   "no-kill",
    "no-requeue", "overcommit", "oversubscribe", "parsable",      "propagate", "quiet",      "reboot", "requeue",
    "spread-job", "test-only",  "usage",         "use-min-nodes", "verbose",   "version",    "wait"};

// What of the user's options matters to us, by the name in full; "" does not.
struct SbatchOption {
  std::string_view name;
  bool takes_next = false;  // the next word is its value
};

// As getopt_long reads a word: short ones may be joined and have their value at once; long ones may be cut short.
SbatchOption sbatch_option(std::string_view word) {
  if (!word.starts_with("--")) {
    for (std::size_t at = 1; at < word.size(); ++at) {
      if (word[at] == 'b') return {"begin"};
      if (word[at] == 'H') return {"hold"};
      if (word[at] == 'Q') return {"quiet"};
      if (word[at] == 'M') return {"clusters", at + 1 == word.size()};
      if (kShortWithValue.find(word[at]) != std::string_view::npos) return {"", at + 1 == word.size()};
    }
    return {""};
  }
  const std::string_view name = word.substr(2, word.find('=') - 2);
  const auto cut = [&](std::string_view full, std::size_t least) {
    return name.size() >= least && full.starts_with(name);
  };
  const bool alone = word.find('=') == std::string_view::npos &&
                     std::none_of(kLongWithoutValue.begin(), kLongWithoutValue.end(),
                                  [&](std::string_view full) { return full.starts_with(name); });
  if (cut("begin", 2)) return {"begin"};  // shorter ones mean several, which sbatch refuses
  if (cut("hold", 2)) return {"hold"};
  if (cut("quiet", 2)) return {"quiet"};
  if (cut("clusters", 2)) return {"clusters", alone};
  return {cut("comment", 3) ? "comment" : "", alone};
}

// The first of the user's options that is called so, or none. The script and what follows it is its own.
const std::string* find_option(const std::vector<std::string>& arguments, std::string_view name) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument.size() < 2 || argument[0] != '-' || argument == "--") break;
    const SbatchOption option = sbatch_option(argument);
    if (option.name == name) return &argument;
    if (option.takes_next) ++i;
  }
  return nullptr;
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.size() < 19 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Submitted {
  std::string_view job, rest;  // "123", " on cluster x"
};

// The first line of sbatch's that says a number; it may be told other things first.
std::optional<Submitted> submitted(std::string_view output) {
  for (const std::string_view line : split(output, '\n')) {
    std::string_view said = trim(line);
    if (constexpr std::string_view kSaid = "Submitted batch job "; said.starts_with(kSaid))
      said.remove_prefix(kSaid.size());
    const std::string_view job = said.substr(0, said.find_first_of("; "));
    if (all_digits(job)) return Submitted{job, said.substr(job.size())};
  }
  return std::nullopt;
}

}  // namespace

Result<SlurmBy> slurm_by_from(std::string_view name) {
  if (name == "begin") return SlurmBy::kBegin;
  if (name == "hold") return SlurmBy::kHold;
  if (name == "suspend") return SlurmBy::kSuspend;
  if (name == "requeue") return SlurmBy::kRequeue;
  return fail(ErrorKind::kInvalid,
              fmt::format("--by \"{}\" is not one of begin, hold, suspend, requeue", printable(name)));
}

Result<std::vector<std::string>> sbatch_words(SlurmBy by, Duration until_start, const std::string& comment,
                                              const std::vector<std::string>& arguments) {
  for (const char* own : {"begin", "hold"})
    if (const std::string* said = find_option(arguments, own))
      return fail(ErrorKind::kInvalid,
                  fmt::format("sbatch {}: when the job starts is what the plan says; leave it away", printable(*said)));
  if (const std::string* said = find_option(arguments, "quiet"))
    return fail(ErrorKind::kInvalid,
                fmt::format("sbatch {}: it hides the job's number, which is needed; leave it away", printable(*said)));
  std::vector<std::string> words{"sbatch"};
  if (by == SlurmBy::kBegin) {
    if (until_start.ns > 0)
      words.push_back(fmt::format("--begin=now+{}", (until_start.ns + 999'999'999) / 1'000'000'000));
  } else {
    words.push_back("--hold");
  }
  if (by == SlurmBy::kRequeue) words.push_back("--requeue");
  if (!comment.empty() && find_option(arguments, "comment") == nullptr) words.push_back("--comment=" + comment);
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

Status check_own_cluster(const std::vector<std::string>& arguments) {
  const std::string* said = find_option(arguments, "clusters");
  if (said == nullptr) return {};
  return fail(ErrorKind::kInvalid, fmt::format("sbatch {}: a job of another cluster cannot be held, followed or "
                                               "watched from here; leave it away, or say --by begin without --watch",
                                               printable(*said)));
}

Result<std::string> checked_slurm_job(std::string_view job) {
  const std::size_t line = job.find('_');
  const bool good =
      all_digits(job.substr(0, line)) && (line == std::string_view::npos || all_digits(job.substr(line + 1)));
  if (!good) return fail(ErrorKind::kInvalid, fmt::format("\"{}\" is not a job's number, e.g. 123", printable(job)));
  return std::string(job);
}

Result<std::string> slurm_job_of(std::string_view output) {
  if (const auto said = submitted(output)) return std::string(said->job);
  return fail(ErrorKind::kInvalid,
              fmt::format("sbatch did not say the job's number: \"{}\"", printable(trim(output).substr(0, 200))));
}

std::string slurm_cluster_of(std::string_view output) {
  constexpr std::string_view kOn = " on cluster ";
  const std::string_view rest = submitted(output).value_or(Submitted{}).rest;
  if (rest.starts_with(';')) return std::string(trim(rest.substr(1)));
  return rest.starts_with(kOn) ? std::string(trim(rest.substr(kOn.size()))) : std::string();
}

Result<std::vector<std::string>> slurm_states(const ProgramRunner& run, const std::string& job) {
  OLIVINE_TRY(const ProgramOutput said, run({"squeue", "--noheader", "--states=all", "--jobs=" + job, "--format=%T"}));
  std::vector<std::string> states;
  if (said.exit_code != 0 && said.err.find("Invalid job id") != std::string::npos) return states;
  if (said.exit_code != 0) return fail(ErrorKind::kTransient, fmt::format("squeue: {}", printable(trim(said.err))));
  for (const std::string_view line : split(said.out, '\n'))
    if (!trim(line).empty()) states.emplace_back(trim(line));
  return states;
}

bool slurm_ended(std::string_view state) {
  const auto is = [&](std::string_view one) { return one == state; };
  return std::none_of(kGoesOn.begin(), kGoesOn.end(), is) && std::none_of(kOnTheWay.begin(), kOnTheWay.end(), is);
}

Status SlurmHand::control(const std::string& verb, const std::string& undo) {
  if (before && !undo.empty()) before(undo);
  const auto done = output_of(run_, {"scontrol", verb, job_});
  if (done || undo.empty()) {
    undo_ = done ? undo : undo_;
    if (before && undo.empty() && done) before("");
  } else if (done.error().kind == ErrorKind::kTransient) {
    undo_ = verb == "hold" ? undo_ : undo;  // it may have been done all the same; a hold is tried again
  } else if (before) {
    before(undo_);  // it was not done: what was before holds
  }
  return done ? Status{} : Status(tl::unexpected<Error>(done.error()));
}

// Of an array, tasks that run come before those that wait to: these are held back when they start.
Status SlurmHand::wait() {
  OLIVINE_TRY(const auto states, slurm_states(run_, job_));
  const auto any = [&](std::string_view state) {
    return std::find(states.begin(), states.end(), state) != states.end();
  };
  const bool choose_start = by_ == SlurmBy::kHold || by_ == SlurmBy::kBegin;  // a start is all that is chosen
  if (any("RUNNING") && !choose_start)
    return by_ == SlurmBy::kSuspend ? control("suspend", "resume") : control("requeuehold", "release");
  if (any("PENDING") && undo_ != "release" && !any("SUSPENDED")) return control("hold", "release");
  return {};
}

Status SlurmHand::go() {
  const auto states = slurm_states(run_, job_);
  if (!states && !undo_.empty())
    return control(undo_, "");  // what we did is undone also when nobody says what came of it
  if (!states) return tl::unexpected<Error>(states.error());
  const auto any = [&](const auto& is) { return std::any_of(states->begin(), states->end(), is); };
  if (by_ == SlurmBy::kSuspend && any([](const std::string& state) { return state == "SUSPENDED"; })) {
    OLIVINE_CHECK_STATUS(control("resume", ""));
  }
  if (any([](const std::string& state) {
        return state == "PENDING" || state.starts_with("REQUEUE") || state == "COMPLETING";
      }))
    return control("release", "");
  return {};
}

Result<JobLook> SlurmHand::look() {
  OLIVINE_TRY(const auto states, slurm_states(run_, job_));
  const auto completed = [](const std::string& state) { return state == "COMPLETED"; };
  JobLook look;
  look.runs = std::find(states.begin(), states.end(), "RUNNING") != states.end();
  look.ended = std::all_of(states.begin(), states.end(), [](const std::string& state) { return slurm_ended(state); });
  if (look.ended && !states.empty()) look.well = std::all_of(states.begin(), states.end(), completed);
  if (!states.empty())
    look.state = look.runs ? "RUNNING" : *std::find_if_not(states.begin(), states.end() - 1, completed);
  look.ending = !look.runs && !look.ended && look.state == "COMPLETING";
  return look;
}

}  // namespace olivine
