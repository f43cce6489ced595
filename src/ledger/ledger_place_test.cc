// What a ledger does when its path, its directory or its disk is not what it should be.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <string>
#include <utility>

#include "ledger/database.h"
#include "ledger/ledger_fixture.h"
#include "ledger/mount_type.h"

namespace olivine {
namespace {

using namespace ledger_test;

// Runs `body` in a process without root's rights; true when it returned true there.
bool as_nobody(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(2);
    ::_exit(body() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(LedgerPlace, NamesWhatStandsAtThePath) {
  const Directory directory;
  const auto refusal = [](const std::string& path) {
    const auto ledger = open_ledger(path);
    return ledger ? std::string("opened") : std::string(name_of(ledger.error().kind)) + ": " + ledger.error().message;
  };
  EXPECT_NE(refusal(directory.path()).find("invalid: the ledger " + directory.path() + " is a directory"),
            std::string::npos);
  EXPECT_NE(refusal("").find("invalid: the ledger's path is empty"), std::string::npos);
  ASSERT_EQ(::symlink("nowhere", directory.file("dangling").c_str()), 0);
  EXPECT_NE(refusal(directory.file("dangling")).find("is a link to a file that is not there"), std::string::npos);
  ASSERT_EQ(::mkfifo(directory.file("fifo").c_str(), 0600), 0);
  EXPECT_NE(refusal(directory.file("fifo")).find("is not a regular file"), std::string::npos);
  write_file(directory.file("file"), "x");
  EXPECT_NE(refusal(directory.file("file/ledger.sqlite")).find("ot a directory"), std::string::npos);
  EXPECT_EQ(Ledger::open_read_only(directory.file("none")).error().kind, ErrorKind::kNotFound);
  write_file(directory.file("empty"), "");
  EXPECT_EQ(Ledger::open_read_only(directory.file("empty")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(refusal(directory.file("empty")), "opened");  // a start that was killed leaves an empty file
  // A link to a ledger is followed, so that its side files stand beside the real one.
  ASSERT_EQ(::symlink(sound_ledger(directory).c_str(), directory.file("link").c_str()), 0);
  EXPECT_EQ(refusal(directory.file("link")), "opened");
  EXPECT_FALSE(std::filesystem::exists(directory.file("link-wal")));
  EXPECT_EQ(open_ledger(directory.file("link")).value()->runs()->size(), 3U);
}

TEST(LedgerPlace, ReadsInADirectoryThatCannotBeWritten) {
  const Directory directory;
  const std::string path = sound_ledger(directory);
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path + suffix);
  ::chmod(path.c_str(), 0444);
  ::chmod(directory.path().c_str(), 0555);
  const auto reads = [&] {
    const auto ledger = Ledger::open_read_only(path);
    return ledger && (*ledger)->runs()->size() == 3 && (*ledger)->check()->empty() &&
           (*ledger)->append("x", batch_of(1)).error().kind == ErrorKind::kPermission;
  };
  EXPECT_TRUE(as_nobody(reads));
  const auto refused = [](const std::string& file) {
    const auto ledger = open_ledger(file);
    return !ledger && ledger.error().kind == ErrorKind::kPermission;
  };
  EXPECT_TRUE(as_nobody([&] { return refused(path); }));
  EXPECT_TRUE(as_nobody([&] { return refused(directory.file("new.sqlite")); }));
  EXPECT_TRUE(as_nobody([&] { return refused(directory.file("new/ledger.sqlite")); }));
  ::chmod(directory.path().c_str(), 0755);
  ::chmod(path.c_str(), 0644);
  EXPECT_TRUE(as_nobody([&] { return refused(path); }) || ::geteuid() != 0);  // of another user
}

TEST(LedgerPlace, ReadsWhatAWriterLeftInItsLog) {
  const Directory directory;
  const std::string path = directory.file();
  const RunStart start = run_start(1);
  {
    const auto writer = open_ledger(path).value();
    ASSERT_TRUE(writer->begin_run(start));
    ASSERT_TRUE(writer->append(start.run_id, batch_of(1)));
    const auto reader = Ledger::open_read_only(path).value();  // beside a writer
    EXPECT_EQ(reader->load(start.run_id)->facts, batch_of(1).facts);
    ASSERT_TRUE(writer->append(start.run_id, batch_of(2)));
    EXPECT_EQ(reader->load(start.run_id)->facts.size(), 8U);
  }
  ASSERT_GT(std::filesystem::file_size(path + "-wal"), 0U);
  for (const char* suffix : {"", "-wal", "-shm"}) ::chmod((path + suffix).c_str(), 0444);
  ::chmod(directory.path().c_str(), 0555);
  EXPECT_TRUE(as_nobody([&] {
    const auto ledger = Ledger::open_read_only(path);
    return ledger && (*ledger)->load(start.run_id)->facts.size() == 8;
  }));
  ::chmod(directory.path().c_str(), 0755);
}

// Fills a small file system, sees that an append says so, makes room, and goes on.
void fill_and_free(Ledger& ledger, const std::string& run_id, const std::function<void(bool full)>& set_full) {
  ASSERT_TRUE(ledger.append(run_id, batch_of(0)));
  set_full(true);
  std::int64_t stored = 1;
  Status status;
  Batch large = batch_of(1);
  large.segment->bytes.assign(20'000, 'x');
  for (int tries = 0; tries < 2000 && status; ++tries) {
    status = ledger.append(run_id, large);
    if (status) ++stored;
  }
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kTransient);
  EXPECT_NE(status.error().message.find("disk is full; free some space"), std::string::npos) << status.error().message;
  EXPECT_EQ(ledger.append(run_id, large).error().kind, ErrorKind::kTransient);
  EXPECT_EQ(ledger.load(run_id)->segments.size(), static_cast<std::size_t>(stored));  // reading works on
  set_full(false);
  ASSERT_TRUE(ledger.append(run_id, large)) << ledger.append(run_id, large).error().message;
  ASSERT_TRUE(ledger.end_run(run_id, run_end(1)));
  EXPECT_EQ(ledger.load(run_id)->segments.size(), static_cast<std::size_t>(stored) + 1);
  EXPECT_EQ(ledger.check().value(), std::vector<std::string>{});
}

// A disk of `size` bytes at `path`, gone with this. Only root may mount one: anything but a missing right is a failure, no reason to skip.
class SmallDisk {
 public:
  SmallDisk(std::string path, const char* size) : path_(std::move(path)) {
    EXPECT_EQ(::mkdir(path_.c_str(), 0700), 0);
    error_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, size) == 0 ? 0 : errno;
    EXPECT_TRUE(error_ == 0 || !permitted()) << std::strerror(error_);
  }
  ~SmallDisk() {
    if (error_ == 0) ::umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool permitted() const { return error_ != EPERM && error_ != EACCES; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int error_ = 0;
};

TEST(LedgerPlace, GoesOnAfterAFullDisk) {
  const Directory directory;
  const SmallDisk disk(directory.file("small"), "size=1m");
  if (!disk.permitted()) GTEST_SKIP() << "no right to mount a small disk: that takes root (CAP_SYS_ADMIN)";
  const std::string& small = disk.path();
  {
    const auto ledger = open_ledger(small + "/ledger.sqlite").value();
    const RunStart start = run_start(1);
    ASSERT_TRUE(ledger->begin_run(start));
    fill_and_free(*ledger, start.run_id, [&](bool full) {
      if (full) {
        write_file(small + "/ballast", std::string(300'000, 'b'));
      } else {
        std::filesystem::remove(small + "/ballast");
      }
    });
  }
}

TEST(LedgerPlace, OpensOnAFullDiskOrSaysSo) {
  const Directory directory;
  const SmallDisk disk(directory.file("small"), "size=256k");
  if (!disk.permitted()) GTEST_SKIP() << "no right to mount a small disk: that takes root (CAP_SYS_ADMIN)";
  const std::string& small = disk.path();
  write_file(small + "/ballast", std::string(1'000'000, 'b'));
  const auto ledger = open_ledger(small + "/ledger.sqlite");
  EXPECT_FALSE(ledger);
  if (!ledger) {
    EXPECT_EQ(ledger.error().kind, ErrorKind::kTransient);
    EXPECT_NE(ledger.error().message.find("disk is full"), std::string::npos) << ledger.error().message;
  }
  std::filesystem::remove(small + "/ballast");
  EXPECT_TRUE(open_ledger(small + "/ledger.sqlite"));
}

TEST(LedgerPlace, ABusyFileIsTransient) {
  const Directory directory;
  Ledger::Options options;
  options.path = directory.file();
  options.busy_timeout = milliseconds(30);
  const auto ledger = Ledger::open(options).value();
  const RunStart start = run_start(1);
  ASSERT_TRUE(ledger->begin_run(start));
  const auto other = Database::open({options.path, Database::Mode::kReadWrite, milliseconds(30)}).value();
  ASSERT_TRUE(other->execute("BEGIN IMMEDIATE"));
  const Status status = ledger->append(start.run_id, batch_of(1));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kTransient);
  EXPECT_NE(status.error().message.find("another process"), std::string::npos) << status.error().message;
  ASSERT_TRUE(other->execute("ROLLBACK"));
  EXPECT_TRUE(ledger->append(start.run_id, batch_of(1)));
}

TEST(LedgerPlace, NetworkHomeUsesTheRollbackJournalAndSaysSo) {
  const Directory directory;
  Ledger::Options options;
  options.path = directory.file();
  options.network_home = true;
  const RunStart start = run_start(1);
  {
    const auto ledger = Ledger::open(options).value();
    EXPECT_NE(ledger->notice().find("write-ahead log is off"), std::string::npos) << ledger->notice();
    ASSERT_TRUE(ledger->begin_run(start));
    ASSERT_TRUE(ledger->append(start.run_id, batch_of(1)));
    EXPECT_FALSE(std::filesystem::exists(options.path + "-wal"));
    EXPECT_EQ(outside_answer(options.path, "PRAGMA journal_mode"), "delete");
  }
  options.network_home = false;  // moved to a local disk
  {
    const auto ledger = Ledger::open(options).value();
    EXPECT_EQ(ledger->notice(), "");
    ASSERT_TRUE(ledger->append(start.run_id, batch_of(2)));
    EXPECT_TRUE(std::filesystem::exists(options.path + "-wal"));
  }
  options.network_home = true;  // and back
  const auto ledger = Ledger::open(options).value();
  ASSERT_TRUE(ledger->append(start.run_id, batch_of(3)));
  EXPECT_EQ(ledger->load(start.run_id)->facts.size(), 12U);
  EXPECT_FALSE(std::filesystem::exists(options.path + "-wal"));
}

TEST(MountType, KnowsNetworksByNumberAndDistrustsTheUnknown) {
  EXPECT_EQ(network_type(0x6969), "NFS");
  EXPECT_EQ(network_type(0xFF534D42), "CIFS");
  EXPECT_EQ(network_type(0x0BD00BD0), "Lustre");
  EXPECT_EQ(network_type(0x47504653), "GPFS");
  EXPECT_EQ(network_type(0x5346414F), "AFS");
  EXPECT_EQ(network_type(0x65735546), "FUSE");
  EXPECT_EQ(network_type(0x01021997), "9p");
  EXPECT_EQ(network_type(0x00C36400), "Ceph");
  EXPECT_EQ(network_type(0x12345678), "unknown type 0x12345678");
  for (const std::uint32_t local : {0xEF53U, 0x58465342U, 0x9123683EU, 0x01021994U, 0x794C7630U, 0x2FC12FC1U}) {
    EXPECT_EQ(network_type(local), std::nullopt) << local;
  }
  EXPECT_EQ(network_file_system("/no/such/directory"), "unknown type");
}

}  // namespace
}  // namespace olivine
