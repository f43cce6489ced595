#include "ledger/ledger.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include "ledger/mount_type.h"
#include "ledger/schema.h"
#include "ledger/statement.h"
#include "provenance/graph.h"

namespace olivine {
namespace {

constexpr const char* kRunColumns =
    "SELECT r.run_id, r.name, r.project, r.command_json, r.machine_json, r.context_json, r.boot_id, r.owner_pid,"
    " r.owner_start_ticks, r.started_wall_ns, r.started_mono_ns, r.started_boot_ns,"
    " e.status, e.ended_wall_ns, e.ended_mono_ns, e.exit_code, e.exit_signal, e.summary_json, e.record_json,"
    " t.removed_wall_ns FROM run r LEFT JOIN run_end e ON e.run = r.number LEFT JOIN tombstone t ON t.run = r.number ";

RunRow row_of(const StatementUse& q) {
  RunRow row;
  RunStart& s = row.start;
  s.run_id = q.text(0);
  s.name = q.text(1);
  s.project = q.text(2);
  s.command_json = q.text(3);
  s.machine_json = q.text(4);
  s.context_json = q.text(5);
  s.boot_id = q.text(6);
  s.owner_pid = q.integer(7);
  s.owner_start_ticks = q.integer(8);
  s.started = {{q.integer(9)}, {q.integer(10)}, q.integer(11)};
  if (!q.is_null(12)) {
    RunEnd end;
    end.status = q.text(12);
    end.ended_wall_ns = q.integer(13);
    end.ended_mono_ns = q.integer(14);
    if (!q.is_null(15)) end.exit_code = static_cast<int>(q.integer(15));
    if (!q.is_null(16)) end.exit_signal = static_cast<int>(q.integer(16));
    end.summary_json = q.text(17);
    end.record_json = q.text(18);
    row.end = std::move(end);
  }
  if (!q.is_null(19)) row.removed = WallTime{q.integer(19)};
  return row;
}

// Every directory of the path, ours alone to read.
Status make_directory(const std::string& directory) {
  for (std::size_t at = directory.find('/', 1);; at = directory.find('/', at + 1)) {
    const std::string part = directory.substr(0, at);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST)
      return tl::unexpected<Error>(error_from_errno(errno, "making " + part + " for the ledger"));
    if (at == std::string::npos) return {};
  }
}

Status make_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
  if (fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "opening the ledger " + path));
  struct stat info {};
  const bool regular = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  ::close(fd);
  if (!regular) return fail(ErrorKind::kInvalid, "the ledger " + path + " is not a regular file: choose another with --ledger");
  return {};
}

Result<std::string> absolute(const std::string& path) {
  if (path.starts_with('/')) return path;
  std::string cwd(4096, '\0');
  if (::getcwd(cwd.data(), cwd.size()) == nullptr) return tl::unexpected<Error>(error_from_errno(errno, "getcwd"));
  cwd.resize(cwd.find('\0'));
  return cwd + "/" + path;
}

}  // namespace

struct Ledger::Impl {
  std::unique_ptr<Database> database;
  std::string notice;
  Statement run_number, insert_fact, insert_gap, insert_segment, next_fact, next_gap, next_segment;
  // Next sequence numbers of runs that this process appends to; forgotten when a transaction fails.
  struct Next {
    std::int64_t run = 0, fact = 0, gap = 0, segment = 0;
  };
  std::map<std::string, Next> next;

  Result<std::int64_t> number_of(const std::string& run_id) {
    OLIVINE_TRY(StatementUse q, StatementUse::of(run_number, *database, "SELECT number FROM run WHERE run_id = ?1"));
    q.bind(run_id);
    OLIVINE_TRY(const bool found, q.next());
    if (!found) return fail(ErrorKind::kNotFound, "no run " + run_id + " in the ledger");
    return q.integer(0);
  }
  Result<std::int64_t> following(Statement& statement, const char* sql, std::int64_t run) {
    OLIVINE_TRY(StatementUse q, StatementUse::of(statement, *database, sql));
    q.bind(run);
    OLIVINE_TRY(const bool found, q.next());
    return found ? q.integer(0) : 0;
  }
  Result<Next> next_of(const std::string& run_id) {
    if (const auto known = next.find(run_id); known != next.end()) return known->second;
    Next n;
    OLIVINE_TRY(n.run, number_of(run_id));
    OLIVINE_TRY(n.fact, following(next_fact, "SELECT coalesce(max(sequence) + 1, 0) FROM energy_fact WHERE run = ?1", n.run));
    OLIVINE_TRY(n.gap, following(next_gap, "SELECT coalesce(max(sequence) + 1, 0) FROM gap_fact WHERE run = ?1", n.run));
    OLIVINE_TRY(n.segment, following(next_segment, "SELECT coalesce(max(sequence) + 1, 0) FROM segment WHERE run = ?1", n.run));
    return n;
  }

  Status write_fact(const Next& n, const EnergyFact& f) {
    OLIVINE_TRY(StatementUse q, StatementUse::of(insert_fact, *database,
                                                 "INSERT INTO energy_fact VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)"));
    for (const std::int64_t v : {n.run, n.fact, static_cast<std::int64_t>(f.component), f.begin_ns, f.end_ns, f.measured_uj,
                                 f.maybe_more_uj, f.attributed_uj, f.others_uj, f.self_uj, f.idle_uj, f.unattributed_uj})
      q.bind(v);
    return q.run();
  }
  Status write_gap(const Next& n, const GapFact& g) {
    OLIVINE_TRY(StatementUse q, StatementUse::of(insert_gap, *database, "INSERT INTO gap_fact VALUES(?1,?2,?3,?4,?5,?6)"));
    for (const std::int64_t v : {n.run, n.gap, static_cast<std::int64_t>(g.component), g.begin_ns, g.end_ns}) q.bind(v);
    q.bind(std::string_view(g.reason));
    return q.run();
  }
  Status write_segment(const Next& n, const Segment& s) {
    OLIVINE_TRY(StatementUse q, StatementUse::of(insert_segment, *database, "INSERT INTO segment VALUES(?1,?2,?3,?4,?5,?6,?7)"));
    for (const std::int64_t v : {n.run, n.segment, s.begin_ns, s.end_ns, static_cast<std::int64_t>(s.ticks)}) q.bind(v);
    q.bind_blob(s.bytes);
    const std::string hash = content_hash(s.bytes);
    q.bind(std::string_view(hash));
    return q.run();
  }
  Result<std::vector<RunRow>> query_runs(const std::string& where, std::string_view parameter) {
    Statement statement;
    OLIVINE_TRY(StatementUse q, StatementUse::of(statement, *database, (kRunColumns + where).c_str()));
    if (!parameter.empty()) q.bind(parameter);
    std::vector<RunRow> rows;
    while (true) {
      OLIVINE_TRY(const bool more, q.next());
      if (!more) return rows;
      rows.push_back(row_of(q));
    }
  }
};

Ledger::Ledger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ledger::~Ledger() = default;
const std::string& Ledger::notice() const { return impl_->notice; }

Result<std::unique_ptr<Ledger>> Ledger::open(const Options& options) {
  OLIVINE_TRY(const std::string path, absolute(options.path));
  const std::string directory = path.substr(0, path.rfind('/'));
  OLIVINE_CHECK_STATUS(make_directory(directory.empty() ? "/" : directory));
  OLIVINE_CHECK_STATUS(make_file(path));
  auto impl = std::make_unique<Impl>();
  OLIVINE_TRY(impl->database, Database::open({path, Database::Mode::kReadWrite, options.busy_timeout}));
  const auto network = network_file_system(directory);
  if (options.network_home.value_or(network.has_value())) {
    impl->notice = fmt::format("the ledger lies on a network file system ({}): write-ahead logging is off, commits are slower",
                               network.value_or("network"));
    OLIVINE_TRY(const std::string mode, impl->database->ask("PRAGMA journal_mode = DELETE"));
  } else {
    OLIVINE_TRY(const std::string mode, impl->database->ask("PRAGMA journal_mode = WAL"));
    if (mode != "wal") impl->notice = "write-ahead logging is not possible here; the rollback journal is used";
  }
  OLIVINE_CHECK_STATUS(prepare_schema(*impl->database));
  return std::unique_ptr<Ledger>(new Ledger(std::move(impl)));
}

Result<std::unique_ptr<Ledger>> Ledger::open_read_only(const std::string& given) {
  OLIVINE_TRY(const std::string path, absolute(given));
  if (::access(path.c_str(), F_OK) != 0)
    return fail(ErrorKind::kNotFound, "no run is recorded yet in " + path + "; start one with olivine run -- COMMAND");
  auto impl = std::make_unique<Impl>();
  auto database = Database::open({path, Database::Mode::kReadOnly, seconds(2)});
  auto usable = database ? check_schema(**database) : Status(tl::unexpected<Error>(database.error()));
  if (!usable && usable.error().kind != ErrorKind::kCorrupt && usable.error().kind != ErrorKind::kInvalid) {
    // A read-only directory: no side files can be made, so nobody can be writing either.
    database = Database::open({path, Database::Mode::kImmutable, seconds(2)});
    usable = database ? check_schema(**database) : Status(tl::unexpected<Error>(database.error()));
  }
  if (!usable) return tl::unexpected<Error>(usable.error());
  impl->database = std::move(*database);
  return std::unique_ptr<Ledger>(new Ledger(std::move(impl)));
}

Status Ledger::begin_run(const RunStart& s) {
  Statement statement;
  OLIVINE_TRY(StatementUse q, StatementUse::of(statement, *impl_->database,
                                               "INSERT INTO run VALUES(NULL,?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,1)"));
  for (const std::string* text : {&s.run_id, &s.name, &s.project, &s.command_json, &s.machine_json, &s.context_json, &s.boot_id})
    q.bind(std::string_view(*text));
  for (const std::int64_t v : {s.owner_pid, s.owner_start_ticks, s.started.wall.ns, s.started.mono.ns, s.started.boot_ns}) q.bind(v);
  return q.run();
}

Status Ledger::append(const std::string& run_id, const Batch& batch) {
  OLIVINE_TRY(Transaction transaction, Transaction::begin(*impl_->database));
  OLIVINE_TRY(Impl::Next next, impl_->next_of(run_id));
  impl_->next.erase(run_id);
  for (const EnergyFact& fact : batch.facts) {
    OLIVINE_CHECK_STATUS(impl_->write_fact(next, fact));
    ++next.fact;
  }
  for (const GapFact& gap : batch.gaps) {
    OLIVINE_CHECK_STATUS(impl_->write_gap(next, gap));
    ++next.gap;
  }
  if (batch.segment) {
    OLIVINE_CHECK_STATUS(impl_->write_segment(next, *batch.segment));
    ++next.segment;
  }
  OLIVINE_CHECK_STATUS(transaction.commit());
  impl_->next[run_id] = next;
  return {};
}

Status Ledger::end_run(const std::string& run_id, const RunEnd& end) {
  OLIVINE_TRY(Transaction transaction, Transaction::begin(*impl_->database));
  OLIVINE_TRY(const std::int64_t number, impl_->number_of(run_id));
  Statement insert, close;
  {
    OLIVINE_TRY(StatementUse q, StatementUse::of(insert, *impl_->database, "INSERT INTO run_end VALUES(?1,?2,?3,?4,?5,?6,?7,?8)"));
    q.bind(number);
    q.bind(std::string_view(end.status));
    q.bind(end.ended_wall_ns);
    q.bind(end.ended_mono_ns);
    q.bind_optional(end.exit_code);
    q.bind_optional(end.exit_signal);
    q.bind(std::string_view(end.summary_json));
    q.bind(std::string_view(end.record_json));
    OLIVINE_CHECK_STATUS(q.run());
    OLIVINE_TRY(StatementUse u, StatementUse::of(close, *impl_->database, "UPDATE run SET open = 0 WHERE number = ?1"));
    u.bind(number);
    OLIVINE_CHECK_STATUS(u.run());
  }
  OLIVINE_CHECK_STATUS(transaction.commit());
  impl_->next.erase(run_id);
  return {};
}

Result<std::vector<RunRow>> Ledger::runs() { return impl_->query_runs("ORDER BY r.number DESC", ""); }

Result<std::vector<RunRow>> Ledger::unfinished() { return impl_->query_runs("WHERE r.open = 1 ORDER BY r.number", ""); }

Result<RunRow> Ledger::find(const std::string& run) {
  if (run == "last" || run.empty()) {
    OLIVINE_TRY(auto rows, impl_->query_runs("WHERE t.run IS NULL ORDER BY r.number DESC LIMIT 1", ""));
    if (rows.empty()) return fail(ErrorKind::kNotFound, "no run is recorded yet; start one with olivine run -- COMMAND");
    return std::move(rows.front());
  }
  constexpr std::size_t kShortest = 4;
  if (run.size() >= kShortest && run.find_first_not_of("0123456789abcdef-") == std::string::npos) {
    OLIVINE_TRY(auto rows, impl_->query_runs("WHERE r.run_id GLOB ?1 || '*' ORDER BY r.number DESC LIMIT 3", run));
    if (rows.size() == 1) return std::move(rows.front());
    if (rows.size() > 1) return fail(ErrorKind::kInvalid, "more than one run begins with " + run + ": type more digits (olivine ls)");
  }
  OLIVINE_TRY(auto rows, impl_->query_runs("WHERE r.name = ?1 AND t.run IS NULL ORDER BY r.number DESC LIMIT 1", run));
  if (rows.empty()) return fail(ErrorKind::kNotFound, "no run '" + run + "': olivine ls lists ids and names");
  return std::move(rows.front());
}

Result<StoredRun> Ledger::load(const std::string& run_id) {
  StoredRun stored;
  OLIVINE_TRY(stored.run, find(run_id));
  OLIVINE_TRY(const std::int64_t number, impl_->number_of(stored.run.start.run_id));
  Statement facts, gaps, segments;
  OLIVINE_TRY(StatementUse f, StatementUse::of(facts, *impl_->database, "SELECT * FROM energy_fact WHERE run = ?1 ORDER BY sequence"));
  f.bind(number);
  while (true) {
    OLIVINE_TRY(const bool more, f.next());
    if (!more) break;
    stored.facts.push_back({static_cast<std::int32_t>(f.integer(2)), f.integer(3), f.integer(4), f.integer(5), f.integer(6),
                            f.integer(7), f.integer(8), f.integer(9), f.integer(10), f.integer(11)});
  }
  OLIVINE_TRY(StatementUse g, StatementUse::of(gaps, *impl_->database, "SELECT * FROM gap_fact WHERE run = ?1 ORDER BY sequence"));
  g.bind(number);
  while (true) {
    OLIVINE_TRY(const bool more, g.next());
    if (!more) break;
    stored.gaps.push_back({static_cast<std::int32_t>(g.integer(2)), g.integer(3), g.integer(4), g.text(5)});
  }
  OLIVINE_TRY(StatementUse s, StatementUse::of(segments, *impl_->database, "SELECT * FROM segment WHERE run = ?1 ORDER BY sequence"));
  s.bind(number);
  while (true) {
    OLIVINE_TRY(const bool more, s.next());
    if (!more) break;
    stored.segments.push_back({s.integer(2), s.integer(3), static_cast<std::int32_t>(s.integer(4)), s.text(5)});
    if (content_hash(stored.segments.back().bytes) != s.text(6))
      return tl::unexpected<Error>(impl_->database->damaged(fmt::format("segment {} of run {}", s.integer(1), stored.run.start.run_id)));
  }
  return stored;
}

Status Ledger::remove(const std::string& run_id, WallTime now) {
  OLIVINE_TRY(Transaction transaction, Transaction::begin(*impl_->database));
  OLIVINE_TRY(const std::int64_t number, impl_->number_of(run_id));
  const std::string n = std::to_string(number);
  OLIVINE_CHECK_STATUS(impl_->database->execute(
      "INSERT INTO tombstone VALUES(" + n + "," + std::to_string(now.ns) + ");" +
      "DELETE FROM energy_fact WHERE run=" + n + ";DELETE FROM gap_fact WHERE run=" + n + ";DELETE FROM segment WHERE run=" + n +
      ";UPDATE run_end SET summary_json='', record_json='' WHERE run=" + n +
      ";UPDATE run SET name='', project='', command_json='[]', machine_json='{}', context_json='{}', open=0 WHERE number=" + n));
  impl_->next.erase(run_id);
  return transaction.commit();
}

Result<std::vector<std::string>> Ledger::check() {
  std::vector<std::string> faults;
  OLIVINE_TRY(const std::string integrity, impl_->database->ask("PRAGMA integrity_check(20)"));
  if (integrity != "ok") faults.push_back(impl_->database->path() + ": " + integrity);
  Statement statement;
  OLIVINE_TRY(StatementUse q, StatementUse::of(statement, *impl_->database, "SELECT run, sequence, bytes, hash FROM segment"));
  while (true) {
    OLIVINE_TRY(const bool more, q.next());
    if (!more) break;
    if (content_hash(q.text(2)) != q.text(3))
      faults.push_back(fmt::format("{}: segment {} of run number {} does not match its hash", impl_->database->path(), q.integer(1), q.integer(0)));
  }
  return faults;
}

}  // namespace olivine
