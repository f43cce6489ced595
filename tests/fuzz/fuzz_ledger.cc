// Fuzzes the ledger's file: whatever the bytes are, it is opened or refused, checked, listed, loaded, verified and written
// on, with nothing but results.
//
// The first byte of the input says how: bit 0: the rest is the whole file; else it is a list of edits of a sound ledger,
// each two bytes of offset, one of length, and as many bytes (offsets from the end with bit 1). Bit 2: the edits go to the
// write-ahead log beside it. Bit 3: it is also written on.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <string>

#include "engine/verify.h"
#include "ledger/database.h"
#include "ledger/ledger_fixture.h"
#include "tests/fuzz/laws.h"

namespace {

using namespace olivine;
using ledger_test::Directory;

struct Files {
  std::string database, log;
};

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(content.data(), static_cast<std::streamsize>(content.size()));
}

MachineDescription machine() {
  MachineDescription m;
  m.sources.resize(1);
  m.sources[0].id = "powercap:intel-rapl:0";
  m.sources[0].domain = {DomainKind::kPackage, "package-0", Plane::kChip, Place::kCounted, Basis::kMeasured};
  m.idle.resize(1);
  return m;
}

// Three runs: ended, cut off, removed.
void fill(Ledger& ledger) {
  for (std::int64_t n = 0; n < 3; ++n) {
    RunStart start = ledger_test::run_start(n);
    start.run_id = "018bcfe5-687b-7000-8000-00000000000" + std::to_string(n);
    start.machine_json = to_json(machine());
    start.context_json = to_json(fuzz::plain_context());
    (void)ledger.begin_run(start);
    for (std::int64_t tick = 0; tick < 3; ++tick) {
      Batch batch = ledger_test::batch_of(tick, 1);
      const Now now{{tick * 1'000'000}, {tick * 1'000'000}, tick * 1'000'000};
      batch.segment->bytes = encode_segment({{now,
                                              {{ReadingState::kValue, static_cast<std::uint64_t>(100 * tick)}},
                                              UsageReading{tick, tick, tick, 5, 9, {}},
                                              true,
                                              {}}});
      (void)ledger.append(start.run_id, batch);
    }
    RunEnd end = ledger_test::run_end(n);
    end.summary_json = to_json(RunClosing{});
    if (n != 1) (void)ledger.end_run(start.run_id, end);
    if (n == 2) (void)ledger.remove(start.run_id, {1'700'000'100'000'000'000});
  }
}

Files sound_files() {
  const Directory directory;
  const std::string path = directory.file();
  write_file(path, "");
  fuzz::require(Database::open({path, Database::Mode::kReadWrite, seconds(1)})
                    .value()
                    ->execute("PRAGMA page_size=1024; VACUUM")
                    .has_value(),
                "small pages");
  Files files;
  {
    const auto ledger = ledger_test::open_ledger(path).value();
    fuzz::require(Database::open({path, Database::Mode::kReadWrite, seconds(1)})
                      .value()
                      ->execute("PRAGMA wal_checkpoint(TRUNCATE)")
                      .has_value(),
                  "a checkpoint");
    fill(*ledger);
    files.database = content_of(path);
    files.log = content_of(path + "-wal");
  }
  return files;
}

// The same without a log.
Files merged_files(const Files& sound) {
  const Directory directory;
  const std::string path = directory.file();
  write_file(path, sound.database);
  write_file(path + "-wal", sound.log);
  fuzz::require(Database::open({path, Database::Mode::kReadWrite, seconds(1)})
                    .value()
                    ->execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    .has_value(),
                "a merge");
  return {content_of(path), ""};
}

void edit(std::string& target, const std::uint8_t* data, std::size_t size, bool from_end) {
  std::size_t at = 0;
  while (at + 3 < size && !target.empty()) {
    const std::size_t offset = (std::size_t{data[at]} | std::size_t{data[at + 1]} << 8) % target.size();
    const std::size_t length = std::min<std::size_t>(data[at + 2], size - at - 3);
    for (std::size_t i = 0; i < length && offset + i < target.size(); ++i)
      target[from_end ? target.size() - 1 - offset - i : offset + i] = static_cast<char>(data[at + 3 + i]);
    at += 3 + length;
  }
}

// What loads is nearly always the sound run: its rows have hashes. Other contents are the matter of fuzz_machine.
bool is_new(const StoredRun& stored) {
  static std::set<std::size_t> seen;
  std::string all = stored.run.start.machine_json + stored.run.start.context_json;
  if (stored.run.end) all += stored.run.end->summary_json + stored.run.end->record_json;
  for (const Segment& segment : stored.segments) all += segment.bytes;
  return seen.insert(std::hash<std::string>()(all)).second;
}

void read_all(Ledger& ledger) {
  if (const auto faults = ledger.check(); fuzz::is_ok(faults))
    for (const std::string& fault : *faults) fuzz::require_readable(fault);
  (void)fuzz::is_ok(ledger.find("last"));
  (void)fuzz::is_ok(ledger.find("018b"));
  (void)fuzz::is_ok(ledger.find("bert"));
  (void)fuzz::is_ok(ledger.unfinished());
  const auto rows = ledger.runs();
  if (!fuzz::is_ok(rows)) return;
  fuzz::require(rows->size() < 100'000, "a small file has few runs");
  for (std::size_t i = 0; i < std::min<std::size_t>(rows->size(), 8); ++i) {
    const auto stored = ledger.load((*rows)[i].start.run_id);
    if (!fuzz::is_ok(stored)) continue;
    if (is_new(*stored)) (void)fuzz::is_ok(verify_run(*stored));
  }
}

void write_on(Ledger& ledger) {
  if (const auto open = ledger.unfinished(); open && !open->empty()) {
    const std::string id = open->front().start.run_id;
    const Status appended = ledger.append(id, ledger_test::batch_of(7));
    if (!appended) fuzz::require_readable(appended.error().message);
    const Status closed = close_interrupted(ledger, id, {{}, "boot"}, {{9}, {9'000'000}, 9'000'000});
    if (!closed) fuzz::require_readable(closed.error().message);
  }
  const Status begun = ledger.begin_run(ledger_test::run_start(9));
  if (!begun) fuzz::require_readable(begun.error().message);
  if (const auto rows = ledger.runs(); rows && !rows->empty()) {
    const Status removed = ledger.remove(rows->back().start.run_id, {5});
    if (!removed) fuzz::require_readable(removed.error().message);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Files sound = sound_files();
  static const Files merged = merged_files(sound);
  static const Directory directory;
  static const std::string path = directory.file();
  if (size == 0) return 0;
  const unsigned how = data[0];
  Files files = (how & 4U) != 0 ? sound : merged;
  if ((how & 1U) != 0) {
    files = {std::string(reinterpret_cast<const char*>(data + 1), size - 1), ""};
  } else {
    edit((how & 4U) != 0 ? files.log : files.database, data + 1, size - 1, (how & 2U) != 0);
  }
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) ::unlink((path + suffix).c_str());
  write_file(path, files.database);
  if (!files.log.empty()) write_file(path + "-wal", files.log);
  if (const auto ledger = Ledger::open_read_only(path); fuzz::is_ok(ledger)) read_all(**ledger);
  if ((how & 8U) == 0) return 0;
  Ledger::Options options;
  options.path = path;
  options.busy_timeout = milliseconds(1);
  options.network_home = false;
  if (const auto ledger = Ledger::open(options); fuzz::is_ok(ledger)) {
    write_on(**ledger);
    (void)fuzz::is_ok((*ledger)->check());
  }
  return 0;
}
