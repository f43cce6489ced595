#include "grid/features/parquet.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "base/text.h"

namespace olivine::features {
namespace {

constexpr std::array<const char*, 3> kPlaces{"/usr/local/lib/libduckdb.so", "/usr/lib/x86_64-linux-gnu/libduckdb.so",
                                             "/usr/lib/libduckdb.so"};
constexpr const char* kPackage =
    "npm install @duckdb/node-bindings-linux-x64 brings it; then set OLIVINE_DUCKDB to its libduckdb.so, or use CSV";

// duckdb_result of the C API: six words, filled by duckdb_query. Room is left for more.
struct QueryResult {
  std::array<std::uint64_t, 16> words{};
};

// Memory under a path that DuckDB can open.
class MemoryFile {
 public:
  MemoryFile() : fd_(::memfd_create("olivine-parquet", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return fmt::format("/proc/self/fd/{}", fd_); }
  Status write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = ::write(fd_, text.data(), text.size());
      if (n <= 0) return tl::unexpected<Error>(error_from_errno(n == 0 ? EIO : errno, "writing CSV for DuckDB"));
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
  }
  Result<std::string> read() {
    const off_t size = ::lseek(fd_, 0, SEEK_END);
    if (size < 0) return tl::unexpected<Error>(error_from_errno(errno, "reading CSV from DuckDB"));
    std::string text(static_cast<std::size_t>(size), '\0');
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t n = ::pread(fd_, text.data() + at, text.size() - at, static_cast<off_t>(at));
      if (n <= 0) return tl::unexpected<Error>(error_from_errno(n == 0 ? EIO : errno, "reading CSV from DuckDB"));
      at += static_cast<std::size_t>(n);
    }
    return text;
  }

 private:
  int fd_;
};

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

Result<void*> open_library(const std::string& library) {
  if (!library.empty()) {
    if (void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
    return fail(ErrorKind::kUnsupported, fmt::format("OLIVINE_DUCKDB: {}; {}", printable(::dlerror()), kPackage));
  }
  for (const char* place : kPlaces)
    if (void* handle = ::dlopen(place, RTLD_NOW | RTLD_LOCAL)) return handle;
  return fail(ErrorKind::kUnsupported,
              fmt::format("Parquet needs DuckDB's library, which is not installed: {}", kPackage));
}

}  // namespace

struct DuckDb::Api {
  int (*open)(const char* path, void** database) = nullptr;
  int (*connect)(void* database, void** connection) = nullptr;
  int (*query)(void* connection, const char* sql, QueryResult* result) = nullptr;
  const char* (*result_error)(QueryResult* result) = nullptr;
  void (*destroy_result)(QueryResult* result) = nullptr;
  void (*disconnect)(void** connection) = nullptr;
  void (*close)(void** database) = nullptr;

  template <class Function>
  static bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
  }
  bool fill(void* library) {
    return find(library, "duckdb_open", open) && find(library, "duckdb_connect", connect) &&
           find(library, "duckdb_query", query) && find(library, "duckdb_result_error", result_error) &&
           find(library, "duckdb_destroy_result", destroy_result) && find(library, "duckdb_disconnect", disconnect) &&
           find(library, "duckdb_close", close);
  }
};

DuckDb::DuckDb(std::unique_ptr<Api> api) : api_(std::move(api)) {}

DuckDb::~DuckDb() {
  if (connection_ != nullptr) api_->disconnect(&connection_);
  if (database_ != nullptr) api_->close(&database_);
}

Result<std::unique_ptr<DuckDb>> DuckDb::load(const std::string& library) {
  OLIVINE_TRY(void* const handle, open_library(library));
  auto api = std::make_unique<Api>();
  if (!api->fill(handle))
    return fail(ErrorKind::kUnsupported, fmt::format("the library does not have DuckDB's C API; {}", kPackage));
  std::unique_ptr<DuckDb> duck(new DuckDb(std::move(api)));
  if (duck->api_->open(nullptr, &duck->database_) != 0 || duck->api_->connect(duck->database_, &duck->connection_) != 0)
    return fail(ErrorKind::kTransient, "DuckDB does not start; is memory short?");
  OLIVINE_CHECK_STATUS(duck->run("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false"));
  OLIVINE_CHECK_STATUS(duck->run("SET TimeZone = 'UTC'"));
  return duck;
}

Status DuckDb::run(const std::string& sql) {
  QueryResult result;
  const int code = api_->query(connection_, sql.c_str(), &result);
  Status status;
  if (code != 0) {
    const char* said = api_->result_error(&result);
    std::string text = said == nullptr ? "no reason given" : said;
    text.resize(std::min(text.find('\n'), text.size()));
    status = fail(ErrorKind::kInvalid, fmt::format("DuckDB: {}", printable(text)));
  }
  api_->destroy_result(&result);
  return status;
}

bool is_parquet(std::string_view path) { return path.ends_with(".parquet"); }

Result<std::string> csv_from_parquet(DuckDb& duck, const std::string& path,
                                     const std::vector<std::string>& text_columns,
                                     const std::vector<std::string>& number_columns) {
  std::string select;
  const auto add = [&select](const std::string& column, const char* type) {
    const std::string name = quoted(column, '"');
    select += fmt::format("{}CAST({} AS {}) AS {}", select.empty() ? "" : ", ", name, type, name);
  };
  for (const std::string& column : text_columns) add(column, "VARCHAR");
  for (const std::string& column : number_columns) add(column, "DOUBLE");
  MemoryFile csv;
  const std::string sql =
      fmt::format("COPY (SELECT {} FROM read_parquet({})) TO '{}' (FORMAT csv, HEADER true, USE_TMP_FILE false)",
                  select, quoted(path, '\''), csv.path());
  if (const Status done = duck.run(sql); !done) return with_context(done.error(), "reading " + printable(path));
  return csv.read();
}

Status parquet_from_csv(DuckDb& duck, const std::string& csv, const std::string& path) {
  MemoryFile file;
  OLIVINE_CHECK_STATUS(file.write(csv));
  std::string types;
  const std::vector<std::string_view> names = split(std::string_view(csv).substr(0, csv.find('\n')), ',');
  for (std::size_t i = 0; i < names.size(); ++i)
    types += fmt::format("{}{}: '{}'", i == 0 ? "" : ", ", quoted(names[i], '\''),
                         i == 0   ? "VARCHAR"
                         : i == 1 ? "TIMESTAMPTZ"
                                  : "DOUBLE");
  const std::string sql = fmt::format(
      "COPY (SELECT * FROM read_csv('{}', header = true, delim = ',', quote = '\"', auto_detect = false, columns = "
      "{{{}}}))"
      " TO {} (FORMAT parquet, COMPRESSION zstd)",
      file.path(), types, quoted(path, '\''));
  if (const Status done = duck.run(sql); !done) return with_context(done.error(), "writing " + printable(path));
  return {};
}

}  // namespace olivine::features
