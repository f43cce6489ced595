// What a reading costs: a powercap source against its floor, one pread on a kept descriptor. A plain file stands in for
// sysfs, which adds the driver's own work (0.35 us for a RAPL register) to both sides.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "sensors/hwmon/hwmon_chips.h"
#include "sensors/powercap/powercap.h"

namespace {

using namespace olivine;

// Two sockets with package, core and dram in a temporary directory.
class Tree {
 public:
  Tree() {
    root_ = (std::filesystem::temp_directory_path() / "olivine-bench-XXXXXX").string();
    if (::mkdtemp(root_.data()) == nullptr) std::abort();
    for (const char* socket : {"0", "1"}) {
      zone(std::string("intel-rapl:") + socket, std::string("package-") + socket);
      zone(std::string("intel-rapl:") + socket + ":0", "core");
      zone(std::string("intel-rapl:") + socket + ":1", "dram");
    }
    roots.sysfs = root_ + "/sys";
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() { std::filesystem::remove_all(root_); }
  std::string counter() const { return roots.sysfs + "/class/powercap/intel-rapl:0/energy_uj"; }
  Roots roots;

 private:
  void zone(const std::string& id, const std::string& name) {
    const std::string path = root_ + "/sys/class/powercap/" + id;
    std::filesystem::create_directories(path);
    std::ofstream(path + "/name") << name << "\n";
    std::ofstream(path + "/energy_uj") << "123456789012\n";
    std::ofstream(path + "/max_energy_range_uj") << "262143328850\n";
  }
  std::string root_;
};

const CpuIdentity kXeon{"GenuineIntel", "Intel(R) Xeon(R) Gold 6148", 6, 0x55, false};

void floor_pread(benchmark::State& state) {
  const Tree tree;
  const int fd = ::open(tree.counter().c_str(), O_RDONLY | O_CLOEXEC);
  std::array<char, 64> buffer;
  for (auto _ : state) benchmark::DoNotOptimize(::pread(fd, buffer.data(), buffer.size(), 0));
  ::close(fd);
}
BENCHMARK(floor_pread);

void powercap_read(benchmark::State& state) {
  const Tree tree;
  RealFileSystem files;
  const Discovery found = discover_powercap(files, tree.roots, kXeon);
  for (auto _ : state) benchmark::DoNotOptimize(found.sources.front()->read());
}
BENCHMARK(powercap_read);

void powercap_read_six_zones(benchmark::State& state) {
  const Tree tree;
  RealFileSystem files;
  const Discovery found = discover_powercap(files, tree.roots, kXeon);
  for (auto _ : state)
    for (const auto& source : found.sources) benchmark::DoNotOptimize(source->read());
}
BENCHMARK(powercap_read_six_zones);

void open_read_close(benchmark::State& state) {
  const Tree tree;
  RealFileSystem files;
  for (auto _ : state) benchmark::DoNotOptimize(read_u64(files, tree.counter()));
}
BENCHMARK(open_read_close);

void powercap_discovery(benchmark::State& state) {
  const Tree tree;
  RealFileSystem files;
  for (auto _ : state) benchmark::DoNotOptimize(discover_powercap(files, tree.roots, kXeon));
}
BENCHMARK(powercap_discovery);

}  // namespace
