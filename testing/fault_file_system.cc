#include "testing/fault_file_system.h"

#include <algorithm>

namespace olivine {
namespace {

tl::unexpected<Error> failure(const Fault& fault, std::string_view verb, const std::string& path) {
  return tl::unexpected<Error>(error_from_errno(fault.error_number, std::string(verb) + " " + path));
}

bool fails(const std::optional<Fault>& fault) { return fault && fault->kind == Fault::Kind::kErrno; }

}  // namespace

class FaultFile final : public OpenFile {
 public:
  FaultFile(FaultFileSystem& files, std::string path, std::unique_ptr<OpenFile> inner)
      : files_(files), path_(std::move(path)), inner_(std::move(inner)) {}

  Result<std::size_t> read_at_start(std::span<char> buffer) override {
    return spoilt(buffer, [&] { return inner_->read_at_start(buffer); });
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) override {
    return spoilt(buffer, [&] { return inner_->read_at(offset, buffer); });
  }

 private:
  template <class Read>
  Result<std::size_t> spoilt(std::span<char> buffer, Read read) {
    const std::optional<Fault> fault = files_.fault("read", path_);
    if (fails(fault)) return failure(*fault, "reading", path_);
    OLIVINE_TRY(const std::size_t count, read());
    if (!fault) return count;
    if (fault->kind == Fault::Kind::kEmpty) return std::size_t{0};
    if (fault->kind == Fault::Kind::kShortRead) return count / 2;
    std::fill_n(buffer.begin(), count, '~');
    return count;
  }

  FaultFileSystem& files_;
  std::string path_;
  std::unique_ptr<OpenFile> inner_;
};

std::optional<Fault> FaultFileSystem::fault(std::string_view operation, const std::string& path) {
  return plan_({operation, path, ++calls_});
}

Result<std::unique_ptr<OpenFile>> FaultFileSystem::open(const std::string& path) {
  if (const auto planned = fault("open", path); fails(planned)) return failure(*planned, "opening", path);
  OLIVINE_TRY(auto file, inner_.open(path));
  return std::make_unique<FaultFile>(*this, path, std::move(file));
}

Result<std::vector<std::string>> FaultFileSystem::list(const std::string& directory) {
  if (const auto planned = fault("list", directory); fails(planned)) return failure(*planned, "listing", directory);
  return inner_.list(directory);
}

Result<std::string> FaultFileSystem::resolve(const std::string& path) {
  if (const auto planned = fault("resolve", path); fails(planned)) return failure(*planned, "resolving", path);
  return inner_.resolve(path);
}

}  // namespace olivine
