// sacct: one line a job ("123", "123_4" of an array, "123+1" of a heterogeneous one), below it one line a step ("123.batch",
// "123.0"). A step holds what its job holds already: it is not an activity. Its energy is taken only where the job's own line has none:
// the largest of one step, for steps that overlap in time read the same meter of the node; that is a lower bound.
//
// A job that was requeued has a line for each time that it ran (--duplicates), with the same number and another start: each held
// hardware and is counted. A line that repeats number and start is the same one twice.
#include <fmt/core.h>

#include <cmath>
#include <unordered_set>

#include "account/activities/activity_readers.h"
#include "account/activities/sacct_fields.h"
#include "account/activities/table_rows.h"
#include "base/text.h"

namespace olivine {
namespace {

constexpr double kJoulesPerKwh = 3.6e6;

struct SacctColumns {
  std::size_t job = 0, state = 0, start = 0, end = 0;
  std::optional<std::size_t> elapsed, elapsed_raw, tres, cpus, memory, total_cpu, energy_raw, energy, user, account,
      model;
};

class SacctReader {
 public:
  SacctReader(TableRows rows, ActivitySink& sink) : rows_(std::move(rows)), sink_(sink) {}
  Status find_columns();
  Status read();

 private:
  Status job_row();
  Status step_row();
  Status flush();
  Status set_times(Activity& a);
  Status set_resources(Activity& a);
  Status set_use(Activity& a);
  Result<double> energy_j() const;
  bool seen_before(std::string_view job, std::int64_t begin_s);

  TableRows rows_;
  ActivitySink& sink_;
  SacctColumns c_;
  std::unordered_set<std::uint64_t> seen_;
  // The job whose steps may follow, with its texts.
  std::string job_, user_, account_, model_, device_;
  Activity activity_;
  bool has_activity_ = false;
  double job_energy_j_ = kNotSaid, step_energy_j_ = kNotSaid;
};

Status SacctReader::find_columns() {
  if (rows_.columns().size() < 3)
    return rows_.bad_line(
        "this is not sacct --parsable2 (columns parted by |); make it with: sacct --allusers --parsable2 --duplicates "
        "--format=JobID,User,Account,State,Start,End,ElapsedRaw,AllocTRES,TotalCPU,ConsumedEnergyRaw");
  OLIVINE_TRY(c_.job, rows_.need({"JobID", "JobIDRaw"}));
  OLIVINE_TRY(c_.state, rows_.need({"State"}));
  OLIVINE_TRY(c_.start, rows_.need({"Start"}));
  OLIVINE_TRY(c_.end, rows_.need({"End"}));
  c_.elapsed = rows_.find({"Elapsed"});
  c_.elapsed_raw = rows_.find({"ElapsedRaw"});
  c_.tres = rows_.find({"AllocTRES"});
  c_.cpus = rows_.find({"AllocCPUS", "NCPUS"});
  c_.total_cpu = rows_.find({"TotalCPU"});
  c_.energy_raw = rows_.find({"ConsumedEnergyRaw"});
  c_.energy = rows_.find({"ConsumedEnergy"});
  c_.user = rows_.find({"User"});
  c_.account = rows_.find({"Account"});
  if (const std::string& name = sink_.options().model_column; !name.empty()) {
    OLIVINE_TRY(c_.model, rows_.need({name}));
  }
  if (!c_.tres && !c_.cpus)
    return rows_.bad_line(
        "neither AllocTRES nor AllocCPUS: nobody can say what the jobs held; add AllocTRES to --format");
  return {};
}

// 64 bits of number and start: two of 10^6 jobs share them with a chance of 3 in 10^8.
bool SacctReader::seen_before(std::string_view job, std::int64_t begin_s) {
  std::uint64_t h = 1469598103934665603ULL;
  for (const char c : job) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  h ^= static_cast<std::uint64_t>(begin_s) * 0x9E3779B97F4A7C15ULL;
  h = (h ^ (h >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  return !seen_.insert(h ^ (h >> 27U)).second;
}

Result<double> SacctReader::energy_j() const {
  const auto& column = c_.energy_raw ? c_.energy_raw : c_.energy;
  if (!column) return kNotSaid;
  const auto joules = parse_slurm_energy_j(rows_.cell(*column));
  if (!joules) return rows_.bad(*column, rows_.cell(*column), "is no energy in joules (1200, 1.2K)");
  return *joules;
}

Status SacctReader::set_times(Activity& a) {
  const std::int64_t offset_s = sink_.options().offset_s.value_or(0);
  OLIVINE_TRY(a.begin_s, rows_.time(c_.start, offset_s));
  OLIVINE_TRY(a.end_s, rows_.time(c_.end, offset_s));
  if (a.end_s < a.begin_s)
    return rows_.bad(c_.end, rows_.cell(c_.end), "lies before Start; correct the row or take it out");
  std::optional<double> seconds;
  if (c_.elapsed_raw) {
    OLIVINE_TRY(const double raw, rows_.amount(c_.elapsed_raw));
    if (!std::isnan(raw)) seconds = raw;
  } else if (c_.elapsed) {
    seconds = parse_slurm_duration(rows_.cell(*c_.elapsed));
    if (!seconds) return rows_.bad(*c_.elapsed, rows_.cell(*c_.elapsed), "is not [days-]hours:minutes:seconds");
  }
  if (!seconds) return {};
  // Where clocks are set back in autumn, local times make a job an hour shorter than it was.
  const double span = static_cast<double>(a.end_s - a.begin_s);
  if (*seconds > span + 1.0) {
    if (*seconds > span + 3'601.0 || rows_.times_said_zone())
      return rows_.bad(c_.elapsed_raw ? *c_.elapsed_raw : *c_.elapsed,
                       rows_.cell(c_.elapsed_raw ? *c_.elapsed_raw : *c_.elapsed),
                       fmt::format("is longer than the {} s between Start and End", a.end_s - a.begin_s));
    a.end_s = a.begin_s + static_cast<std::int64_t>(std::llround(*seconds));
    sink_.note("some jobs span the hour at which clocks are set back; their end was taken from Elapsed");
  }
  a.hours = *seconds / 3600.0;
  return {};
}

Status SacctReader::set_resources(Activity& a) {
  device_.clear();
  if (c_.tres) {
    const auto held = parse_tres(rows_.cell(*c_.tres));
    if (!held) return rows_.bad(*c_.tres, rows_.cell(*c_.tres), "is not like cpu=4,mem=16G,node=1,gres/gpu=2");
    a.cpus = held->cpus;
    a.memory_gb = held->memory_gb;
    a.devices = held->devices;
    device_ = held->device.empty() && held->devices > 0.0 ? "gpu" : std::string(held->device);
    if (held->several_kinds)
      sink_.note(fmt::format("line {}: a job holds several kinds of GPU; all count as {}", rows_.line(),
                             shown_value(device_)));
  }
  if (std::isnan(a.cpus)) {
    OLIVINE_TRY(a.cpus, rows_.amount(c_.cpus));
  }
  return {};
}

Status SacctReader::set_use(Activity& a) {
  if (!c_.total_cpu || rows_.cell(*c_.total_cpu).empty()) return {};
  const auto used_s = parse_slurm_duration(rows_.cell(*c_.total_cpu));
  if (!used_s) return rows_.bad(*c_.total_cpu, rows_.cell(*c_.total_cpu), "is not [days-]hours:minutes:seconds");
  const double held_s = a.cpus * a.hours * 3600.0;
  // Slurm writes 0 where it did not count (no jobacct_gather): unknown is never zero.
  if (held_s > 0.0 && *used_s > 0.0) a.cpu_used = std::min(1.0, *used_s / held_s);
  return {};
}

Status SacctReader::step_row() {
  const std::string_view id = rows_.cell(c_.job);
  if (!has_activity_ || id.substr(0, id.find('.')) != job_) {
    sink_.skip("a step of a job that was left out", rows_.line());
    return {};
  }
  sink_.skip("a step: its job holds the same hardware", rows_.line());
  OLIVINE_TRY(const double joules, energy_j());
  if (!std::isnan(joules)) step_energy_j_ = std::isnan(step_energy_j_) ? joules : std::max(step_energy_j_, joules);
  return {};
}

Status SacctReader::flush() {
  if (!has_activity_) return {};
  has_activity_ = false;
  double joules = job_energy_j_;
  if (std::isnan(joules) && !std::isnan(step_energy_j_)) {
    joules = step_energy_j_;
    sink_.note("the energy of some jobs is that of their largest step, for the job's own line has none: a lower bound");
  }
  activity_.user = user_;
  activity_.project = account_;
  activity_.model = model_;
  activity_.device = device_;
  if (!std::isnan(joules)) {
    activity_.energy_kwh = joules / kJoulesPerKwh;
    activity_.plane = sink_.options().plane.value_or(ActivityPlane::kNodeAc);
    activity_.reported_by = "slurm";
    if (!sink_.options().plane)
      sink_.note(
          "sacct does not say where energy was metered: taken as node_ac (ipmi, xcc); --plane chip for "
          "acct_gather_energy/rapl. "
          "On nodes that jobs share, each job's figure is that of the whole node");
  }
  return sink_.take(activity_);
}

Status SacctReader::job_row() {
  OLIVINE_CHECK_STATUS(flush());
  const auto state = slurm_state(rows_.cell(c_.state));
  if (!state) return rows_.bad(c_.state, rows_.cell(c_.state), "is not a state of Slurm, such as COMPLETED or TIMEOUT");
  job_ = rows_.cell(c_.job);
  const auto skip = [&](std::string_view why) {
    sink_.skip(why, rows_.line());
    return Status{};
  };
  if (!state->ran) return skip("pending: it never held hardware");
  if (!state->finished) return skip("not finished; export again when it is");
  const std::string_view start = rows_.cell(c_.start), end = rows_.cell(c_.end);
  if (start == "Unknown" || start == "None" || start.empty()) return skip("it never started");
  if (end == "Unknown" || end == "None" || end.empty()) return skip("not finished; export again when it is");
  Activity a;
  OLIVINE_CHECK_STATUS(set_times(a));
  if (a.hours == 0.0 || a.end_s == a.begin_s) return skip("it ran for no time");
  if (seen_before(job_, a.begin_s)) return skip("a repeated line");
  OLIVINE_CHECK_STATUS(set_resources(a));
  OLIVINE_CHECK_STATUS(set_use(a));
  a.status = state->status;
  a.row = static_cast<std::uint32_t>(rows_.line());
  user_ = rows_.cell(c_.user);
  account_ = rows_.cell(c_.account);
  model_ = rows_.cell(c_.model);
  if (a.devices == 0.0 || std::isnan(a.devices)) device_.clear();
  OLIVINE_TRY(job_energy_j_, energy_j());
  step_energy_j_ = kNotSaid;
  activity_ = a;
  has_activity_ = true;
  return {};
}

Status SacctReader::read() {
  for (;;) {
    OLIVINE_TRY(const bool more, rows_.next());
    if (!more) break;
    sink_.count_row(rows_.line());
    const std::string_view id = rows_.cell(c_.job);
    if (id.empty()) return rows_.bad(c_.job, id, "is empty: every row has a job");
    OLIVINE_CHECK_STATUS(id.find('.') == std::string_view::npos ? job_row() : step_row());
  }
  OLIVINE_CHECK_STATUS(flush());
  if (!rows_.times_said_zone()) sink_.note_local_times();
  return {};
}

}  // namespace

Status read_sacct(ByteSource& source, ActivitySink& sink) {
  OLIVINE_TRY(TableRows rows, TableRows::open(source, '|'));
  SacctReader reader(std::move(rows), sink);
  OLIVINE_CHECK_STATUS(reader.find_columns());
  return reader.read();
}

}  // namespace olivine
