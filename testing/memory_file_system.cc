#include "testing/memory_file_system.h"

#include <algorithm>
#include <cerrno>
#include <set>

#include "base/text.h"

namespace olivine {

namespace {
// "/a/./b//c/../d" as "/a/b/d".
std::string normalise(const std::string& path) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  std::string clean;
  for (const std::string_view part : parts) clean.append("/").append(part);
  return clean.empty() ? "/" : clean;
}

std::string below(const std::string& directory) { return directory == "/" ? directory : directory + "/"; }

bool is_at_or_below(const std::string& path, const std::string& top) {
  return path == top || path.starts_with(below(top));
}

bool fails_at_open(int error_number) {
  return error_number == EACCES || error_number == EPERM || error_number == EMFILE || error_number == ENFILE ||
         error_number == ENOENT;
}

tl::unexpected<Error> failure(int error_number, std::string_view verb, const std::string& path) {
  return tl::unexpected<Error>(error_from_errno(error_number, std::string(verb) + " " + path));
}
}  // namespace

class MemoryFile final : public OpenFile {
 public:
  MemoryFile(const MemoryFileSystem& files, std::string path, const std::shared_ptr<std::string>& content)
      : files_(files), path_(std::move(path)), content_(content) {}

  Result<std::size_t> read_at_start(std::span<char> buffer) override { return read_at(0, buffer); }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) override {
    if (const int error = files_.fault("read", path_)) return failure(error, "reading", path_);
    const auto content = content_.lock();
    if (content == nullptr) return failure(ENODEV, "reading", path_);
    if (const int error = files_.error_of(path_)) return failure(error, "reading", path_);
    const std::size_t begin = std::min<std::size_t>(offset, content->size());
    const std::size_t count = std::min(buffer.size(), content->size() - begin);
    std::copy_n(content->data() + begin, count, buffer.begin());
    return count;
  }

 private:
  const MemoryFileSystem& files_;
  std::string path_;
  std::weak_ptr<std::string> content_;
};

void MemoryFileSystem::write(const std::string& path, std::string content) {
  auto& slot = content_[follow(path)];
  if (slot == nullptr) {
    slot = std::make_shared<std::string>(std::move(content));
  } else {
    *slot = std::move(content);
  }
}

void MemoryFileSystem::link(const std::string& path, const std::string& target) {
  const std::string name = normalise(path);
  const std::string parent = name.substr(0, name.rfind('/') + 1);
  links_[name] = normalise(target.starts_with('/') ? target : parent + target);
  std::map<std::string, int> errors;
  for (const auto& [at, error] : errors_) errors[follow(at)] = error;
  errors_.swap(errors);
}

void MemoryFileSystem::set_error(const std::string& path, int error_number) {
  if (error_number == 0) {
    errors_.erase(follow(path));
  } else {
    errors_[follow(path)] = error_number;
  }
}

void MemoryFileSystem::remove(const std::string& path) {
  const std::string name = normalise(path);
  const std::string real = follow(path);
  const auto gone = [&](const auto& entry) {
    return is_at_or_below(entry.first, name) || is_at_or_below(entry.first, real);
  };
  std::erase_if(content_, gone);
  std::erase_if(links_, gone);
  std::erase_if(errors_, gone);
}

void MemoryFileSystem::set_fault(std::function<int(std::string_view, const std::string&)> fault) {
  fault_ = std::move(fault);
}

int MemoryFileSystem::fault(std::string_view operation, const std::string& path) const {
  return fault_ ? fault_(operation, path) : 0;
}

int MemoryFileSystem::error_of(const std::string& real_path) const {
  if (errors_.empty()) return 0;
  const auto found = errors_.find(real_path);
  return found == errors_.end() ? 0 : found->second;
}

std::string MemoryFileSystem::follow(const std::string& path) const {
  constexpr int kMaxLinks = 40;  // as the kernel
  std::string clean = normalise(path);
  for (int hops = 0; hops <= kMaxLinks; ++hops) {
    // The longest link that is a prefix of the path is replaced by its target, until none is left.
    const std::string* best = nullptr;
    for (const auto& [name, target] : links_) {
      if (is_at_or_below(clean, name)) best = &name;
    }
    if (best == nullptr) return clean;
    clean = normalise(links_.at(*best) + clean.substr(best->size()));
  }
  return "";
}

bool MemoryFileSystem::is_directory(const std::string& real_path) const {
  if (real_path == "/") return true;
  const std::string prefix = below(real_path);
  const auto has_entry = [&](const auto& entries) {
    const auto first = entries.lower_bound(prefix);
    return first != entries.end() && first->first.starts_with(prefix);
  };
  return has_entry(content_) || has_entry(links_);
}

Result<std::unique_ptr<OpenFile>> MemoryFileSystem::open(const std::string& path) {
  const std::string real = follow(path);
  if (const int error = fault("open", real)) return failure(error, "opening", path);
  if (real.empty()) return failure(ELOOP, "opening", path);
  if (const int error = error_of(real); fails_at_open(error)) return failure(error, "opening", path);
  const auto found = content_.find(real);
  if (found == content_.end()) return failure(is_directory(real) ? EISDIR : ENOENT, "opening", path);
  return std::make_unique<MemoryFile>(*this, real, found->second);
}

Result<std::vector<std::string>> MemoryFileSystem::list(const std::string& directory) {
  const std::string real = follow(directory);
  if (const int error = fault("list", real)) return failure(error, "listing", directory);
  if (real.empty()) return failure(ELOOP, "listing", directory);
  if (const int error = error_of(real)) return failure(error, "listing", directory);
  if (content_.contains(real)) return failure(ENOTDIR, "listing", directory);
  if (!is_directory(real)) return failure(ENOENT, "listing", directory);
  const std::string prefix = below(real);
  std::set<std::string> names;
  const auto collect = [&](const auto& entries) {
    for (auto it = entries.lower_bound(prefix); it != entries.end() && it->first.starts_with(prefix); ++it) {
      const std::string_view rest = std::string_view(it->first).substr(prefix.size());
      names.emplace(rest.substr(0, rest.find('/')));
    }
  };
  collect(content_);
  collect(links_);
  return std::vector<std::string>(names.begin(), names.end());
}

Result<std::string> MemoryFileSystem::resolve(const std::string& path) {
  const std::string real = follow(path);
  if (real.empty()) return failure(ELOOP, "resolving", path);
  if (!content_.contains(real) && !is_directory(real)) return failure(ENOENT, "resolving", path);
  return real;
}

}  // namespace olivine
