#include "base/file_system.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>

#include "testing/memory_file_system.h"

namespace olivine {
namespace {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = ::testing::TempDir() + "olivine-fs-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() { std::system(("rm -rf '" + path_ + "'").c_str()) == 0 ? void() : void(); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

TEST(RealFileSystem, KeptOpenFileSeesNewContent) {
  const TemporaryDirectory directory;
  put(directory / "energy_uj", "1000\n");
  RealFileSystem files;
  const auto file = files.open(directory / "energy_uj");
  ASSERT_TRUE(file);
  std::array<char, 32> buffer;
  EXPECT_EQ((*file)->read_at_start(buffer).value(), 5U);
  put(directory / "energy_uj", "25000\n");
  EXPECT_EQ((*file)->read_at_start(buffer).value(), 6U);
  EXPECT_EQ(std::string_view(buffer.data(), 6), "25000\n");
}

TEST(RealFileSystem, APipeIsReadAsItComes) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::write(ends[1], "0123456789", 10), 10);
  ::close(ends[1]);
  RealFileSystem files;
  const auto file = files.open("/dev/fd/" + std::to_string(ends[0]));
  ASSERT_TRUE(file);
  std::array<char, 4> buffer;
  EXPECT_EQ((*file)->read_at(2, buffer).value(), 4U);
  EXPECT_EQ(std::string_view(buffer.data(), 4), "2345");
  EXPECT_EQ((*file)->read_at_start(buffer).value(), 4U);
  EXPECT_EQ(std::string_view(buffer.data(), 4), "0123");
  EXPECT_EQ((*file)->read_at(8, buffer).value(), 2U);
  EXPECT_EQ((*file)->read_at(10, buffer).value(), 0U);
  EXPECT_EQ((*file)->read_at(std::uint64_t{1} << 62U, buffer).error().kind, ErrorKind::kInvalid);
  ::close(ends[0]);
}

TEST(RealFileSystem, ReadsAtAnOffsetAndMapsWhole) {
  const TemporaryDirectory directory;
  put(directory / "a", "0123456789");
  put(directory / "empty", "");
  RealFileSystem files;
  const auto file = files.open(directory / "a");
  ASSERT_TRUE(file);
  std::array<char, 4> buffer;
  EXPECT_EQ((*file)->read_at(8, buffer).value(), 2U);
  EXPECT_EQ(std::string_view(buffer.data(), 2), "89");
  EXPECT_EQ((*file)->read_at(20, buffer).value(), 0U);
  const auto content = files.map(directory / "a", 10);
  ASSERT_TRUE(content);
  ASSERT_EQ(::unlink((directory / "a").c_str()), 0);
  EXPECT_EQ((*content)->bytes(), "0123456789");  // removed, but still what it was
  EXPECT_EQ(files.map(directory / "empty", 10).value()->bytes(), "");
  EXPECT_EQ(files.map(directory / "a", 10).error().kind, ErrorKind::kNotFound);
  put(directory / "b", "0123456789x");
  EXPECT_EQ(files.map(directory / "b", 10).error().kind, ErrorKind::kInvalid);
  EXPECT_FALSE(files.map(directory.path(), 10));
}

TEST(MemoryFileSystem, ReadsAtAnOffsetAndMapsWhole) {
  MemoryFileSystem files;
  files.write("/a", "0123456789");
  const auto file = files.open("/a");
  std::array<char, 4> buffer;
  EXPECT_EQ((*file)->read_at(8, buffer).value(), 2U);
  EXPECT_EQ((*file)->read_at(11, buffer).value(), 0U);
  EXPECT_EQ(files.map("/a", 10).value()->bytes(), "0123456789");
  EXPECT_FALSE(files.map("/a", 9));
}

TEST(RealFileSystem, ListsSortedAndResolvesLinks) {
  const TemporaryDirectory directory;
  put(directory / "b", "");
  put(directory / "a", "");
  ASSERT_EQ(::symlink("a", (directory / "c").c_str()), 0);
  RealFileSystem files;
  EXPECT_EQ(files.list(directory.path()).value(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(files.resolve(directory / "c").value(), files.resolve(directory / "a").value());
  EXPECT_EQ(files.list(directory / "none").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files.resolve(directory / "none").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files.open(directory / "none").error().kind, ErrorKind::kNotFound);
}

TEST(RealFileSystem, ReadsLongProcFilesWhole) {
  RealFileSystem files;
  const auto maps = read_text(files, "/proc/self/smaps");  // many records, several pages
  ASSERT_TRUE(maps);
  EXPECT_GT(maps->size(), 4096U);
  EXPECT_NE(maps->find("VmFlags"), std::string::npos);
  EXPECT_NE(maps->find("[stack]"), std::string::npos);
}

TEST(RealFileSystem, ADirectoryIsNotAFile) {
  RealFileSystem files;
  EXPECT_EQ(read_text(files, "/").error().kind, ErrorKind::kInvalid);
}

TEST(ReadText, LimitsAndEmptyFiles) {
  MemoryFileSystem files;
  files.write("/exact", std::string(1000, 'x'));
  files.write("/empty", "");
  EXPECT_EQ(read_text(files, "/exact", 1000)->size(), 1000U);
  EXPECT_EQ(read_text(files, "/exact", 999).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(read_text(files, "/exact", 10).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(read_text(files, "/empty").value(), "");
  EXPECT_EQ(read_u64(files, "/empty").error().kind, ErrorKind::kCorrupt);  // unknown is never zero
  files.write("/large", std::string(200'000, 'y'));
  EXPECT_EQ(read_text(files, "/large")->size(), 200'000U);
}

TEST(ReadU64, DigitsOnly) {
  MemoryFileSystem files;
  files.write("/n", "262143328850\n");
  EXPECT_EQ(read_u64(files, "/n").value(), 262143328850U);
  EXPECT_EQ(read_line(files, "/n").value(), "262143328850");
  for (const char* text : {"-1\n", "12 13\n", "abc\n", "\n", "99999999999999999999\n"}) {
    files.write("/n", text);
    EXPECT_EQ(read_u64(files, "/n").error().kind, ErrorKind::kCorrupt) << text;
  }
}

TEST(MemoryFileSystem, DirectoriesFollowFromPaths) {
  MemoryFileSystem files;
  files.write("/sys/devices/rapl/intel-rapl:0/energy_uj", "1\n");
  files.write("/sys/devices/rapl/intel-rapl:0/name", "package-0\n");
  files.write("/sys/devices/rapl/intel-rapl:1/name", "package-1\n");
  EXPECT_EQ(files.list("/sys/devices/rapl").value(), (std::vector<std::string>{"intel-rapl:0", "intel-rapl:1"}));
  EXPECT_EQ(files.list("/sys/devices/rapl/intel-rapl:0/").value(), (std::vector<std::string>{"energy_uj", "name"}));
  EXPECT_EQ(files.list("/").value(), (std::vector<std::string>{"sys"}));
  EXPECT_EQ(files.list("/sys/devices/rapl/intel-rapl:0/name").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files.list("/sys/class").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files.open("/sys/devices").error().kind, ErrorKind::kInvalid);
}

TEST(MemoryFileSystem, LinksAnywhereInAPath) {
  MemoryFileSystem files;
  files.link("/sys/class/powercap/intel-rapl:0", "../../devices/virtual/powercap/intel-rapl/intel-rapl:0");
  files.write("/sys/class/powercap/intel-rapl:0/energy_uj", "7\n");  // lands in the target
  EXPECT_EQ(files.list("/sys/class/powercap").value(), (std::vector<std::string>{"intel-rapl:0"}));
  EXPECT_EQ(files.resolve("/sys/class/powercap/intel-rapl:0").value(),
            "/sys/devices/virtual/powercap/intel-rapl/intel-rapl:0");
  EXPECT_EQ(read_u64(files, "/sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj").value(), 7U);
  files.link("/loop/a", "/loop/b");
  files.link("/loop/b", "/loop/a");
  EXPECT_FALSE(files.open("/loop/a/x"));
  EXPECT_FALSE(files.resolve("/loop/a"));
}

TEST(MemoryFileSystem, ErrorsAtOpenAndAtRead) {
  MemoryFileSystem files;
  files.link("/class/zone", "/devices/zone");
  files.write("/devices/zone/energy_uj", "5\n");
  files.set_error("/class/zone/energy_uj", EACCES);
  EXPECT_EQ(files.open("/devices/zone/energy_uj").error().kind, ErrorKind::kPermission);
  files.set_error("/class/zone/energy_uj", EIO);
  const auto file = files.open("/devices/zone/energy_uj");
  ASSERT_TRUE(file);
  std::array<char, 16> buffer;
  EXPECT_EQ((*file)->read_at_start(buffer).error().kind, ErrorKind::kTransient);
  files.set_error("/class/zone/energy_uj", 0);
  EXPECT_EQ((*file)->read_at_start(buffer).value(), 2U);
}

TEST(MemoryFileSystem, ARemovedFileStaysGoneForItsReaders) {
  MemoryFileSystem files;
  files.write("/zone/energy_uj", "5\n");
  const auto file = files.open("/zone/energy_uj");
  files.remove("/zone");
  std::array<char, 16> buffer;
  EXPECT_EQ((*file)->read_at_start(buffer).error().kind, ErrorKind::kGone);
  files.write("/zone/energy_uj", "6\n");  // the device returns as a new file
  EXPECT_EQ((*file)->read_at_start(buffer).error().kind, ErrorKind::kGone);
  EXPECT_EQ(read_u64(files, "/zone/energy_uj").value(), 6U);
}

TEST(MemoryFileSystem, FaultHookSeesEveryCall) {
  MemoryFileSystem files;
  files.write("/a/b", "1\n");
  std::vector<std::string> seen;
  files.set_fault([&](std::string_view operation, const std::string& path) {
    seen.push_back(std::string(operation) + " " + path);
    return operation == "list" ? EIO : 0;
  });
  EXPECT_EQ(read_u64(files, "/a/b").value(), 1U);
  EXPECT_EQ(files.list("/a").error().kind, ErrorKind::kTransient);
  EXPECT_EQ(seen, (std::vector<std::string>{"open /a/b", "read /a/b", "list /a"}));
}

}  // namespace
}  // namespace olivine
