// What the ledger's tests share: a directory of their own, runs and batches with a known pattern.
//
// Units: by name. Errors: none; a test that cannot make its directory stops. Threads: one. Lifetime: a Directory goes
// with its object.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "ledger/ledger.h"

namespace olivine::ledger_test {

class Directory {
 public:
  Directory() {
    // In memory where possible: a busy disk makes each fsync of a new file take seconds.
    const bool memory = ::access("/dev/shm", W_OK) == 0;
    const std::filesystem::path root = memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string name = (root / "olivine-ledger-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  std::string file(const std::string& name = "ledger.sqlite") const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline RunStart run_start(std::int64_t n, const std::string& name = "bert") {
  RunStart start;
  start.started = {{1'700'000'000'000'000'000 + n * 1'000'000'000}, {n * 1'000'000'000}, n * 1'000'000'000 + 7};
  start.run_id = new_run_id(start.started.wall);
  start.name = name;
  start.project = "nlp";
  start.command_json = R"(["python","train.py"])";
  start.machine_json = R"({"schema":"olivine.machine/1"})";
  start.context_json = R"({"host":"h"})";
  start.boot_id = "boot";
  start.owner_pid = 42;
  start.owner_start_ticks = 4711;
  return start;
}

// Batch n: `components` facts whose parts sum, one gap, and a segment of 97 bytes.
inline Batch batch_of(std::int64_t n, std::int32_t components = 4) {
  Batch batch;
  for (std::int32_t c = 0; c < components; ++c) {
    const std::int64_t u = n * 1000 + c;
    batch.facts.push_back({c, n * 100, n * 100 + 100, 15 * u, c == 0 ? u : 0, 5 * u, 4 * u, 3 * u, 2 * u, u});
  }
  batch.gaps.push_back({0, n * 100, n * 100 + 1, "reset"});
  batch.segment = Segment{n * 100, n * 100 + 100, 1, std::string(97, static_cast<char>(n & 0xff))};
  return batch;
}

inline RunEnd run_end(std::int64_t n) {
  RunEnd end;
  end.status = "done";
  end.ended_wall_ns = 1'700'000'000'000'000'000 + n * 1'000'000'000 + 5;
  end.ended_mono_ns = n * 1'000'000'000 + 5;
  end.exit_code = 0;
  end.summary_json = R"({"ticks":10})";
  end.record_json = R"({"schema":"olivine.run/1"})";
  return end;
}

inline Result<std::unique_ptr<Ledger>> open_ledger(const std::string& path) {
  Ledger::Options options;
  options.path = path;
  return Ledger::open(options);
}

void write_file(const std::string& path, const std::string& content);
// A closed ledger of three runs in one file, without side files.
std::string sound_ledger(const Directory& directory);

// Whole SQL scripts from the outside, as another program or a person with the sqlite3 shell would run them; returns the
// error's text, "" for none.
std::string outside_sql(const std::string& path, const std::string& sql);
// The first column of the first row.
std::string outside_answer(const std::string& path, const std::string& sql);

}  // namespace olivine::ledger_test
